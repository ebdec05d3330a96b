// The life of one connection to a room's socket: it says who it is, is let into its room, sends commands and gets events,
// and is ended. Bun calls open, message and close; Elysia hands the calls on because the object is the socket's `data`.
import type { ServerWebSocket } from "bun";
import { type RoomKind, roomTopic } from "../bus/bus.ts";
import type { Core } from "../core.ts";
import { ChatError, isDatabaseAway, unavailable } from "../lib/errors.ts";
import { safeError } from "../lib/log.ts";
import { isoFromMillis } from "../lib/time.ts";
import { validationError } from "../lib/validation.ts";
import type { Session } from "../modules/auth/sessions.ts";
import { requirePeer } from "../modules/conversations/service.ts";
import { requireMember } from "../modules/groups/rules.ts";
import type { Destination } from "../modules/messages/service.ts";
import { COMMANDS } from "./commands.ts";
import type { Connected, Hub } from "./hub.ts";
import { CLOSE_CODES, type CloseReason, FRAME_LIMIT, IN_FLIGHT_LIMIT, isRef } from "./protocol.ts";

// A client that goes on after being told to slow down this often in a row is not listening.
const MAX_STRIKES = 500;

export interface Handshake {
  kind: RoomKind;
  /** Null for an address that names no possible room. */
  roomId: number | null;
  /** From the query or the header; null when a first frame is to bring it. */
  token: string | null;
  /** Set when the handshake itself is refused, such as for its origin. */
  refusal: CloseReason | null;
}

export class Connection implements Connected {
  readonly openedAt = Date.now();
  session: Session | null = null;
  private ws: ServerWebSocket<Connection> | null = null;
  private state: "new" | "joining" | "open" | "ended" = "new";
  private peerId = 0;
  /** Frames that came before the room was joined, in order. */
  private early: string[] | null = null;
  private inFlight = 0;
  private strikes = 0;

  constructor(
    private readonly core: Core,
    private readonly hub: Hub,
    private readonly handshake: Handshake,
  ) {}

  /** Where this socket's messages go. Only of meaning once the room is joined. */
  get destination(): Destination {
    const { kind, roomId } = this.handshake;
    return kind === "direct" ? { kind, id: roomId!, peerId: this.peerId } : { kind, id: roomId! };
  }

  get roomId() {
    return this.handshake.roomId;
  }

  isIn(kind: string, roomId: number) {
    return this.handshake.kind === kind && this.handshake.roomId === roomId;
  }

  open(ws: ServerWebSocket<Connection>) {
    this.ws = ws;
    this.hub.await(this);
    if (this.handshake.refusal) this.end(this.handshake.refusal);
    else if (this.handshake.token) void this.join(this.handshake.token);
    this.handshake.token = null; // Not kept for the life of the connection.
  }

  message(_ws: ServerWebSocket<Connection>, raw: string | Buffer) {
    if (this.state === "ended") return;
    this.core.metrics.commands.inc();
    if (raw.length > FRAME_LIMIT || (typeof raw === "string" && Buffer.byteLength(raw) > FRAME_LIMIT))
      return this.end("frame_too_large");
    if (typeof raw !== "string")
      return this.refuse(undefined, new ChatError("bad_request", "Frames are JSON text, not binary."));
    if (this.state === "open") return this.run(raw);
    if (this.state === "new") return this.introduce(raw);
    this.early ??= [];
    if (this.early.length < IN_FLIGHT_LIMIT) this.early.push(raw);
    else this.refuse(undefined, tooMany());
  }

  close() {
    this.state = "ended";
    this.hub.leave(this);
    this.ws = null;
  }

  send(frame: string) {
    this.ws?.send(frame, false);
  }

  /** Closes from our side; the client can read why. */
  end(reason: CloseReason) {
    if (this.state === "ended") return;
    this.state = "ended";
    this.hub.leave(this);
    const { ws } = this;
    if (ws && this.handshake.roomId !== null) ws.unsubscribe(roomTopic(this.handshake.kind, this.handshake.roomId));
    ws?.close(CLOSE_CODES[reason], reason);
  }

  /** A new token for the same user, on the open socket. */
  async renew(token: string) {
    const session = await this.core.sessions.find(token);
    if (!session) throw new ChatError("unauthorized", "The token is not valid.");
    if (session.userId !== this.session!.userId) throw new ChatError("forbidden", "This token is someone else's.");
    if (this.state === "ended") return;
    this.hub.leave(this);
    this.session = session;
    this.hub.enter(this);
    return { expires_at: isoFromMillis(session.expiresAt) };
  }

