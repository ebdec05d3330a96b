// The sending side of a connection: frames, topics of the bus, and the pause of both while a replay is sent. It knows neither users
// nor commands; connection.ts extends it.
import type { ServerWebSocket } from "bun";
import { ChatError } from "../lib/errors.ts";
import type { Limits } from "../lib/rate-limit.ts";
import type { SocketKind } from "../protocol/define.ts";
import { BACKPRESSURE_LIMIT, type CloseReason } from "../protocol/limits.ts";
import { resumeUnderWay } from "../protocol/refusals.ts";
import { type Room, type RoomTopic, roomTopic, type Topic } from "../protocol/rooms.ts";
import type { ResumeCommand } from "../protocol/sync.ts";
import type { Session } from "../sessions/sessions.ts";
import type { Hub } from "./hub.ts";
import { Replay, type ReplayParts } from "./resume.ts";
import type { ReplayingConnection, SubscribingConnection } from "./types.ts";

// A replay waits here until the client has taken it, well before it would be cut off.
const REPLAY_BUFFER = BACKPRESSURE_LIMIT / 4;

export interface LiveParts extends ReplayParts {
  hub: Pick<Hub, "addSubscriber" | "removeSubscriber">;
  limits: Pick<Limits, "resume">;
}

export abstract class LiveSocket implements SubscribingConnection, ReplayingConnection {
  /** Null before the socket is open, and after it is closed. */
  protected ws: ServerWebSocket<unknown> | null = null;
  /** While rooms are paused for a replay, or for the `resume` that is awaited. */
  private replay: Replay | null = null;
  private onDrain: (() => void) | null = null;

  abstract readonly session: Session | null;
  abstract readonly isEnded: boolean;
  abstract readonly kind: SocketKind;
  abstract readonly rooms: Room[];
  abstract end(reason: CloseReason): void;
  protected abstract readonly realtime: LiveParts;

  drain() {
    this.onDrain?.();
    this.onDrain = null;
  }

  ping() {
    this.ws?.ping();
  }

  send(frame: string) {
    this.ws?.send(frame, false);
  }

  sendPaced(frame: string): Promise<void> | undefined {
    this.send(frame);
    if (!this.ws || this.ws.getBufferedAmount() < REPLAY_BUFFER) return;
    return new Promise((resolve) => {
      this.onDrain = resolve;
    });
  }

  sendInOrder(topic: RoomTopic, frame: string) {
    if (this.replay?.isPaused(topic)) this.replay.send(topic, frame);
    else this.send(frame);
  }

  startLive(topic: RoomTopic) {
    this.ws?.subscribe(topic);
  }

  stopLive(topic: RoomTopic) {
    this.ws?.unsubscribe(topic);
  }

  subscribeAccount(topic: Topic) {
    this.ws!.subscribe(topic);
  }

  subscribe(room: Room, seq: number) {
    const topic = roomTopic(room.kind, room.id);
    this.realtime.hub.addSubscriber(this, room, seq);
    if (this.replay?.mustPause(topic)) this.replay.pause([topic]);
    else this.startLive(topic);
  }

  unsubscribe(room: Room, finalFrame: string) {
    const topic = roomTopic(room.kind, room.id);
    this.realtime.hub.removeSubscriber(this, room.id);
    if (this.replay?.isPaused(topic)) return this.replay.leave(topic, finalFrame);
    this.send(finalFrame);
    this.stopLive(topic);
  }

  withoutSubscription(topic: Topic, work: () => void) {
    if (this.replay?.isBuffering(topic as RoomTopic)) this.replay.without(topic as RoomTopic, work);
    else if (this.ws?.isSubscribed(topic)) {
      this.ws.unsubscribe(topic);
      work();
      this.ws.subscribe(topic);
    } else work();
  }

  /** The command. Throws `slow_down`, `unavailable`. */
  async resume(command: ResumeCommand) {
    if (this.replay?.isRunning) throw new ChatError(resumeUnderWay);
    this.realtime.limits.resume(this.session!.userId);
    this.replay ??= this.newReplay(false);
    await this.replay.run(command);
  }

  /** Live events of all rooms wait until the client resumes. */
  protected awaitResume() {
    this.replay = this.newReplay(true);
  }

  protected stopAwaitingResume() {
    if (this.replay?.isAwaited) this.replay.giveUp();
  }

  protected closeReplay() {
    this.replay?.close();
    this.replay = null;
  }

  /** The socket is closed. */
  protected detach() {
    this.ws = null;
    this.drain();
  }

  private newReplay(isAwaited: boolean): Replay {
    return new Replay(this.realtime, this, isAwaited, (replay) => {
      if (this.replay === replay) this.replay = null;
    });
  }
}
