// The bus of a single process: Bun's native topics, and listeners called synchronously.
import type { Server } from "bun";
import { isGroupRead } from "../protocol/receipts.ts";
import { type Room, roomTopic, type Topic, userTopic } from "../protocol/rooms.ts";
import type { Bus, PublishedEvent, Signal, Tap } from "./bus.ts";

/** Runs `work` while the sockets of these users are unsubscribed from the topic. */
export type Exclude = (userIds: readonly number[], topic: Topic, work: () => void) => void;

export class LocalBus implements Bus {
  private server: Server<unknown> | null = null;
  private readonly listeners: ((signal: Signal) => void)[] = [];
  private readonly taps = new Map<Topic, Set<Tap>>();

  /** `quietIn`: users whose sockets follow the room and who get no read receipts of others. */
  constructor(
    private readonly exclude: Exclude,
    private readonly quietIn: (roomId: number) => readonly number[] | undefined = () => undefined,
  ) {}

  /** Called once the server listens; before that there is no subscriber. */
  attach(server: Server<unknown>) {
    this.server = server;
  }

  publishEvent({ room, seq, frame, signal }: PublishedEvent) {
    this.publish(roomTopic(room.kind, room.id), frame, seq);
    if (signal) this.signal(signal);
  }

  publishToRoom({ kind, id }: Room, frame: string, exceptUserIds?: readonly number[]) {
    const topic = roomTopic(kind, id);
    const quiet = this.quietIn(id);
    const except = quiet && isGroupRead(frame) ? [...quiet, ...(exceptUserIds ?? [])] : exceptUserIds;
    if (except === undefined) this.publish(topic, frame);
    else this.exclude(except, topic, () => this.publish(topic, frame));
  }

  publishToUser(userId: number, frame: string) {
    this.publish(userTopic(userId), frame);
  }

  // What is committed is published at once, so that there is nothing to follow, to catch up with or to tell others.
  follow() {}
  unfollow() {}
  clear() {}
  positionOf() {
    return 0;
  }
  async recover() {
    return false;
  }
  catchUp() {
    return undefined;
  }
  notificationOf() {
    return null;
  }

  tap(topic: Topic, tap: Tap) {
    const taps = this.taps.get(topic);
    if (taps) taps.add(tap);
    else this.taps.set(topic, new Set([tap]));
    return () => {
      const current = this.taps.get(topic);
      if (current?.delete(tap) && current.size === 0) this.taps.delete(topic);
    };
  }

  signal(signal: Signal) {
    for (const listener of this.listeners) listener(signal);
  }

  onSignal(listener: (signal: Signal) => void) {
    this.listeners.push(listener);
  }

  private publish(topic: Topic, frame: string, seq?: number) {
    // The result is not used: 0 means that the frame was dropped for at least one subscriber, which is then closed and resumes.
    this.server?.publish(topic, frame, false);
    if (this.taps.size === 0) return;
    for (const tap of this.taps.get(topic) ?? []) tap(frame, seq);
  }
}
