// Which addresses the server may connect to when somebody else names them.
import ipaddr from "ipaddr.js";

const PRIVATE_RANGES = ["private", "uniqueLocal", "loopback", "carrierGradeNat"];

/** Whether connections may go to an address. */
export function mayConnect(address: string, allowsPrivate = false): boolean {
  if (!ipaddr.isValid(address)) return false;
  const range = ipaddr.process(address).range();
  return range === "unicast" || (allowsPrivate && PRIVATE_RANGES.includes(range));
}

/** Whether a URL names this machine, by address or as `localhost`. */
export function isLoopback(url: URL): boolean {
  const host = bareHost(url);
  return host === "localhost" || (ipaddr.isValid(host) && ipaddr.process(host).range() === "loopback");
}

/** A URL's host, of `[::1]` the address. */
export const bareHost = ({ hostname }: URL) => hostname.replace(/^\[|\]$/g, "");
