// Keeps the order of one sender: when a message is refused with an error that a retry resolves, those behind it in the same room on
// the same socket are refused alike until it is sent again. Otherwise m2 would be stored first, and m1 after it. Only for messages
// with a client_id, by which a resend is recognized. One for each connection.
import { ChatError } from "../lib/errors.ts";
import { TRANSIENT_CODES } from "../protocol/errors.ts";

/** How long the messages behind a refused one wait for its resend, in milliseconds. */
export const HOLD_MS = 2_000;
const TICK_MS = 100;
/** Refused messages that a room, or a connection that is not open yet, remembers; those past it lose their position. */
export const MAX_MISSING = 1_000;

/** A room in which messages were refused. */
interface HeldRoom {
  refusal: ChatError;
  /** Milliseconds. Counted in ticks: while the process is frozen no time passes, for what was sent meanwhile was not read. */
  left: number;
  /** The messages that have to be sent again, by client_id, with their positions, in this order. */
  missing: Map<string, number>;
}

// In place of a room: the room of a frame that was not parsed is not known, so that all rooms wait for its message.
const ANY_ROOM = 0;
// Found nowhere but as a key of the frame: in a string the quotes are escaped.
const CLIENT_ID = /"client_id"\s*:\s*"([0-9a-fA-F-]{36})"/;

export class SendOrder {
  /** The position of the newest message, among all that the socket has sent. */
  private position = 0;
  private readonly held = new Map<number, HeldRoom>();
  private timer: ReturnType<typeof setInterval> | null = null;
  /** Until `begin`: the messages that were refused behind the early frames. */
  private early: { clientId: string; error: ChatError }[] | null = null;

  /** Runs the frames that came before the connection was open; messages that were refused meanwhile come behind them. */
  begin(runEarly: () => void) {
    const { early } = this;
    this.early = null;
    runEarly();
    for (const { clientId, error } of early ?? []) this.refuse(ANY_ROOM, clientId, ++this.position, error);
  }

  /** Lets a message pass and returns its position. Throws the refusal of an earlier one that has to come first. */
  enter(roomId: number, clientId: string): number {
    this.position++;
    if (this.held.size === 0) return this.position;
    const inAnyRoom = this.pass(ANY_ROOM, clientId);
    return this.pass(roomId, clientId) ?? inAnyRoom ?? this.position;
  }

  /** The message at this position was refused. */
  refuse(roomId: number, clientId: string, position: number, error: unknown) {
    if (!(error instanceof ChatError) || !TRANSIENT_CODES.includes(error.code)) return;
    const missing = this.held.get(roomId)?.missing ?? new Map<string, number>();
    this.held.set(roomId, { refusal: error, left: HOLD_MS, missing: this.withMissing(missing, clientId, position) });
    this.timer ??= setInterval(() => this.tick(), TICK_MS);
  }

  /** A frame was refused before it was parsed; `isEarly` before the connection was open. */
  refuseUnread(raw: string, error: ChatError, isEarly = false) {
    if (!TRANSIENT_CODES.includes(error.code)) return;
    const clientId = CLIENT_ID.exec(raw)?.[1]?.toLowerCase();
    if (!clientId) return;
    if (!isEarly) return this.refuse(ANY_ROOM, clientId, ++this.position, error);
    this.early ??= [];
    if (this.early.length < MAX_MISSING) this.early.push({ clientId, error });
  }

  /** The socket is closed. */
  close() {
    this.held.clear();
    this.early = null;
    this.tick();
  }

  /** The earlier position of the message, if it is the one that is waited for; undefined if none is. */
  private pass(roomId: number, clientId: string): number | undefined {
    const held = this.held.get(roomId);
    if (!held) return;
    const [first] = held.missing;
    if (first![0] !== clientId) {
      // It has to be sent again as well; a resend keeps its earlier position.
      this.withMissing(held.missing, clientId, this.position);
      throw held.refusal;
    }
    held.missing.delete(clientId);
    held.left = HOLD_MS;
    if (held.missing.size === 0) this.held.delete(roomId);
    return first![1];
  }

  /** Adds a missing message in order of position. One that is missing already keeps its earlier position. */
  private withMissing(missing: Map<string, number>, clientId: string, position: number): Map<string, number> {
    const known = missing.get(clientId);
    if (known === undefined ? missing.size >= MAX_MISSING : known <= position) return missing;
    missing.set(clientId, position);
    return position === this.position ? missing : new Map([...missing].sort(([, a], [, b]) => a - b));
  }

  private tick() {
    for (const [roomId, held] of this.held) {
      held.left -= TICK_MS;
      if (held.left <= 0) this.held.delete(roomId);
    }
    if (this.held.size > 0 || !this.timer) return;
    clearInterval(this.timer);
    this.timer = null;
  }
}
