// Replays what a connection has missed, from the database alone, and joins it to the live events without a gap: the rooms are
// paused first, then read, and what was published meanwhile follows, without what the replay contained already.
import { type Bus, whenCaughtUp } from "../bus/bus.ts";
import { BACKPRESSURE_LIMIT, REPLAY_LIMIT, RESUMED_ROOMS } from "../protocol/limits.ts";
import { type RoomTopic, roomIdField, roomTopic } from "../protocol/rooms.ts";
import {
  type AccountResume,
  accountResumed,
  type ResumeCommand,
  type ResumedRoom,
  type RoomResume,
  resync,
  roomResumed,
} from "../protocol/sync.ts";
import { toFrame } from "../timeline/events.ts";
import type { ReplayReader, RoomState, SeqRange } from "../timeline/replay-reader.ts";
import type { Timeline } from "../timeline/timeline.ts";
import { ReplayBuffer } from "./replay-buffer.ts";
import type { ReplayingConnection } from "./types.ts";

// Events read at a time for one connection: at their longest, 1.6 MB.
const REPLAY_CHUNK = 100;
const NOTHING_REPLAYED: ReadonlyMap<RoomTopic, number | null> = new Map();

interface ReplayedRoom {
  id: number;
  topic: RoomTopic;
  key: { conversation_id?: number; group_id?: number };
  /** The client's position; null for a room that it did not name. */
  after: number | null;
}

export interface ReplayParts {
  bus: Bus;
  timeline: Pick<Timeline, "epoch" | "flushed">;
  replayReader: Pick<ReplayReader, "roomStatesOf" | "listEvents">;
}

/**
 * Pauses the live events of one connection's rooms until they are replayed. Exists from the moment a `resume` is expected or comes
 * until it is done; `onEnd` is called then.
 */
export class Replay {
  private readonly buffer: ReplayBuffer;
  /** Whether a `resume` is being carried out. */
  isRunning = false;

  /** `isAwaited`: the client has announced a `resume`, and the live events of all its rooms wait for it. */
  constructor(
    private readonly parts: ReplayParts,
    private readonly connection: ReplayingConnection,
    public isAwaited: boolean,
    private readonly onEnd: (replay: Replay) => void,
  ) {
    this.buffer = new ReplayBuffer(parts.bus, () => {
      if (this.buffer.size > BACKPRESSURE_LIMIT) connection.end("too_slow");
    });
  }

  /** Whether a room that is subscribed to now must be paused. */
  mustPause(topic: RoomTopic): boolean {
    return this.isAwaited || this.buffer.has(topic);
  }

  /** Whether what concerns the room goes through `send` and `leave` rather than straight to the socket. */
  isPaused(topic: RoomTopic): boolean {
    return this.buffer.has(topic);
  }

  /** Lets the live events of these rooms wait from now on. */
  pause(topics: Iterable<RoomTopic>) {
    // What is buffered for a connection that has ended meanwhile would stay.
    if (this.connection.isEnded) return;
    for (const topic of topics) {
      this.connection.stopLive(topic);
      this.buffer.tap(topic);
    }
  }

  /** Sends a frame behind what waits of a paused room. */
  send(topic: RoomTopic, frame: string) {
    this.buffer.push(topic, frame);
  }

  /** The user is no longer in a paused room. */
  leave(topic: RoomTopic, finalFrame: string) {
    // Before the `resume` nothing of the room was sent, and `resumed` names it as lost to those who ask.
    if (this.isAwaited) this.buffer.discard(topic);
    else this.buffer.end(topic, finalFrame);
  }

  /** Whether what is published on the topic is buffered. */
  isBuffering(topic: RoomTopic): boolean {
    return this.buffer.isTapped(topic);
  }

  /** Runs `work` while nothing that is published on the topic is buffered; it must be buffering. */
  without(topic: RoomTopic, work: () => void) {
    this.buffer.untap(topic);
    work();
    this.buffer.tap(topic);
  }

  /** The awaited `resume` has not come: live events go on without it. */
  giveUp() {
    this.isAwaited = false;
    this.finish();
  }

  /** The connection has ended. */
  close() {
    this.buffer.take(this.buffer.topics, NOTHING_REPLAYED);
  }

  /**
   * Carries out a `resume`; none may be running. Throws `unavailable`. Whatever happens, live events go on, after the refusal if it is
   * one.
   */
  async run(frame: ResumeCommand): Promise<void> {
    const named = this.namedIn(frame);
    const rooms = this.connection.rooms.map(({ kind, id }): ReplayedRoom => {
      const topic = roomTopic(kind, id);
      return { id, topic, key: roomIdField({ kind, id }), after: named.get(topic) ?? null };
    });
    rooms.sort((a, b) => Number(a.after === null) - Number(b.after === null));
    // All rooms that the client named at once, before the first await: from here on no event of theirs is missed.
    this.isRunning = true;
    this.pause(rooms.flatMap(({ topic, after }) => (after === null ? [] : topic)));
    this.isAwaited = false;
    try {
      await this.replayAll(rooms, named, frame.epoch);
    } finally {
      this.isRunning = false;
      // After the refusal, so that what was buffered is not taken for the end of a replay; unless the client asks again at once.
      setImmediate(() => {
        if (!this.isRunning) this.finish();
      });
    }
  }

