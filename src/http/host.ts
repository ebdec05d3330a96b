// Checks the Host header of requests, as RFC 9112 (3.2) demands.
import { ChatError } from "../lib/errors.ts";
import { badHost } from "../protocol/refusals.ts";

// A name or IPv4 address, or an IPv6 address in brackets, each with or without a port; nothing that could be a path, a user,
// or a second value (repeated headers reach us joined by a comma).
const HOST = /^(?:[a-z0-9._~%!$&'()*+;=-]+|\[[0-9a-f:.]+(?:%[a-z0-9._~%-]+)?\])?(?::\d{0,5})?$/i;

/** Throws `bad_request` for a Host header that is not one host, and for more than one of them. */
export function refuseBadHost(request: Request) {
  const host = request.headers.get("host");
  if (host !== null && !HOST.test(host)) throw new ChatError(badHost);
}
