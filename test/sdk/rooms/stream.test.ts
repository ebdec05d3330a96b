// The stream of a room's changes without a server: events that are repeated, early, late or missing.
import { expect, test } from "bun:test";
import { RoomState } from "../../../src/sdk/rooms/room-state.ts";
import { signals } from "../../../src/sdk/rooms/signals.ts";
import type { Conversation, DirectMessage, RoomEvent } from "../../../src/sdk/wire.ts";

const ME = { id: 1, username: "ali", email: "ali@example.com", created_at: "" };
const at = (seq: number) => `2026-01-01T00:00:00.${String(seq).padStart(6, "0")}+00:00`;

const message = (seq: number, more: Partial<DirectMessage> = {}): DirectMessage => ({
  id: seq + 100,
  conversation_id: 7,
  sender_id: 2,
  body: `${seq}`,
  client_id: null,
  seq,
  created_at: at(seq),
  edited_at: null,
  deleted_at: null,
  delivered_at: null,
  read_at: null,
  ...more,
});
const isNew = (seq: number, more: Partial<DirectMessage> = {}) =>
  ({ type: "message.new", seq, data: message(seq, more) }) as RoomEvent;
const row = (seq: number, more: Partial<Conversation> = {}): Conversation => ({
  id: 7,
  peer: { id: 2, username: "veli" },
  last_message: seq > 0 ? message(seq) : null,
  unread_count: seq,
  seq,
  last_activity_at: at(seq),
  created_at: at(0),
  ...more,
});

/** A room that stands at `seq`, with its newest page from `first` on. */
function roomAt(seq: number, first = 1) {
  const calls: string[] = [];
  const state = new RoomState("conversation:7", {
    me: () => ME,
    onChange() {},
    onInfoOutdated: () => calls.push("info"),
    onCountOutdated: () => calls.push("count"),
    onMessagesOutdated: (upTo) => calls.push(`messages ${upTo}`),
    onStored: (clientId) => calls.push(`stored ${clientId}`),
    onMessage: ({ body }) => calls.push(`arrived ${body}`),
  });
  state.setRow(row(seq));
  state.join(seq);
  state.window.replace(
    Array.from({ length: seq - first + 1 }, (_, i) => message(first + i)),
    first > 1,
  );
  calls.length = 0;
  return { state, calls, seqs: () => state.window.messages.map((m) => m.seq) };
}

test("a repeated event is ignored", () => {
  const { state, calls, seqs } = roomAt(3);
  state.applyEvent(isNew(4));
  state.applyEvent(isNew(4));
  state.applyEvent(isNew(2));
  expect(seqs()).toEqual([1, 2, 3, 4]);
  expect(calls).toEqual(["arrived 4"]);
  expect(state.info).toMatchObject({ unread_count: 4, seq: 4, last_message: { seq: 4 } });
});

test("after a gap the room is read again", () => {
  const { state, calls } = roomAt(3);
  state.applyEvent(isNew(5));
  expect(calls).toEqual(["info", "messages null"]);
  expect(state.needsInfo).toBe(true);
  // A row from before the gap is no use.
  state.setRow(row(4));
  expect(state.needsInfo).toBe(true);
  state.applyEvent(isNew(6));
  state.setRow(row(5));
  expect(state.info).toMatchObject({ seq: 6, unread_count: 6, last_message: { seq: 6 } });
});

test("an ack may come before earlier events, and after its own event: there is one entry, in its position", () => {
  const { state, calls, seqs } = roomAt(3);
  const own = { sender_id: 1, client_id: "mine" };
  state.window.putAcknowledged(message(6, own));
  expect(seqs()).toEqual([1, 2, 3, 6]);
  state.applyEvent(isNew(4));
  state.applyEvent(isNew(5));
  state.applyEvent(isNew(6, own));
  // An older form of it than the events have brought.
  state.applyEvent({ type: "message.updated", seq: 7, data: message(6, { ...own, body: "edited" }) } as RoomEvent);
  state.window.putAcknowledged(message(6, own));
  expect(seqs()).toEqual([1, 2, 3, 4, 5, 6]);
  expect(state.window.messages.at(-1)).toMatchObject({ key: "mine", body: "edited" });
  expect(calls).toContain("stored mine");
});

