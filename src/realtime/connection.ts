// The life of one connection: it authenticates, is subscribed, sends commands and receives events, and is ended. Bun calls open,
// message, pong, drain and close; Elysia passes the calls on because the object is the socket's `data`.
import type { ServerWebSocket } from "bun";
import type { RoomSignal } from "../bus/bus.ts";
import { isTransientDatabaseError } from "../db/errors.ts";
import { ChatError } from "../lib/errors.ts";
import { type Logger, safeError } from "../lib/log.ts";
import type { Metrics } from "../lib/metrics.ts";
import type { Limits } from "../lib/rate-limit.ts";
import { logSecurity } from "../lib/security-log.ts";
import { isoFromMillis } from "../lib/time.ts";
import { ack, commandError } from "../protocol/connection.ts";
import {
  AUTH_FRAME_LIMIT,
  CLOSE_CODES,
  type CloseReason,
  FRAME_LIMIT,
  GOING_AWAY,
  IN_FLIGHT_LIMIT,
  type SocketTimes,
} from "../protocol/limits.ts";
import { invalidToken, tokenOfOtherUser } from "../protocol/refusals.ts";
import { type Room, type RoomCommand, roomTopic, userTopic } from "../protocol/rooms.ts";
import { requireScope } from "../sessions/scopes.ts";
import type { Session, Sessions } from "../sessions/sessions.ts";
import type { Receipts } from "../timeline/receipts.ts";
import type { ReplayReader } from "../timeline/replay-reader.ts";
import type { Dispatcher } from "./dispatch.ts";
import { isTooLong, parseAuthFrame } from "./frames.ts";
import type { Hub } from "./hub.ts";
import { type LiveParts, LiveSocket } from "./live-socket.ts";
import { SendOrder } from "./send-order.ts";
import type { Subscriptions } from "./subscriptions.ts";
import type { HubConnection, RoomAccess } from "./types.ts";
import type { Typing } from "./typing.ts";
import { Unauthenticated, type UnauthenticatedUsage } from "./unauthenticated.ts";
import { Violations } from "./violations.ts";

/** What every connection of a server shares. */
export interface Realtime extends LiveParts {
  hub: Hub;
  access: RoomAccess;
  replayReader: ReplayReader;
  dispatcher: Dispatcher;
  typing: Typing;
  unauthenticated: UnauthenticatedUsage;
  sessions: Pick<Sessions, "find" | "changes">;
  receipts: Pick<Receipts, "markDelivered">;
  limits: Pick<Limits, "authFrame" | "resume">;
  metrics: Metrics;
  log: Logger;
  times: SocketTimes;
}

export interface Handshake {
  /** From the query or the header; null when a first frame is to bring it. */
  token: string | null;
  /** Set when the handshake itself is refused, such as for its origin. */
  refusal: CloseReason | null;
  /** Whether live events are to wait until the client has resumed. */
  awaitsResume: boolean;
  /** Where the client is, as `networkOf` spells it. */
  network: string;
}

export class Connection extends LiveSocket implements HubConnection {
  readonly openedAt = performance.now();
  /** Null until the connection is authenticated. */
  session: Session | null = null;
  silentSweeps = 0;
  inFlight = 0;
  readonly sendOrder = new SendOrder();
  private state: "new" | "authenticating" | "open" | "ended" = "new";
  private handshake: Handshake | null;
  /** Until the connection is open. */
  private unauthenticated: Unauthenticated | null;
  /** Null until a command is refused with `slow_down`. */
  private violations: Violations | null = null;

  constructor(
    protected readonly realtime: Realtime,
    private readonly subscriptions: Subscriptions,
    handshake: Handshake,
  ) {
    super();
    this.handshake = handshake;
    this.unauthenticated = new Unauthenticated(realtime.unauthenticated, handshake.network);
  }

  get isEnded(): boolean {
    return this.state === "ended";
  }

  get kind() {
    return this.subscriptions.kind;
  }

  get rooms(): Room[] {
    return this.subscriptions.rooms;
  }

  open(ws: ServerWebSocket<Connection>) {
    this.ws = ws;
    this.realtime.hub.addUnauthenticated(this);
    const { refusal, token, awaitsResume } = this.handshake!;
    this.handshake = null; // The token is not kept for the life of the connection.
    if (awaitsResume) this.awaitResume();
    if (refusal) this.end(refusal);
    else if (!this.unauthenticated?.acquire()) this.end("too_many_sockets");
    else if (token) void this.authenticate(token);
  }

  message(_ws: ServerWebSocket<Connection>, raw: string | Buffer) {
    if (this.state === "ended") return;
    this.silentSweeps = 0;
    this.realtime.metrics.commands.inc();
    if (isTooLong(raw, this.state === "new" ? AUTH_FRAME_LIMIT : FRAME_LIMIT)) return this.end("frame_too_large");
    // A binary frame is never a command.
    const text = typeof raw === "string" ? raw : "";
    if (this.state === "open") return this.realtime.dispatcher.run(this as OpenConnection, text);
    if (this.state === "new") return this.authenticateFirstFrame(text);
    this.keepEarlyFrame(text);
  }

  pong() {
    this.silentSweeps = 0;
  }

  close() {
    this.leave();
    this.detach();
  }

  acknowledge(ref: string, data: unknown) {
    this.send(ack.encode({ ref, data: data ?? {} }));
  }

