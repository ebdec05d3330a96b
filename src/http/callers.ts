// Who makes a request. Asked before a body is read, so that what a flood costs is a look into a map; asked again by the
// `auth` macro, which gets the same answer.
import type { Core } from "../core.ts";
import type { Session } from "../sessions/sessions.ts";

const BEARER = /^Bearer +(\S+) *$/i;

/** The token of an `Authorization: Bearer …` header, or null. */
export const bearerToken = (header: string | null | undefined) => BEARER.exec(header ?? "")?.[1] ?? null;

const callers = new WeakMap<Request, Session | null>();

/** The request's session, or null. Counts the request against its user's rate, once. Throws `slow_down`, `unavailable`. */
export async function findCaller(core: Core, request: Request): Promise<Session | null> {
  const known = callers.get(request);
  if (known !== undefined) return known;
  const token = bearerToken(request.headers.get("authorization"));
  const session = token ? await core.sessions.find(token) : null;
  callers.set(request, session);
  if (session) core.limits.request(session.userId);
  return session;
}
