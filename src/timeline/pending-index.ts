// The messages without an outcome, by client_id: a message that is sent again must take the position of its earlier copy. Only
// queue.ts uses it.
//
// Not a Map, because entries come and go with every message: in JavaScriptCore the table that a Map has outgrown refers to the one
// after it, so that one old table which is garbage keeps all later ones, and what was in them, until a full collection.
import type { NewMessage } from "./append.ts";
import { isSame, type PendingMessage } from "./pending-message.ts";

const BUCKETS = 4096;
// So that nobody can choose client_ids that share a bucket.
const SEED = crypto.getRandomValues(new Uint32Array(1))[0]!;

const bucketOf = (clientId: string) => Bun.hash.xxHash32(clientId, SEED) % BUCKETS;

export class PendingIndex {
  /** Each the newest of a list that goes on with `next`. */
  private readonly buckets = new Array<PendingMessage | null>(BUCKETS).fill(null);
  private repeated = 0;

  /** Whether different senders or rooms use the same client_id. */
  get hasRepeatedIds() {
    return this.repeated > 0;
  }

  /** The copy of this message that is without an outcome. */
  find(draft: NewMessage): PendingMessage | null {
    let entry = this.buckets[bucketOf(draft.clientId)] as PendingMessage | null;
    while (entry && !isSame(entry.draft, draft)) entry = entry.next;
    return entry;
  }

  add(entry: PendingMessage) {
    const bucket = bucketOf(entry.draft.clientId);
    const newest = this.buckets[bucket] as PendingMessage | null;
    entry.next = newest;
    this.buckets[bucket] = entry;
    if (newest && hasSameId(entry, newest)) this.repeated++;
  }

  delete(entry: PendingMessage) {
    const bucket = bucketOf(entry.draft.clientId);
    const newest = this.buckets[bucket] as PendingMessage | null;
    if (newest === entry) this.buckets[bucket] = entry.next;
    else {
      let newer = newest!;
      while (newer.next !== entry) newer = newer.next!;
      newer.next = entry.next;
    }
    entry.next = null;
    const left = this.buckets[bucket] as PendingMessage | null;
    if (left && hasSameId(entry, left)) this.repeated--;
  }
}

/** Whether any message of this list has the same client_id. */
function hasSameId({ draft }: PendingMessage, list: PendingMessage): boolean {
  let other: PendingMessage | null = list;
  while (other && other.draft.clientId !== draft.clientId) other = other.next;
  return other !== null;
}
