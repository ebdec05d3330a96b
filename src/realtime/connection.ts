// The life of one connection: it says who it is, is let in, sends commands and gets events, and is ended. Bun calls open,
// message, drain and close; Elysia hands the calls on because the object is the socket's `data`.
import type { ServerWebSocket } from "bun";
import type { Core } from "../core.ts";
import { isTransientDatabaseError } from "../db/errors.ts";
import { ChatError, unavailable } from "../lib/errors.ts";
import { findRef, isTooDeep, tooDeep } from "../lib/json.ts";
import { safeError } from "../lib/log.ts";
import { isoFromMillis } from "../lib/time.ts";
import { isRef } from "../protocol/commands.ts";
import {
  AUTH_FRAME_LIMIT,
  BACKPRESSURE_LIMIT,
  CLOSE_CODES,
  type CloseReason,
  FRAME_LIMIT,
  IN_FLIGHT_LIMIT,
} from "../protocol/limits.ts";
import {
  frameNotObject,
  internalError,
  invalidToken,
  serverBusy,
  tokenOfOtherUser,
  tooManyCommands,
} from "../protocol/refusals.ts";
import { type Room, type RoomTopic, roomTopic, type Topic, userTopic } from "../protocol/rooms.ts";
import type { Session } from "../sessions/sessions.ts";
import { type Command, commandOf, type Frame, isAuth, parseFrame, refuseUnbegun } from "./dispatch.ts";
import type { Connected, Hub } from "./hub.ts";
import type { Inbox } from "./in-flight.ts";
import { Hold } from "./replay-buffer.ts";
import { SendOrder } from "./send-order.ts";
import type { RoomSignal, Scope } from "./subscriptions.ts";
import type { Typing } from "./typing.ts";
import { Stranger, type Strangers } from "./unauthenticated.ts";

// A replay pauses here until the client has taken it, well before it would be cut off.
const REPLAY_BUFFER = BACKPRESSURE_LIMIT / 4;
// A client that goes on after being told to slow down this often is not listening. So many are forgiven in a second: more than
// come about where one sends somewhat too fast.
const MAX_STRIKES = 500;
const FORGIVEN_A_SECOND = 50;

/** What every connection of a server shares. */
export interface Realtime {
  core: Core;
  hub: Hub;
  strangers: Strangers;
  inbox: Inbox;
  typing: Typing;
}

export interface Handshake {
  /** From the query or the header; null when a first frame is to bring it. */
  token: string | null;
  /** Set when the handshake itself is refused, such as for its origin. */
  refusal: CloseReason | null;
  /** Whether live events are to wait until the client has resumed. */
  awaitsResume: boolean;
}

export class Connection implements Connected {
  readonly openedAt = performance.now();
  session: Session | null = null;
  /** For how many sweeps of the hub nothing was heard of the client. */
  silentSweeps = 0;
  /** Set while rooms are held back for a replay. */
  hold: Hold | null = null;
  private ws: ServerWebSocket<Connection> | null = null;
  private state: "new" | "joining" | "open" | "ended" = "new";
  /** Until the connection is open. */
  private stranger: Stranger | null;
  /** In which order its messages are to be stored. */
  readonly order = new SendOrder();
  private inFlight = 0;
  private strikes = 0;
  private struckAt = 0;
  /** Whether a replay is under way. */
  isResuming = false;
  private onDrain: (() => void) | null = null;

  constructor(
    private readonly realtime: Realtime,
    readonly scope: Scope,
    private handshake: Handshake,
    network: string,
  ) {
    this.stranger = new Stranger(realtime.strangers, network);
  }

  get isEnded(): boolean {
    return this.state === "ended";
  }

  open(ws: ServerWebSocket<Connection>) {
    this.ws = ws;
    this.realtime.hub.await(this);
    const { refusal, token } = this.handshake;
    if (refusal) this.end(refusal);
    else if (!this.stranger?.enter()) this.end("too_many_sockets");
    else if (token) void this.join(token);
    this.handshake.token = null; // Not kept for the life of the connection.
  }