test("a change of a message outside of the window is left to its page, also while the page is requested", () => {
  const { state, seqs } = roomAt(60, 11);
  const edit = (seq: number, of: number, body: string) =>
    state.applyEvent({ type: "message.updated", seq, data: message(of, { body }) } as RoomEvent);
  edit(61, 5, "edited before");
  expect(seqs()[0]).toBe(11);
  state.window.expectPage();
  edit(62, 6, "edited while");
  state.window.prepend(
    Array.from({ length: 10 }, (_, i) => message(i + 1, i === 4 ? { body: "edited before" } : {})),
    false,
  );
  expect(state.window.messages.slice(4, 6).map(({ body }) => body)).toEqual(["edited before", "edited while"]);
  expect(seqs()).toEqual(Array.from({ length: 60 }, (_, i) => i + 1));
});

test("an unread message is counted once, whichever of row and event is newer", () => {
  const { state } = roomAt(0);
  // The row's place was read before message 1 was stored, its count after.
  state.resync(0);
  state.setRow(row(0, { last_message: message(1), unread_count: 1 }));
  state.applyEvent(isNew(1));
  expect(state.info).toMatchObject({ unread_count: 1, seq: 1 });
  state.applyEvent({ type: "message.deleted", seq: 2, data: message(1, { body: "", deleted_at: at(2) }) } as RoomEvent);
  expect(state.info!.unread_count).toBe(0);
  state.applyEvent(isNew(3));
  state.applyEvent(isNew(4, { sender_id: 1 }));
  expect(state.info!.unread_count).toBe(1);
  state.readUpTo(1, 104);
  expect(state.info!.unread_count).toBe(0);
  // The server has not heard of it yet.
  state.applyResumed({ seq: 4, unread_count: 1, members: [{ user_id: 1, read_seq: 0, delivered_seq: 4 }] });
  expect(state.info!.unread_count).toBe(0);
});

test("states follow positions, never the clock, and never go back", () => {
  const { state } = roomAt(0);
  const own = { sender_id: 1, created_at: "2099-01-01T00:00:00.000000+00:00" };
  for (let seq = 1; seq <= 3; seq++) state.applyEvent(isNew(seq, { ...own, client_id: `c${seq}` }));
  const states = () => state.window.messages.map((m) => m.state).join(" ");
  expect(states()).toBe("sent sent sent");
  signals.delivered(state, {
    type: "message.delivered",
    data: { conversation_id: 7, user_id: 2, last_message_id: 102 },
  });
  expect(states()).toBe("delivered delivered sent");
  const read = { conversation_id: 7, reader_id: 2, last_message_id: 101, updated_count: 1 };
  signals.read(state, { type: "conversation.read", data: read });
  state.applyEvent({ type: "message.updated", seq: 4, data: message(1, { ...own, body: "!" }) } as RoomEvent);
  expect(states()).toBe("read delivered sent");
  // Known to be read by its own words, before anything is known of those in front of it.
  state.applyEvent({ type: "message.updated", seq: 5, data: message(3, { ...own, read_at: at(9) }) } as RoomEvent);
  expect(states()).toBe("read delivered read");
  state.applyResumed({
    seq: 5,
    unread_count: 0,
    members: [1, 2].map((user_id) => ({ user_id, read_seq: 3, delivered_seq: 3 })),
  });
  expect(states()).toBe("read read read");
});

test("a user who leaves and joins again reads the room again", () => {
  const { state, calls } = roomAt(3);
  state.leave();
  expect(state.isGone).toBe(true);
  state.join(9);
  expect(calls).toEqual(["info", "messages null"]);
  expect(state.resumePosition()).toBe(9);
  state.applyEvent(isNew(10));
  state.setRow(row(9));
  expect(state.info).toMatchObject({ seq: 10, unread_count: 10 });
});
