// What a client does after a `resync`: it reads the history over HTTP, from the newest message that it knows.
import type { Json, User } from "../support/client.ts";
import { messageEntry } from "./entries.ts";
import { ask } from "./http.ts";
import type { Reading, Shown } from "./records.ts";
import { messagesPath, type Room } from "./rooms.ts";

const LIMIT = 100;
const RETRY_MS = 200;
// For as long as a fault lasts, and then some; a client that can't read by then gives up.
const TRIES = 50;

/**
 * The messages after `newest` until those at place `to` are reached; without `newest` only the last page, as somebody new
 * would. Null when they may not be read, or can't be.
 */
export async function readHistory(
  url: string,
  { token }: User,
  room: Room,
  newest: { id: number; seq: number } | null,
  to: number,
  onPage: (messages: Json[]) => void = () => {},
): Promise<Reading["read"]> {
  const messages: Shown[] = [];
  let after = newest?.id ?? null;
  for (let tries = 0; tries < TRIES; tries++) {
    const query = after === null ? "" : `&after=${after}`;
    const answer = await ask(url, token, "GET", `${messagesPath(room)}?limit=${LIMIT}${query}`);
    if (answer?.status === 403 || answer?.status === 404) return null;
    if (answer?.status !== 200) {
      await Bun.sleep(RETRY_MS);
      continue;
    }
    const page: Json[] = answer.body.data;
    onPage(page);
    messages.push(...page.map((message) => ({ ...messageEntry(message), at: Date.now() })));
    const last = messages.at(-1)?.seq ?? 0;
    if (newest === null || last >= to || answer.body.next_cursor === null) {
      return { after: newest?.seq ?? (messages[0]?.seq ?? 1) - 1, reached: Math.max(to, last), messages };
    }
    after = Number(answer.body.next_cursor);
  }
  return null;
}
