// The address of a client, for rate limits. Forwarded headers count only as far as the operator's own proxies wrote them.
import type { Server } from "bun";

/** `hops` is the number of trusted proxies: each appends the address it saw, so the client's is that many from the right. */
export function clientAddress(request: Request, server: Server<unknown> | null, hops: number): string {
  const direct = server?.requestIP(request)?.address ?? "unknown";
  if (hops === 0) return direct;
  const chain = (request.headers.get("x-forwarded-for") ?? "").split(",").map((part) => part.trim());
  return chain.at(-hops) || direct;
}