  private async replayAll(rooms: ReplayedRoom[], named: Map<RoomTopic, number>, givenEpoch: string | undefined) {
    const { connection, parts } = this;
    const { epoch: epochs } = parts.timeline;
    await epochs.verified();
    // Whenever it changes from here on, this connection is ended.
    const epoch = epochs.current;
    const isSameHistory = givenEpoch === undefined || givenEpoch === epoch;
    const isAccount = connection.kind === "account";
    let start = 0;
    do {
      const some = rooms.slice(start, start + RESUMED_ROOMS);
      start += RESUMED_ROOMS;
      const states = await this.replay(some, isSameHistory);
      if (connection.isEnded) return;
      // A room that was left in this very moment has no state; what waits of it is not the user's to hear without a replay.
      if (!isAccount && Object.keys(states).length === 0) return connection.end("forbidden");
      const isLast = start >= rooms.length;
      const lost = isLast ? this.lostOf(named.keys()) : [];
      connection.send(
        isAccount
          ? accountResumed.encode({ data: { rooms: states, lost, more: !isLast, epoch } })
          : roomResumed.encode({ data: { ...rooms[0]?.key, ...Object.values(states)[0]!, epoch } }),
      );
      this.flush(
        some.map(({ topic }) => topic),
        new Map(some.map(({ topic }) => [topic, states[topic]?.seq ?? null])),
      );
    } while (start < rooms.length);
  }

  /** Sends what was missed in these rooms, and returns their state; what comes after that stays buffered. */
  private async replay(rooms: ReplayedRoom[], isSameHistory: boolean): Promise<Record<RoomTopic, ResumedRoom>> {
    const { connection, parts } = this;
    // Those left since the command came are not to be paused, and then subscribed to, again.
    const current = new Set(connection.rooms.map(({ id }) => id));
    this.pause(rooms.flatMap(({ id, topic }) => (current.has(id) ? topic : [])));
    const ids = rooms.map(({ id }) => id);
    const read = await parts.replayReader.roomStatesOf(connection.session!.userId, ids);
    // What was read may not have been published yet; once it is, it is in the buffer and can be distinguished from new events.
    await parts.timeline.flushed();
    await whenCaughtUp(
      parts.bus,
      Array.from(read, ([id, { seq }]) => [id, seq] as const),
      () => connection.isEnded,
      () => {},
    );
    const states: Record<RoomTopic, ResumedRoom> = {};
    if (connection.isEnded) return states;
    const ranges: SeqRange[] = [];
    for (const { id, topic, key, after } of rooms) {
      const state = read.get(id);
      // Left in this very moment; `room.left` is on its way.
      if (!state) continue;
      const { seq } = state;
      states[topic] = toResumedRoom(state);
      if (after === null || (isSameHistory && after === seq)) continue;
      if (!isSameHistory || after > seq || seq - after > REPLAY_LIMIT) {
        connection.send(resync.encode({ data: { room: topic, ...key, seq } }));
        continue;
      }
      ranges.push({ roomId: id, after, to: seq });
    }
    for (const chunk of chunksOf(ranges)) {
      // Read only once the client has taken what came before, so that a client that takes nothing costs little memory.
      for (const event of await parts.replayReader.listEvents(chunk)) {
        if (connection.isEnded) return states;
        await connection.sendPaced(toFrame(event));
      }
    }
    return states;
  }

  /**
   * Sends what has waited in these rooms past `replayed`, and continues with their live events; but in rooms that were read to be left
   * (null) nothing follows until that is published here, which may take another server's word.
   */
  private flush(topics: RoomTopic[], replayed: ReadonlyMap<RoomTopic, number | null>) {
    if (this.connection.isEnded) return;
    const live = topics.filter((topic) => this.buffer.isTapped(topic) && replayed.get(topic) !== null);
    for (const frame of this.buffer.take(topics, replayed)) this.connection.send(frame);
    for (const topic of live) this.connection.startLive(topic);
  }

  private finish() {
    this.flush(this.buffer.topics, NOTHING_REPLAYED);
    this.onEnd(this);
  }

  /** The rooms that the command names, with the client's positions; which form it has was checked by the kind of socket. */
  private namedIn(frame: ResumeCommand): Map<RoomTopic, number> {
    const { kind, rooms } = this.connection;
    if (kind === "account") return new Map(Object.entries((frame as AccountResume).rooms) as [RoomTopic, number][]);
    const { after_seq } = frame as RoomResume;
    return new Map(rooms.map((room) => [roomTopic(room.kind, room.id), after_seq]));
  }

  /** Those of the named rooms that are not the user's now; one that they were added back to meanwhile is. */
  private lostOf(named: Iterable<RoomTopic>): RoomTopic[] {
    const current = new Set(this.connection.rooms.map(({ kind, id }) => roomTopic(kind, id)));
    return [...named].filter((topic) => !current.has(topic));
  }
}

/** The same ranges in the same order, joined and cut so that each chunk has at most REPLAY_CHUNK events. */
function* chunksOf(ranges: SeqRange[]): Generator<SeqRange[]> {
  let chunk: SeqRange[] = [];
  let free = REPLAY_CHUNK;
  for (const { roomId, after, to } of ranges) {
    for (let from = after; from < to; ) {
      const upTo = Math.min(to, from + free);
      chunk.push({ roomId, after: from, to: upTo });
      free -= upTo - from;
      from = upTo;
      if (free > 0) continue;
      yield chunk;
      chunk = [];
      free = REPLAY_CHUNK;
    }
  }
  if (chunk.length > 0) yield chunk;
}

const toResumedRoom = ({ seq, unread, mentions, members }: RoomState): ResumedRoom => ({
  seq,
  unread_count: unread,
  ...(mentions > 0 && { mention_count: mentions }),
  members,
});
