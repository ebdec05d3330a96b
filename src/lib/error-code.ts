/** The code of an error, such as PostgreSQL's or the network's, also from inside a wrapper such as Drizzle's. Null when it has none. */
export function errorCode(error: unknown): string | null {
  for (let e = error; e instanceof Error; e = e.cause) {
    const { code } = e as { code?: unknown };
    if (typeof code === "string") return code;
  }
  return null;
}