  message(_ws: ServerWebSocket<Connection>, raw: string | Buffer) {
    if (this.state === "ended") return;
    this.silentSweeps = 0;
    this.realtime.core.metrics.commands.inc();
    if (isTooLong(raw, this.state === "new" ? AUTH_FRAME_LIMIT : FRAME_LIMIT)) return this.end("frame_too_large");
    // Whatever comes in binary is no command.
    const text = typeof raw === "string" ? raw : "";
    if (this.state === "open") return this.run(text);
    if (this.state === "new") return this.introduce(text);
    this.wait(text);
  }

  pong() {
    this.silentSweeps = 0;
  }

  drain() {
    this.onDrain?.();
    this.onDrain = null;
  }

  close() {
    this.leave();
    this.ws = null;
    this.drain();
  }

  send(frame: string) {
    this.ws?.send(frame, false);
  }

  /** Sends one of many frames; the promise, if there is one, resolves when the client has taken enough of them. */
  sendPaced(frame: string): Promise<void> | undefined {
    this.send(frame);
    if (!this.ws || this.ws.getBufferedAmount() < REPLAY_BUFFER) return;
    return new Promise((resolve) => {
      this.onDrain = resolve;
    });
  }

  /** Closes from our side; the client can read why. */
  end(reason: CloseReason) {
    if (this.state === "ended") return;
    const { ws } = this;
    for (const room of this.scope.rooms) ws?.unsubscribe(roomTopic(room.kind, room.id));
    if (this.session) ws?.unsubscribe(userTopic(this.session.userId));
    this.leave();
    ws?.close(CLOSE_CODES[reason], reason);
  }

  ping() {
    this.ws?.ping();
  }

  /** Ends without a word, for there is nobody to hear it. */
  drop() {
    const { ws } = this;
    this.leave();
    ws?.terminate();
  }

  /** Nobody has been let in within the time for it. */
  onAuthTimeout() {
    // With a token it is the database that did not answer in time.
    this.end(this.state === "joining" ? "unavailable" : "unauthorized");
  }

  /** Hears the user's own topic from now on. */
  followAccount(topic: Topic) {
    this.ws!.subscribe(topic);
  }

  /** Hears a room from now on; while the room is held back, after the replay. */
  follow(room: Room) {
    const topic = roomTopic(room.kind, room.id);
    this.realtime.hub.follow(room.id);
    if (this.handshake.awaitsResume || this.hold?.has(topic)) this.holdBack([topic]);
    else this.ws!.subscribe(topic);
  }

  /** Hears a room no more; `farewell` tells it, behind everything else about the room. */
  unfollow(room: Room, farewell: string) {
    const topic = roomTopic(room.kind, room.id);
    this.realtime.hub.unfollow(room.id);
    if (!this.hold?.has(topic)) {
      this.send(farewell);
      this.ws?.unsubscribe(topic);
    } else if (this.handshake.awaitsResume) {
      // Nothing of it has been sent, and `resumed` will name it as lost to those who ask.
      this.hold.drop(topic);
    } else this.hold.end(topic, farewell);
  }

  /** Sends what belongs behind everything else about a room. */
  tell(topic: RoomTopic, frame: string) {
    if (this.hold?.has(topic)) this.hold.keep(topic, frame);
    else this.send(frame);
  }

  /** Lets the live events of these rooms wait from now on. */
  holdBack(topics: RoomTopic[]) {
    // Nobody would release what is held for a connection that has ended, as during a resume.
    if (this.isEnded) return;
    this.hold ??= new Hold(this.realtime.core.bus, () => {
      if (this.hold && this.hold.size > BACKPRESSURE_LIMIT) this.end("too_slow");
    });
    for (const topic of topics) {
      this.ws?.unsubscribe(topic);
      this.hold.open(topic);
    }
  }

