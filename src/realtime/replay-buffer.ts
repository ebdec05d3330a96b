// Live events that are published while a connection replays: its rooms are tapped here instead of subscribed to, and what was
// buffered follows once the replay is sent. So no event falls between replay and live events, and none comes twice.
import type { Bus } from "../bus/bus.ts";
import type { RoomTopic } from "../protocol/rooms.ts";

interface BufferedFrame {
  topic: RoomTopic;
  frame: string;
  seq: number | undefined;
  /** Whether it says that the user is no longer in the room. */
  isFinal: boolean;
}

export class ReplayBuffer {
  private frames: BufferedFrame[] = [];
  /** How to end the tap of each paused room; null for a room that the user has left meanwhile. */
  private readonly taps = new Map<RoomTopic, (() => void) | null>();
  /** The size of the buffered frames, in UTF-16 units. */
  size = 0;

  /** `onPush` is called after each frame that was buffered. */
  constructor(
    private readonly bus: Bus,
    private readonly onPush: () => void,
  ) {}

  get topics(): RoomTopic[] {
    return [...this.taps.keys()];
  }

  has(topic: RoomTopic): boolean {
    return this.taps.has(topic);
  }

  /** Whether what is published on the topic is being buffered. */
  isTapped(topic: RoomTopic): boolean {
    return Boolean(this.taps.get(topic));
  }

  /** Buffers what is published on the topic from now on. */
  tap(topic: RoomTopic) {
    if (this.taps.get(topic)) return;
    this.taps.set(
      topic,
      this.bus.tap(topic, (frame, seq) => this.push(topic, frame, seq)),
    );
  }

  /** Buffers nothing more of the room; what was buffered before is still due. */
  untap(topic: RoomTopic) {
    this.taps.get(topic)?.();
    this.taps.set(topic, null);
  }

  /** The user is no longer in the room, as `finalFrame` says. */
  end(topic: RoomTopic, finalFrame: string) {
    this.untap(topic);
    this.push(topic, finalFrame, undefined, true);
  }

  /** Drops the room and what was buffered of it. */
  discard(topic: RoomTopic) {
    this.untap(topic);
    this.taps.delete(topic);
    this.keepOnly((buffered) => buffered.topic !== topic);
  }

  push(topic: RoomTopic, frame: string, seq?: number, isFinal = false) {
    this.frames.push({ topic, frame, seq, isFinal });
    this.size += frame.length;
    this.onPush();
  }

  /**
   * Takes these rooms out of the buffer and returns their frames in order, without those that the replay has sent already (up to
   * `replayed`, by room; null when nothing was replayed because the user had left, so that nothing before the final frame is
   * theirs). The caller must send them and subscribe to the rooms in the same turn of the event loop.
   */
  take(topics: Iterable<RoomTopic>, replayed: ReadonlyMap<RoomTopic, number | null>): string[] {
    const taken = new Set(topics);
    const due = this.frames.filter(({ topic }) => taken.has(topic));
    this.keepOnly(({ topic }) => !taken.has(topic));
    for (const topic of taken) {
      this.taps.get(topic)?.();
      this.taps.delete(topic);
    }
    const left = new Set([...taken].filter((topic) => replayed.get(topic) === null));
    return due.flatMap(({ topic, frame, seq, isFinal }) => {
      if (isFinal) left.delete(topic);
      const isReplayed = seq !== undefined && seq <= (replayed.get(topic) ?? 0);
      return isReplayed || left.has(topic) ? [] : frame;
    });
  }

  private keepOnly(isKept: (buffered: BufferedFrame) => boolean) {
    this.frames = this.frames.filter(isKept);
    this.size = this.frames.reduce((sum, { frame }) => sum + frame.length, 0);
  }
}