  /** The first frame of a connection that came without a token. */
  private introduce(raw: string) {
    const frame = parse(raw);
    const command = COMMANDS.auth!;
    if (frame?.type !== "auth" || !command.frame.Check(frame)) return this.end("unauthorized");
    const { token, ref } = frame as { token: string; ref?: string };
    void this.join(token, ref);
  }

  private async join(token: string, ref?: string): Promise<void> {
    this.state = "joining";
    try {
      const session = await this.core.sessions.find(token);
      if (this.isEnded()) return;
      if (!session) return this.end("unauthorized");
      this.session = session;
      // From here on a removal or a logout reaches this connection, so that none can slip in between check and subscription.
      if (!this.hub.enter(this)) {
        this.session = null;
        return this.end("too_many_sockets");
      }
      const { kind, roomId } = this.handshake;
      if (roomId === null) return this.end("not_found");
      if (kind === "direct") this.peerId = await requirePeer(this.core.db, roomId, session.userId);
      else await requireMember(this.core.db, roomId, session.userId);
      if (this.isEnded()) return;
      this.ws!.subscribe(roomTopic(kind, roomId));
      this.state = "open";
      this.core.receipts.markDelivered(session.userId, null);
      if (ref !== undefined) this.acknowledge(ref, { expires_at: isoFromMillis(session.expiresAt) });
      for (const raw of this.early ?? []) this.run(raw);
      this.early = null;
    } catch (error) {
      if (error instanceof ChatError && (error.code === "not_found" || error.code === "forbidden"))
        return this.end(error.code);
      if (!isDatabaseAway(error)) this.core.log.error({ error: safeError(error) }, "a socket could not be opened");
      this.end("unavailable");
    }
  }

  private run(raw: string) {
    const frame = parse(raw);
    if (!frame) return this.refuse(undefined, new ChatError("bad_request", "A frame is a JSON object."));
    const ref = isRef(frame.ref) ? frame.ref : undefined;
    const command =
      typeof frame.type === "string" && Object.hasOwn(COMMANDS, frame.type) ? COMMANDS[frame.type] : undefined;
    if (!command) return this.refuse(ref, new ChatError("bad_request", "There is no command of this type."));
    if (command.kind && command.kind !== this.handshake.kind) {
      return this.refuse(ref, new ChatError("bad_request", "This command does not belong to this kind of room."));
    }
    if (!command.frame.Check(frame)) return this.refuse(ref, validationError(command.frame.Errors(frame), "frame"));
    if (this.inFlight >= IN_FLIGHT_LIMIT) return this.refuse(ref, tooMany());
    this.inFlight++;
    void this.answer(ref, command.run, frame);
  }

  private async answer(ref: string | undefined, run: (typeof COMMANDS)[string]["run"], frame: object) {
    try {
      const data = await run(this.core, this, frame as never);
      this.strikes = 0;
      if (ref !== undefined) this.acknowledge(ref, data);
    } catch (error) {
      this.refuse(ref, this.toRefusal(error));
    } finally {
      this.inFlight--;
    }
  }

  private acknowledge(ref: string, data: unknown) {
    this.send(JSON.stringify({ type: "ack", ref, data: data ?? {} }));
  }

  private refuse(ref: string | undefined, refusal: ChatError) {
    this.core.metrics.refusals.inc({ code: refusal.code });
    if (refusal.code === "slow_down" && ++this.strikes > MAX_STRIKES) return this.end("slow_down");
    this.send(JSON.stringify({ type: "error", ...(ref === undefined ? {} : { ref }), ...refusal.toBody() }));
  }

  private toRefusal(error: unknown): ChatError {
    if (error instanceof ChatError) return error;
    if (isDatabaseAway(error)) return unavailable();
    this.core.log.error({ error: safeError(error) }, "a command failed");
    return new ChatError("internal", "Something went wrong on our side.");
  }

  /** Asked after an await, when anything may have happened; TypeScript would not believe the field. */
  private isEnded(): boolean {
    return this.state === "ended";
  }
}

const tooMany = () =>
  new ChatError("slow_down", `More than ${IN_FLIGHT_LIMIT} commands are under way on this socket.`, { retryAfter: 1 });

function parse(raw: string): { type?: unknown; ref?: unknown } | null {
  try {
    const frame = JSON.parse(raw);
    return typeof frame === "object" && frame !== null && !Array.isArray(frame) ? frame : null;
  } catch {
    return null;
  }
}