  /** Sends what has waited in these rooms past `seen`, and follows them again. */
  letGo(topics: RoomTopic[], seen: ReadonlyMap<RoomTopic, number | null>) {
    const { hold } = this;
    if (!hold || this.isEnded) return;
    const followed = topics.filter((topic) => hold.follows(topic));
    for (const frame of hold.release(topics, seen)) this.send(frame);
    for (const topic of followed) this.ws?.subscribe(topic);
    if (hold.topics.length === 0) this.hold = null;
  }

  /** The awaited `resume` is there, or will not come. */
  stopAwaitingResume() {
    this.handshake = { ...this.handshake, awaitsResume: false };
  }

  without(topic: RoomTopic, work: () => void) {
    if (this.hold?.follows(topic)) {
      this.hold.close(topic);
      work();
      this.hold.open(topic);
    } else if (this.ws?.isSubscribed(topic)) {
      this.ws.unsubscribe(topic);
      work();
      this.ws.subscribe(topic);
    } else work();
  }

  onRoomSignal(signal: RoomSignal) {
    this.scope.onRoomSignal(this, signal);
  }

  tick(now: number) {
    this.silentSweeps++;
    if (this.handshake.awaitsResume && this.openedAt + this.realtime.core.socketTimes.resume < now) {
      this.stopAwaitingResume();
      this.letGo(this.hold?.topics ?? [], new Map());
    }
  }

  /** A new token for the same user, on the open socket. */
  async renew(token: string) {
    const { core, hub } = this.realtime;
    const session = await core.sessions.find(token);
    if (!session) throw new ChatError(invalidToken);
    if (session.userId !== this.session!.userId) throw new ChatError(tokenOfOtherUser);
    if (this.isEnded) return;
    const before = this.session!;
    this.session = session;
    hub.renew(this, before);
    return { expires_at: isoFromMillis(session.expiresAt) };
  }

  /** The first frame of a connection that came without a token. */
  private introduce(raw: string) {
    try {
      this.realtime.core.limits.introduction(this.stranger!.network);
    } catch {
      return this.end("too_many_sockets");
    }
    const frame = isTooDeep(raw) ? null : parseFrame(raw);
    if (!frame || !isAuth(frame)) return this.end("unauthorized");
    void this.join(frame.token, frame.ref);
  }

  private async join(token: string, ref?: string): Promise<void> {
    const { core, hub } = this.realtime;
    this.state = "joining";
    try {
      const session = await core.sessions.find(token);
      if (this.isEnded) return;
      if (!session) return this.end("unauthorized");
      this.session = session;
      // From here on a removal or a logout reaches this connection, so that none can slip in between check and subscription.
      if (!hub.enter(this)) {
        this.session = null;
        return this.end("too_many_sockets");
      }
      this.stranger?.leave();
      await this.scope.join(core, this);
      if (this.isEnded) return;
      this.state = "open";
      core.receipts.markDelivered(session.userId, null);
      if (ref !== undefined) this.acknowledge(ref, { expires_at: isoFromMillis(session.expiresAt) });
      // In the same turn as the subscription: a `resume` that is here already leaves no live event in front of it.
      const early = this.stranger?.takeEarly() ?? [];
      this.stranger = null;
      this.order.begin(() => {
        for (const raw of early) this.run(raw);
      });
    } catch (error) {
      if (error instanceof ChatError && (error.code === "not_found" || error.code === "forbidden"))
        return this.end(error.code);
      if (!isTransientDatabaseError(error)) core.log.error({ error: safeError(error) }, "a socket could not be opened");
      this.end("unavailable");
    }
  }

