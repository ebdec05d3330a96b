// For whom passkeys are (WebAuthn's relying party): they are bound to the host that people open the server at.
import { parseOrigin } from "../lib/origin.ts";

export interface RelyingParty {
  /** The host name. */
  id: string;
  /** Of the pages that may use it. */
  origins: string[];
}

/**
 * As PUBLIC_URL says, with the origins of CORS_ORIGINS, which browsers let use it below the same host alone. In its absence that of the
 * request, on this machine only: elsewhere a Host header says nothing of who sent the page. Null where there can be no passkeys.
 */
export function relyingPartyOf(
  { publicUrl, corsOrigins }: { publicUrl: string | undefined; corsOrigins: string[] },
  request: Request,
): RelyingParty | null {
  const listed = corsOrigins.filter((origin) => origin !== "*");
  if (publicUrl) {
    const { hostname, origin } = new URL(publicUrl);
    return isName(hostname) ? { id: hostname, origins: [origin, ...listed] } : null;
  }
  const host = parseOrigin(`http://${request.headers.get("host") ?? ""}`);
  if (!host) return null;
  const { hostname, origin } = new URL(host.origin);
  const isLocal = hostname === "localhost" || hostname.endsWith(".localhost");
  return isLocal ? { id: hostname, origins: [origin, ...listed] } : null;
}

/** Passkeys can't be bound to an address of the network. */
const isName = (hostname: string) => !hostname.startsWith("[") && !/^[\d.]+$/.test(hostname);
