// The messages that a simulated client has written and that are not acknowledged yet: what goes out when, what is sent again and in
// which order, as a real client keeps it on disk. It knows no socket.
import type { Frame } from "../support/client.ts";
import type { Chance } from "../support/random.ts";
import { messageEntry } from "./entries.ts";
import type { Entry, Step } from "./records.ts";
import { commandOf, type Draft as RichDraft, textSaying } from "./rich/text.ts";
import type { Room } from "./rooms.ts";

const MAX_UNANSWERED = 8;
const RESEND_MS = [50, 300] as const;
// Who writes on behind a message that has no response can't know whether it was refused; the server waits for it for 2 s.
const PIPELINE_MS = 1_000;
// The server responds within 5 s whatever happens to the database; while pings are answered, so must this be. It may have been frozen
// for 6 s itself, and the machine may be busy.
const RESPONSE_LIMIT_MS = 30_000;
/** Refusals by which the server says no for good; others mean later. */
const FINAL = new Set(["muted", "not_found", "forbidden"]);
const LATER = new Set(["unavailable", "slow_down"]);

interface Draft {
  clientId: string;
  room: Room;
  /** What it has besides its text. */
  rich: Omit<RichDraft, "clientId">;
  /** When it went out on the socket that is open now; null when it has to go out again. */
  sentAt: number | null;
}

export interface OwnMessage {
  room: Room;
  id: number;
  clientId: string;
  /** What it has besides its text, as far as is known. */
  rich: Omit<RichDraft, "clientId">;
  /** Nobody knows what became of an edit of its files. */
  isUnsure: boolean;
}

export interface OutboxParts {
  chance: Chance;
  /** Sends a command about a room; returns the number of the socket, or null when none is open. */
  send(room: Room, command: object): number | null;
  roomOf(message: { group_id?: number; conversation_id?: number }): Room;
  /** What the next message in a room has besides its text. */
  draft(room: Room): Omit<RichDraft, "clientId">;
}

export const isExpectedRefusal = (code: string) => FINAL.has(code) || LATER.has(code);

export class ClientOutbox {
  readonly acknowledged: { room: Room; entry: Entry }[] = [];
  /** The client_ids of what was written, by room, in order. */
  readonly written = new Map<string, string[]>();
  /** What became of each message, by client_id: when it was sent on which socket, refused, given up, acknowledged. */
  readonly trails = new Map<string, Step[]>();
  /** Acknowledged messages, to edit and delete. */
  readonly own: OwnMessage[] = [];
  private readonly drafts = new Map<string, Draft>();
  /** Rooms in which something was refused for now, until it is sent again with all that is behind it. */
  private readonly stalled = new Set<string>();

  constructor(private readonly parts: OutboxParts) {}

  get size() {
    return this.drafts.size;
  }

  get isFull() {
    return this.drafts.size >= MAX_UNANSWERED;
  }

  /** Writes a message, and sends it unless something in front of it has to be sent again first. */
  compose(room: Room) {
    const before = [...this.drafts.values()].filter((draft) => draft.room === room);
    if (before.some(({ sentAt }) => sentAt !== null && Date.now() - sentAt > PIPELINE_MS)) return;
    const isBehind = this.stalled.has(room.key) || before.some(({ sentAt }) => sentAt === null);
    const clientId = crypto.randomUUID();
    const draft: Draft = { clientId, room, rich: this.parts.draft(room), sentAt: null };
    this.drafts.set(clientId, draft);
    const written = this.written.get(room.key) ?? [];
    this.written.set(room.key, written);
    written.push(clientId);
    if (!isBehind) this.transmit(draft);
  }

  /** What waits in this room goes out in the order in which it was written. */
  resend(key: string) {
    this.stalled.delete(key);
    for (const draft of this.drafts.values()) {
      if (draft.room.key === key && draft.sentAt === null) this.transmit(draft);
    }
  }

  onAck({ ref, data }: Frame) {
    const draft = this.drafts.get(ref!);
    // (A message that was sent twice is acknowledged twice.)
    const room = draft?.room ?? this.parts.roomOf(data);
    this.acknowledged.push({ room, entry: messageEntry(data) });
    this.note(data.client_id, `acknowledged at ${data.seq}`);
    if (!draft) return;
    this.drafts.delete(ref!);
    this.own.push({ room, id: data.id, clientId: draft.clientId, rich: draft.rich, isUnsure: false });
  }

  onRefused(ref: string | undefined, code: string) {
    const draft = this.drafts.get(ref ?? "");
    if (!draft) return;
    this.note(draft.clientId, code);
    if (FINAL.has(code)) {
      this.drafts.delete(draft.clientId);
      return;
    }
    draft.sentAt = null;
    const { key } = draft.room;
    if (this.stalled.has(key)) return;
    this.stalled.add(key);
    setTimeout(() => this.stalled.has(key) && this.resend(key), this.parts.chance.between(...RESEND_MS));
  }

  /** The socket of these rooms is gone, and with it what was in flight on it. */
  onSocketLost(rooms: Room[]) {
    for (const draft of this.drafts.values()) if (rooms.includes(draft.room)) draft.sentAt = null;
  }

  /** The user is no longer in this room; what waits for it would only be refused. */
  giveUp(key: string) {
    for (const { clientId, room } of this.drafts.values()) {
      if (room.key !== key) continue;
      this.drafts.delete(clientId);
      this.note(clientId, "given up");
    }
  }

  /** Sends again what the server has left without any response; returns how many. */
  resendIgnored(): number {
    const ignored = [...this.drafts.values()].filter(
      ({ sentAt }) => sentAt !== null && Date.now() - sentAt >= RESPONSE_LIMIT_MS,
    );
    for (const draft of ignored) this.transmit(draft);
    return ignored.length;
  }

  private transmit(draft: Draft) {
    const { room, rich, clientId } = draft;
    const type = room.kind === "group" ? "group.message.send" : "message.send";
    const body = textSaying({ clientId, ...rich });
    const socket = this.parts.send(room, { type, body, ...commandOf(rich), client_id: clientId, ref: clientId });
    if (socket === null) return;
    draft.sentAt = Date.now();
    this.note(clientId, `sent on socket ${socket}`);
  }

  private note(clientId: string, what: string) {
    const trail = this.trails.get(clientId) ?? [];
    this.trails.set(clientId, trail);
    trail.push({ at: Date.now(), what });
  }
}
