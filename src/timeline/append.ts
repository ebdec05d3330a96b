// The append statement, seen from TypeScript: a batch of messages in, a verdict for each out. Only timeline.ts calls it.
import type { RoomKind } from "../bus/bus.ts";
import type { SqlClient } from "../db/client.ts";
import { ChatError, notFound } from "../lib/errors.ts";
import { isoFromPg } from "../lib/time.ts";

export interface NewMessage {
  roomId: number;
  kind: RoomKind;
  senderId: number;
  senderName: string;
  body: string;
  /** Always set: a message sent without one gets one here, so that any retry finds what an earlier try stored. */
  clientId: string;
  /** Whether the recipient of a direct message has an open socket. */
  delivered: boolean;
}

/** What the database decided. `repeated` names the message that the same client_id stored first. */
export type Verdict =
  | { outcome: "new" | "repeated"; id: number; seq: number; createdAt: string }
  | { outcome: "not_found" | "muted" | "blocked" | "refused" };

/** Appends in the order given; answers in the same order. One round trip, one commit. */
export async function appendMessages(sql: SqlClient, batch: NewMessage[]): Promise<Verdict[]> {
  // Booleans travel as 0 and 1: postgres.js takes an array of them for a single one.
  const rows = await sql<{ outcome: Verdict["outcome"]; event_id: number; seq: number; created_at: string }[]>`
    select outcome, event_id, seq, created_at from append_messages(
      ${batch.map((m) => m.roomId)}::bigint[], ${batch.map((m) => m.kind)}::text[],
      ${batch.map((m) => m.senderId)}::bigint[], ${batch.map((m) => m.body)}::text[],
      ${batch.map((m) => m.clientId)}::uuid[], ${batch.map((m) => Number(m.delivered))}::int[]::boolean[])`;
  const createdAt = isoFromPg(rows[0]!.created_at); // One moment a batch.
  return rows.map(({ outcome, event_id, seq }) =>
    outcome === "new" || outcome === "repeated" ? { outcome, id: event_id, seq, createdAt } : { outcome },
  );
}

/** What the sender of a refused message is told. */
export function toRefusal(outcome: Exclude<Verdict["outcome"], "new" | "repeated">, kind: RoomKind): ChatError {
  switch (outcome) {
    case "not_found":
      return notFound(kind === "direct" ? "The conversation" : "The group");
    case "muted":
      return new ChatError("muted", "You are muted in this group.");
    case "blocked":
      return new ChatError("blocked", "You have blocked this person; unblock them to write.");
    case "refused":
      return new ChatError("forbidden", "You can't write in this conversation.");
  }
}
