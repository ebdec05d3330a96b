// Responses that are read as they arrive, for what may be of any size. Loaded with the first one.
import type { asChatError, errorFrom } from "./errors.ts";
import type { FetchLike, Tokens } from "./http.ts";

export interface StreamParts {
  fetch: FetchLike;
  base: string;
  tokens: Tokens;
  // What it imported itself would be parted from the core.
  asChatError: typeof asChatError;
  errorFrom: typeof errorFrom;
}

/** The body of a GET. Throws ChatError. */
export async function readStream(
  { fetch, base, tokens, asChatError, errorFrom }: StreamParts,
  path: string,
): Promise<ReadableStream<Uint8Array>> {
  for (let isRenewed = false; ; isRenewed = true) {
    tokens.assertOpen();
    const { token } = tokens;
    const response = await fetch(base + path, { method: "GET", headers: { authorization: `Bearer ${token}` } }).catch(
      (error) => {
        throw asChatError(error, base);
      },
    );
    // (What a `fetch` of one's own may not have.)
    if (response.ok) return response.body ?? new Blob([await response.text()]).stream();
    if (response.status === 401 && !isRenewed && (await tokens.replace(token))) continue;
    const text = await response.text();
    let body = null;
    try {
      body = JSON.parse(text);
    } catch {
      // Not from the server itself: the status decides.
    }
    throw errorFrom(body, response.status);
  }
}
