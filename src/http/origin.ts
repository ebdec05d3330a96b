// Which web origins may open sockets. A browser sends Origin with every handshake and asks no leave of CORS, so the server
// must look; a program that is not a browser sends none and is judged by its token alone.
import { parseOrigin } from "../lib/origin.ts";

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
 * Whether a form may be posted from where it comes: not by the page of another site, whose visitors would spend their own limits
 * for it. What is not a browser sends neither header.
 */
export function isAllowedForm(request: Request, allowed: string[]): boolean {
  if (request.headers.has("origin")) return isAllowedOrigin(request, allowed);
  const site = request.headers.get("sec-fetch-site");
  return site === null || site === "same-origin" || site === "none" || allowed.includes("*");
}
