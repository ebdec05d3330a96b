// HTTP calls through a line that may break, swallow or delay them.
import type { Json } from "../support/client.ts";
import { PATIENCE_MS } from "../support/patience.ts";

// The server answers within 5 s, or says that the database is away; the rest is the proxy's doing.
const ANSWER_LIMIT_MS = 7_000;
const RETRY_MS = 100;

interface Answer {
  status: number;
  body: Json;
}

/** The answer to a call that may be made twice: again, as long as none comes, or one that says later. Throws when that is all there is. */
export async function insist(
  url: string,
  token: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<Answer> {
  for (const deadline = performance.now() + PATIENCE_MS; ; await Bun.sleep(RETRY_MS)) {
    const answer = await ask(url, token, method, path, body);
    if (answer && answer.status !== 429 && answer.status !== 503) return answer;
    if (performance.now() > deadline)
      throw new Error(`${method} ${path}: ${answer ? `${answer.status} ${JSON.stringify(answer.body)}` : "no answer"}`);
  }
}

/** The answer; null when none came, so that nobody knows what became of the call. */
export async function ask(
  url: string,
  token: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<Answer | null> {
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
