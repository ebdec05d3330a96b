// Who is typing where. Published to the others in the room, kept in memory alone, and skipped when the server is busy. The
// database is asked when somebody starts, so that nobody is shown typing who may not post.
import type { Bus, Signal } from "../bus/bus.ts";
import { isTransientDatabaseError } from "../db/errors.ts";
import { type Room, type RoomTopic, roomIdField, roomTopic } from "../protocol/rooms.ts";
import { typingStarted, typingStopped } from "../protocol/typing.ts";
import type { Session } from "../sessions/sessions.ts";
import type { Hub } from "./hub.ts";
import type { InFlight } from "./in-flight.ts";
import type { RoomAccess } from "./types.ts";

const SWEEP_MS = 500;
// One person types in one room, or a few; this is for those who don't.
const MAX_TYPISTS = 20_000;

interface Typist {
  userId: number;
  username: string;
  room: Room;
  topic: RoomTopic;
  /** By the monotonic clock. */
  until: number;
  /** False while the database is being asked. */
  isPublished: boolean;
}

interface TypingParts {
  bus: Bus;
  hub: Hub;
  inFlight: InFlight;
  access: Pick<RoomAccess, "requireCanPost">;
  /** After so long without another `typing.start` it ends, in milliseconds. */
  timeoutMs: number;
}

export class Typing {
  private readonly typists = new Map<string, Typist>();
  private readonly sweeper = setInterval(() => this.sweep(), SWEEP_MS);

  constructor(private readonly parts: TypingParts) {
    this.sweeper.unref();
  }

  /** Starts, or continues. Throws `not_found`, `forbidden`, `muted`, `blocked`. */
  async start({ userId, username }: Session, room: Room): Promise<void> {
    const { inFlight, access, timeoutMs } = this.parts;
    const topic = roomTopic(room.kind, room.id);
    const key = `${userId} ${topic}`;
    const until = performance.now() + timeoutMs;
    const known = this.typists.get(key);
    if (known) return this.continue(key, known, until);
    if (inFlight.isBusy || this.typists.size >= MAX_TYPISTS) return;
    const typist: Typist = { userId, username, room, topic, until, isPublished: false };
    this.typists.set(key, typist);
    try {
      await access.requireCanPost(room, userId);
    } catch (error) {
      if (this.typists.get(key) === typist) this.typists.delete(key);
      throw error;
    }
    // Stopped meanwhile, or disconnected.
    if (this.typists.get(key) !== typist) return;
    typist.isPublished = true;
    this.publish(typingStarted, typist);
  }

  /** The user may have been muted or blocked since they started. */
  private async continue(key: string, typist: Typist, until: number) {
    try {
      if (!this.parts.inFlight.isBusy) await this.parts.access.requireCanPost(typist.room, typist.userId);
      typist.until = until;
    } catch (error) {
      if (!isTransientDatabaseError(error)) this.end(key);
      throw error;
    }
  }

  stop(userId: number, room: Room) {
    if (this.typists.size > 0) this.end(`${userId} ${roomTopic(room.kind, room.id)}`);
  }

  /** A socket of the user's was closed; with the last one they have stopped. */
  onDisconnect(userId: number) {
    if (this.typists.size === 0 || this.parts.hub.isOnline(userId)) return;
    for (const [key, typist] of this.typists) if (typist.userId === userId) this.end(key);
  }

  /** A user who is no longer in a room does not type there. */
  onSignal(signal: Signal) {
    if (signal.type === "member.removed") this.stop(signal.userId, { kind: signal.kind, id: signal.roomId });
    if (signal.type !== "room.deleted") return;
    const topic = roomTopic(signal.kind, signal.roomId);
    for (const [key, typist] of this.typists) if (typist.topic === topic) this.typists.delete(key);
  }

  close() {
    clearInterval(this.sweeper);
  }

  private sweep() {
    const now = performance.now();
    for (const [key, { until }] of this.typists) if (until <= now) this.end(key);
  }

  private end(key: string) {
    const typist = this.typists.get(key);
    if (!typist) return;
    this.typists.delete(key);
    if (typist.isPublished) this.publish(typingStopped, typist);
  }

  private publish(event: typeof typingStarted | typeof typingStopped, { userId, username, room }: Typist) {
    const data = { ...roomIdField(room), user_id: userId, username };
    this.parts.bus.publishToRoom(room, event.frames.room.encode(data), [userId]);
  }
}
