// Live events that wait for a replay: while a connection resumes, its rooms are heard here instead of on the socket, and
// what was heard follows once the replay is sent. So nothing falls between the two, and nothing comes twice.
import type { Bus } from "../bus/bus.ts";
import type { RoomTopic } from "../protocol/rooms.ts";

interface Kept {
  topic: RoomTopic;
  frame: string;
  seq: number | undefined;
  /** Whether it tells that the user has left the room. */
  isEnd: boolean;
}

export class Hold {
  private kept: Kept[] = [];
  /** The rooms held back; null for one that the user has left meanwhile. */
  private readonly taps = new Map<RoomTopic, (() => void) | null>();
  /** The size of what waits, in UTF-16 units. */
  size = 0;

  /** `onKeep` is called after each event that was kept. */
  constructor(
    private readonly bus: Bus,
    private readonly onKeep: () => void,
  ) {}

  get topics(): RoomTopic[] {
    return [...this.taps.keys()];
  }

  has(topic: RoomTopic): boolean {
    return this.taps.has(topic);
  }

  /** Whether the room's live events are to go on after the hold. */
  follows(topic: RoomTopic): boolean {
    return Boolean(this.taps.get(topic));
  }

  /** Keeps back what is published on the topic from now on. */
  open(topic: RoomTopic) {
    if (this.taps.get(topic)) return;
    this.taps.set(
      topic,
      this.bus.tap(topic, (frame, seq) => this.keep(topic, frame, seq)),
    );
  }

  /** Keeps back nothing more of the room; what was kept before is still to come. */
  close(topic: RoomTopic) {
    this.taps.get(topic)?.();
    this.taps.set(topic, null);
  }

  /** The user has left the room, and `farewell` tells it. */
  end(topic: RoomTopic, farewell: string) {
    this.close(topic);
    this.keep(topic, farewell, undefined, true);
  }

  /** Forgets the room and what was kept of it. */
  drop(topic: RoomTopic) {
    this.close(topic);
    this.taps.delete(topic);
    this.kept = this.kept.filter((kept) => kept.topic !== topic);
    this.size = this.kept.reduce((sum, { frame }) => sum + frame.length, 0);
  }

  keep(topic: RoomTopic, frame: string, seq?: number, isEnd = false) {
    this.kept.push({ topic, frame, seq, isEnd });
    this.size += frame.length;
    this.onKeep();
  }

  /**
   * Ends the hold for these rooms and answers what has waited, in order, without what the replay went up to (`seen`, by
   * room; null when there was none because the user had left, so that all before that is none of theirs). The caller sends
   * it and follows the rooms again in the same turn of the event loop.
   */
  release(topics: Iterable<RoomTopic>, seen: ReadonlyMap<RoomTopic, number | null>): string[] {
    const released = new Set(topics);
    const due = this.kept.filter(({ topic }) => released.has(topic));
    this.kept = this.kept.filter(({ topic }) => !released.has(topic));
    this.size = this.kept.reduce((sum, { frame }) => sum + frame.length, 0);
    for (const topic of released) {
      this.taps.get(topic)?.();
      this.taps.delete(topic);
    }
    const left = new Set([...released].filter((topic) => seen.get(topic) === null));
    return due.flatMap(({ topic, frame, seq, isEnd }) => {
      if (isEnd) left.delete(topic);
      const isKnown = seq !== undefined && seq <= (seen.get(topic) ?? 0);
      return isKnown || left.has(topic) ? [] : frame;
    });
  }
}
