// HTTP calls through a line that may break, swallow or delay them.
import type { Json } from "../support/client.ts";

// The server answers within 5 s, or says that the database is away; the rest is the proxy's doing.
const ANSWER_LIMIT_MS = 7_000;

/** The answer; null when none came, so that nobody knows what became of the call. */
export async function ask(
  url: string,
  token: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; body: Json } | null> {
  try {
    const response = await fetch(url + path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json() };
  } catch {
    return null;
  }
}
