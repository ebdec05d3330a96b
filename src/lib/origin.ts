// Which web origins may open sockets. A browser sends Origin with every handshake and asks no leave of CORS, so the server
// must look; a program that is not a browser sends none and is judged by its token alone.

/** True without an Origin header, for the server's own origin, and for those that the operator listed. */
export function isAllowedOrigin(request: Request, allowed: string[]): boolean {
  const origin = request.headers.get("origin");
  if (!origin || allowed.includes("*") || allowed.includes(origin)) return true;
  try {
    return new URL(origin).host === request.headers.get("host");
  } catch {
    return false;
  }
}
