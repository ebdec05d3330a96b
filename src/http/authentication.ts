// The caller of a request, and the `auth` macro by which routes demand one.
import { Elysia } from "elysia";
import { ChatError } from "../lib/errors.ts";
import { notLoggedIn } from "../protocol/refusals.ts";
import type { Scope } from "../protocol/scopes.ts";
import { requireScope } from "../sessions/scopes.ts";
import type { Session } from "../sessions/sessions.ts";
import type { HttpServices } from "./services.ts";

/** The parts of the server that know callers and count their requests. */
type Callers = Pick<HttpServices, "sessions" | "limits">;

const BEARER = /^Bearer +(\S+) *$/i;

/** The token of an `Authorization: Bearer …` header, or null. */
export const bearerToken = (header: string | null | undefined) => BEARER.exec(header ?? "")?.[1] ?? null;

/** The header by which a key with the scope `admin` makes a call as somebody else: an id, or `issuer:subject`. */
export const ON_BEHALF_OF = "on-behalf-of";

// The caller is looked up before the body is read, so that a flood costs little, and again by the macro.
const callers = new WeakMap<Request, Session | null>();

/** The request's session, or null. Counts the request against its user's rate, once. Throws `slow_down`, `unavailable`. */
export async function findCaller({ sessions, limits }: Callers, request: Request): Promise<Session | null> {
  const known = callers.get(request);
  if (known !== undefined) return known;
  const token = bearerToken(request.headers.get("authorization"));
  let session = token ? await sessions.find(token) : null;
  const behalf = request.headers.get(ON_BEHALF_OF);
  if (session && behalf !== null) session = await actFor({ sessions, limits }, request, session, behalf.trim());
  callers.set(request, session);
  if (session) limits.request(session.userId);
  return session;
}

// Whose request was refused that named somebody else: it is nobody's call, and counts as theirs.
const pretenders = new WeakMap<Request, Session>();

async function actFor({ sessions, limits }: Callers, request: Request, session: Session, reference: string) {
  try {
    return await sessions.actOnBehalfOf(session, reference);
  } catch (error) {
    pretenders.set(request, session);
    limits.request(session.userId);
    throw error;
  }
}

/** Whose request it is, as far as that was looked up; null without a valid session. */
export const knownCaller = (request: Request): Session | null =>
  callers.get(request) ?? pretenders.get(request) ?? null;

/**
 * `auth` on a route: refuses requests without a valid session with 401, and gives the handler `session`. The value is the scope that an
 * API key needs; with `true` no key may call the route. It is checked before the input is validated, so that a caller who may not call
 * it learns nothing about what the route takes.
 */
export const authentication = (services: Callers) =>
  new Elysia({ name: "authentication" }).macro({
    auth: (scope: Scope | true) => ({
      detail: { security: [{ bearer: scope === true ? [] : [scope] }] },
      // A `transform` can refuse but hand nothing on; `resolve` can, but comes after validation.
      transform: async ({ request }: { request: Request }) => {
        const session = await findCaller(services, request);
        if (!session) throw new ChatError(notLoggedIn);
        requireScope(session, scope === true ? "session" : scope);
      },
      resolve: async ({ request }: { request: Request }) => ({ session: (await findCaller(services, request))! }),
    }),
  });
