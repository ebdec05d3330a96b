// The web origins that may open sockets. Browsers send Origin with every handshake and do not apply CORS to it, so the server must
// check it; other programs send none and are authenticated by their token alone.
import { ChatError } from "../lib/errors.ts";
import { parseOrigin } from "../lib/origin.ts";
import { foreignOrigin } from "../protocol/refusals.ts";

/**
 * True without an Origin header, for the server's own origin, and for those that the operator listed. The own origin is the
 * Host header's, compared as RFC 6454 says: without regard to case, a port left out being the scheme's own.
 */
export function isAllowedOrigin(request: Request, allowed: string[]): boolean {
  const origin = request.headers.get("origin");
  if (!origin || allowed.includes("*") || allowed.includes(origin)) return true;
  const parsed = parseOrigin(origin);
  if (!parsed) return false;
  if (allowed.includes(parsed.origin)) return true;
  const host = request.headers.get("host");
  // The proxy in front may speak HTTPS where we don't, so that the scheme is taken from the origin.
  return Boolean(host) && parseOrigin(`${parsed.protocol}//${host}`)?.host === parsed.host;
}

/**
 * Whether a form may be posted from its origin: not by the page of another site, which would spend its visitors' limits. Programs
 * that are no browsers send neither header.
 */
function isAllowedForm(request: Request, allowed: string[]): boolean {
  if (request.headers.has("origin")) return isAllowedOrigin(request, allowed);
  const site = request.headers.get("sec-fetch-site");
  return site === null || site === "same-origin" || site === "none" || allowed.includes("*");
}

/** For every call that takes no session and costs its network something. Throws `forbidden` for the page of another site. */
export function requireOwnPage({ corsOrigins }: { corsOrigins: string[] }, request: Request) {
  if (!isAllowedForm(request, corsOrigins)) throw new ChatError(foreignOrigin);
}
