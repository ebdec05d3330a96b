// What tokens say of themselves. They are the server's to check; here they only tell whose session they are, and for how long.

/** The claims of a JWT; null for a token of another form. */
export function claimsOf(token: string): Record<string, unknown> | null {
  try {
    return JSON.parse(atob(token.split(".")[1]!.replaceAll("-", "+").replaceAll("_", "/")));
  } catch {
    return null;
  }
}

/** Whether two tokens are of one session: a renewed one is, and that of another log-in is not. */
export function isSameSession(one: string, other: string): boolean {
  const id = claimsOf(one)?.jti;
  return one === other || (id !== undefined && id === claimsOf(other)?.jti);
}