  private leave() {
    if (this.state === "ended") return;
    this.state = "ended";
    const { hub, typing } = this.realtime;
    this.stranger?.leave();
    this.stranger?.takeEarly();
    this.stranger = null;
    hub.leave(this);
    for (const room of this.scope.rooms) hub.unfollow(room.id);
    this.hold?.release(this.hold.topics, new Map());
    this.hold = null;
    this.order.close();
    if (this.session) typing.onLeave(this.session.userId);
  }

  /** Keeps a frame until the connection is open. */
  private wait(raw: string) {
    const isFull = this.stranger!.waiting >= IN_FLIGHT_LIMIT;
    if (!isFull && this.stranger!.keep(raw)) return;
    this.refuseUnread(raw, validRef(findRef(raw)), isFull ? tooMany() : overloaded());
  }

  private run(raw: string) {
    let frame: Frame | null = null;
    let command: Command;
    try {
      // Each frame counts, whatever is in it, and before anything is spent on it.
      this.realtime.core.limits.command(this.session!.userId, raw.length);
      if (isTooDeep(raw)) throw tooDeep("The frame");
      frame = parseFrame(raw);
      if (!frame) throw new ChatError(frameNotObject);
      command = commandOf(this.scope.kind, frame);
    } catch (error) {
      return this.refuseUnread(raw, validRef(frame ? frame.ref : findRef(raw)), this.toRefusal(error));
    }
    const ref = validRef(frame.ref);
    const isFull = this.inFlight >= IN_FLIGHT_LIMIT;
    if (isFull || !this.realtime.inbox.take(raw.length)) {
      const refusal = isFull ? tooMany() : overloaded();
      refuseUnbegun(this, command, frame, refusal);
      return this.refuse(ref, refusal);
    }
    this.inFlight++;
    void this.answer(ref, command, frame, raw.length);
  }

  private async answer(ref: string | undefined, command: Command, frame: object, size: number) {
    try {
      const data = await command(this.realtime, this, frame as never);
      if (ref !== undefined) this.acknowledge(ref, data);
    } catch (error) {
      this.refuse(ref, this.toRefusal(error));
    } finally {
      this.inFlight--;
      this.realtime.inbox.give(size);
    }
  }

  /** Refuses a frame whose content is not known. */
  private refuseUnread(raw: string, ref: string | undefined, refusal: ChatError) {
    this.order.refuseUnread(raw, refusal, this.state === "joining");
    this.refuse(ref, refusal);
  }

  private acknowledge(ref: string, data: unknown) {
    this.send(JSON.stringify({ type: "ack", ref, data: data ?? {} }));
  }

  private refuse(ref: string | undefined, refusal: ChatError) {
    this.realtime.core.metrics.refusals.inc({ code: refusal.code });
    if (refusal.code === "slow_down" && this.isDeaf()) return this.end("slow_down");
    this.send(JSON.stringify({ type: "error", ...(ref === undefined ? {} : { ref }), ...refusal.toBody() }));
  }

  /** Counts one more refusal; whether there were too many of them. */
  private isDeaf(): boolean {
    const now = performance.now();
    this.strikes = Math.max(0, this.strikes - ((now - this.struckAt) / 1000) * FORGIVEN_A_SECOND) + 1;
    this.struckAt = now;
    return this.strikes > MAX_STRIKES;
  }

  private toRefusal(error: unknown): ChatError {
    if (error instanceof ChatError) return error;
    if (isTransientDatabaseError(error)) return unavailable();
    this.realtime.core.log.error({ error: safeError(error) }, "a command failed");
    return new ChatError(internalError);
  }
}

/** Whether a frame takes more bytes than allowed; a character of UTF-16 takes three at most. */
const isTooLong = (raw: string | Buffer, limit: number) =>
  raw.length > limit || (typeof raw === "string" && raw.length * 3 > limit && Buffer.byteLength(raw) > limit);

const validRef = (ref: unknown) => (isRef(ref) ? ref : undefined);

const tooMany = () => new ChatError(tooManyCommands(IN_FLIGHT_LIMIT));

const overloaded = () => new ChatError(serverBusy);