  refuse(ref: string | undefined, refusal: ChatError) {
    this.realtime.metrics.refusals.inc({ code: refusal.code });
    if (refusal.status === 401 || refusal.status === 403) this.logRefused(refusal, this.session?.userId);
    if (refusal.code === "slow_down") {
      this.violations ??= new Violations();
      if (this.violations.isAbusive()) return this.end("slow_down");
    }
    this.send(commandError.encode({ ...(ref === undefined ? {} : { ref }), ...refusal.toBody() }));
  }

  private logRefused({ status, code }: ChatError, user?: number) {
    const event = status === 401 ? "not_authenticated" : "access_refused";
    logSecurity(this.realtime.log, event, { user, network: this.unauthenticated?.network, code, on: this.kind });
  }

  end(reason: CloseReason) {
    this.closeWith(CLOSE_CODES[reason], reason);
  }

  sendAway() {
    this.closeWith(GOING_AWAY, "");
  }

  private closeWith(code: number, reason: string) {
    if (this.state === "ended") return;
    const { ws } = this;
    for (const room of this.rooms) ws?.unsubscribe(roomTopic(room.kind, room.id));
    if (this.session) ws?.unsubscribe(userTopic(this.session.userId));
    this.leave();
    ws?.close(code, reason);
  }

  terminate() {
    const { ws } = this;
    this.leave();
    ws?.terminate();
  }

  onAuthTimeout() {
    // With a token it is the database that did not respond in time.
    this.end(this.state === "authenticating" ? "unavailable" : "unauthorized");
  }

  onSweep(now: number) {
    this.silentSweeps++;
    if (this.openedAt + this.realtime.times.resume < now) this.stopAwaitingResume();
  }

  onRoomSignal(signal: RoomSignal) {
    this.subscriptions.onRoomSignal(this, signal);
  }

  roomOf(command: RoomCommand): Room {
    return this.subscriptions.roomOf(command);
  }

  async renew(token: string) {
    const { sessions } = this.realtime;
    let changes: number;
    let session: Session | null;
    do {
      ({ changes } = sessions);
      session = await sessions.find(token);
    } while (changes !== sessions.changes);
    if (!session) throw new ChatError(invalidToken);
    if (session.userId !== this.session!.userId) throw new ChatError(tokenOfOtherUser);
    requireScope(session, "read");
    if (this.isEnded) return;
    const before = this.session!;
    this.session = session;
    this.realtime.hub.renew(this, before);
    return { expires_at: isoFromMillis(session.expiresAt) };
  }

  /** The first frame of a connection that came without a token. */
  private authenticateFirstFrame(raw: string) {
    try {
      this.realtime.limits.authFrame(this.unauthenticated!.network);
    } catch {
      return this.end("too_many_sockets");
    }
    const frame = parseAuthFrame(raw);
    if (!frame) return this.end("unauthorized");
    void this.authenticate(frame.token, frame.ref);
  }

  private async authenticate(token: string, ref?: string): Promise<void> {
    const { hub, sessions, receipts, log } = this.realtime;
    this.state = "authenticating";
    try {
      let changes: number;
      let session: Session | null;
      // What ends between the answer and the registration tells this connection nothing.
      do {
        ({ changes } = sessions);
        session = await sessions.find(token);
      } while (changes !== sessions.changes);
      if (this.isEnded) return;
      if (!session) {
        this.logRefused(new ChatError(invalidToken));
        return this.end("unauthorized");
      }
      requireScope(session, "read");
      this.session = session;
      // From here on a removal or a logout reaches this connection, so that none can slip in between check and subscription.
      if (!hub.register(this)) {
        this.session = null;
        return this.end("too_many_sockets");
      }
      this.unauthenticated?.release();
      await this.subscriptions.start(this.realtime, this, session.userId);
      if (this.isEnded) return;
      this.state = "open";
      receipts.markDelivered(session.userId, null);
      if (ref !== undefined) this.acknowledge(ref, { expires_at: isoFromMillis(session.expiresAt) });
      this.runEarlyFrames();
    } catch (error) {
      if (error instanceof ChatError && (error.code === "not_found" || error.code === "forbidden")) {
        if (error.status === 403) this.logRefused(error, this.session?.userId);
        return this.end(error.code);
      }
      const isUnavailable = error instanceof ChatError && error.code === "unavailable";
      if (!isUnavailable && !isTransientDatabaseError(error))
        log.error({ error: safeError(error) }, "a socket could not be opened");
      this.end("unavailable");
    }
  }

  /** Keeps a frame until the connection is open. */
  private keepEarlyFrame(raw: string) {
    const isFull = this.unauthenticated!.earlyFrameCount >= IN_FLIGHT_LIMIT;
    if (!isFull && this.unauthenticated!.keepEarlyFrame(raw)) return;
    this.realtime.dispatcher.refuseEarly(this, raw, isFull);
  }

  /** In the same turn as the subscription: a `resume` that is here already leaves no live event in front of it. */
  private runEarlyFrames() {
    const earlyFrames = this.unauthenticated?.takeEarlyFrames() ?? [];
    this.unauthenticated = null;
    this.sendOrder.begin(() => {
      for (const raw of earlyFrames) this.realtime.dispatcher.run(this as OpenConnection, raw);
    });
  }

  private leave() {
    if (this.state === "ended") return;
    this.state = "ended";
    const { hub, typing } = this.realtime;
    this.unauthenticated?.release();
    this.unauthenticated?.takeEarlyFrames();
    this.unauthenticated = null;
    hub.unregister(this);
    for (const room of this.rooms) hub.removeSubscriber(this, room.id);
    this.closeReplay();
    this.sendOrder.close();
    if (this.session) typing.onDisconnect(this.session.userId);
  }
}

type OpenConnection = Connection & { readonly session: Session };
