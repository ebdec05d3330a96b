// HTTP calls of a simulated client with bytes in them, through a line that may break, swallow or delay them.
import type { Json } from "../../support/client.ts";

// The server answers within 5 s, or says that the database is away; the rest is the proxy's doing.
const ANSWER_LIMIT_MS = 7_000;

export interface Response {
  status: number;
  headers: Headers;
  bytes: Uint8Array;
  /** Undefined where it is none. */
  json: Json;
}

export class RichCalls {
  constructor(
    private readonly url: string,
    private readonly token: string,
  ) {}

  /** Null when no answer came, so that nobody knows what became of the call. */
  async send(
    method: string,
    path: string,
    { headers = {}, body }: { headers?: Record<string, string>; body?: NonNullable<RequestInit["body"]> } = {},
  ): Promise<Response | null> {
    try {
      const response = await fetch(this.url + path, {
        method,
        headers: { authorization: `Bearer ${this.token}`, ...headers },
        signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
        ...(body !== undefined && { body }),
      });
      const bytes = new Uint8Array(await response.arrayBuffer());
      const isJson = response.headers.get("content-type")?.startsWith("application/json");
      const json = isJson && bytes.length > 0 ? JSON.parse(new TextDecoder().decode(bytes)) : undefined;
      return { status: response.status, headers: response.headers, bytes, json };
    } catch {
      return null;
    }
  }
}
