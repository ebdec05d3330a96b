// Who makes a request. Asked before a body is read, so that what a flood costs is a look into a map; asked again by the
// `auth` macro, which gets the same answer.
import type { Session } from "../sessions/sessions.ts";
import type { HttpServices } from "./services.ts";

const BEARER = /^Bearer +(\S+) *$/i;

/** The token of an `Authorization: Bearer …` header, or null. */
export const bearerToken = (header: string | null | undefined) => BEARER.exec(header ?? "")?.[1] ?? null;

const callers = new WeakMap<Request, Session | null>();

/** The request's session, or null. Counts the request against its user's rate, once. Throws `slow_down`, `unavailable`. */
export async function findCaller(
  { sessions, limits }: Pick<HttpServices, "sessions" | "limits">,
  request: Request,
): Promise<Session | null> {
  const known = callers.get(request);
  if (known !== undefined) return known;
  const token = bearerToken(request.headers.get("authorization"));
  const session = token ? await sessions.find(token) : null;
  callers.set(request, session);
  if (session) limits.request(session.userId);
  return session;
}
