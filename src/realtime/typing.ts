// Who is typing where. Told to the others in the room, kept only here, and the first thing to be dropped when there is much
// to do. The database is asked when somebody begins, so that nobody is seen typing who could not speak.
import type { Signal } from "../bus/bus.ts";
import type { Core } from "../core.ts";
import { isTransientDatabaseError } from "../db/errors.ts";
import { requireCanPost } from "../modules/messages/service.ts";
import { type Room, type RoomTopic, roomIdField, roomTopic } from "../protocol/rooms.ts";
import type { Session } from "../sessions/sessions.ts";
import type { Hub } from "./hub.ts";
import type { Inbox } from "./in-flight.ts";

const SWEEP_MS = 500;
// One person types in one place, or a few; this is for those who don't.
const MAX_TYPISTS = 20_000;

interface Typist {
  userId: number;
  username: string;
  room: Room;
  topic: RoomTopic;
  /** By the monotonic clock. */
  until: number;
  /** False while the database is being asked. */
  isTold: boolean;
}

export class Typing {
  private readonly typists = new Map<string, Typist>();
  private readonly sweeper = setInterval(() => this.sweep(), SWEEP_MS);

  constructor(private readonly parts: { core: Core; hub: Hub; inbox: Inbox }) {
    this.sweeper.unref();
  }

  /** Begins, or goes on. Throws `not_found`, `forbidden`, `muted`, `blocked`. */
  async start({ userId, username }: Session, room: Room): Promise<void> {
    const topic = roomTopic(room.kind, room.id);
    const key = `${userId} ${topic}`;
    const until = performance.now() + this.parts.core.socketTimes.typing;
    const known = this.typists.get(key);
    if (known) return this.goOn(key, known, until);
    if (this.parts.inbox.isBusy || this.typists.size >= MAX_TYPISTS) return;
    const typist: Typist = { userId, username, room, topic, until, isTold: false };
    this.typists.set(key, typist);
    try {
      await requireCanPost(this.parts.core.db, room, userId);
    } catch (error) {
      if (this.typists.get(key) === typist) this.typists.delete(key);
      throw error;
    }
    // Stopped meanwhile, or gone.
    if (this.typists.get(key) !== typist) return;
    typist.isTold = true;
    this.tell("typing.start", typist);
  }

  /** Somebody may have been muted or blocked since they began. */
  private async goOn(key: string, typist: Typist, until: number) {
    try {
      if (!this.parts.inbox.isBusy) await requireCanPost(this.parts.core.db, typist.room, typist.userId);
      typist.until = until;
    } catch (error) {
      if (!isTransientDatabaseError(error)) this.end(key);
      throw error;
    }
  }

  stop(userId: number, room: Room) {
    if (this.typists.size > 0) this.end(`${userId} ${roomTopic(room.kind, room.id)}`);
  }

  /** A socket of the user's has closed; with the last one they have stopped. */
  onLeave(userId: number) {
    if (this.typists.size === 0 || this.parts.hub.isOnline(userId)) return;
    for (const [key, typist] of this.typists) if (typist.userId === userId) this.end(key);
  }

  /** Who is in a room no longer types there no longer. */
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
    if (typist.isTold) this.tell("typing.stop", typist);
  }

  private tell(type: "typing.start" | "typing.stop", { userId, username, room, topic }: Typist) {
    const data = { ...roomIdField(room), user_id: userId, username };
    this.parts.core.bus.publishToOthers(topic, JSON.stringify({ type, data }), userId);
  }
}
