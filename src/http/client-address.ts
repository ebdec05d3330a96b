// The network address of a client, for limits. Forwarded headers count only as far as the operator's own proxies wrote them.
import type { Server } from "bun";
import ipaddr from "ipaddr.js";

const IPV6_NETWORK_BITS = 64;

/**
 * The client's address in its one canonical spelling, or "unknown". `hops` is the number of trusted proxies: each appends the
 * address it saw, so the client's is that many from the right. An entry that is no address counts as the proxy's own.
 */
export function clientAddress(request: Request, server: Server<unknown> | null, hops: number): string {
  const direct = parseAddress(server?.requestIP(request)?.address ?? "") ?? "unknown";
  if (hops === 0) return direct;
  const chain = (request.headers.get("x-forwarded-for") ?? "").split(",").filter((entry) => entry.trim() !== "");
  return parseAddress(chain.at(-hops) ?? "") ?? direct;
}

/**
 * An IPv4 or IPv6 address in canonical form (RFC 5952; IPv4-mapped IPv6 as IPv4), or null. Takes what proxies write in
 * `X-Forwarded-For`: with a port, in brackets, in quotes, with a zone, or as a `for=` parameter of RFC 7239.
 */
export function parseAddress(text: string): string | null {
  const node = text
    .replace(/^\s*(?:for\s*=)?/i, "")
    .replace(/;.*$/, "")
    .trim()
    .replace(/^"(.*)"$/, "$1");
  const [, bracketed] = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(node) ?? [];
  const [, dotted] = /^(\d+\.\d+\.\d+\.\d+)(?::\d{1,5})?$/.exec(node) ?? [];
  if (dotted) return ipaddr.IPv4.isValidFourPartDecimal(dotted) ? dotted : null;
  const [address] = (bracketed ?? node).split("%");
  // An IPv4 address in brackets is none.
  return address && ipaddr.IPv6.isValid(address) ? ipaddr.process(address).toString() : null;
}

/**
 * What one subscriber controls, as a key for limits: an IPv4 address, or the /64 of an IPv6 address, such as
 * `2001:db8:1:2::/64`. What is no address is its own network.
 */
export function networkOf(address: string): string {
  const canonical = parseAddress(address);
  if (canonical === null) return address;
  if (ipaddr.IPv4.isValid(canonical)) return canonical;
  const network = ipaddr.IPv6.networkAddressFromCIDR(`${canonical}/${IPV6_NETWORK_BITS}`);
  return `${network.toString()}/${IPV6_NETWORK_BITS}`;
}
