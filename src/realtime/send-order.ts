// Keeps the order of one sender: when a message is refused for now, those behind it in the same room on the same socket are
// refused alike, until it is sent again. Otherwise m2 would be stored first, and m1 after it. Only for messages with a client_id,
// by which a message that is sent again can be told. One for each connection.
import { ChatError } from "../lib/errors.ts";

/** How long those behind a refused message wait for it, in milliseconds. */
export const HOLD_MS = 2_000;
const TICK_MS = 100;
/** Refused messages that a room, or a connection that is not open yet, remembers; those past it have no place to keep. */
export const MAX_MISSING = 1_000;
/** Refusals after which a message is sent again. */
const FOR_NOW = new Set<string>(["unavailable", "slow_down"]);

/** A room in which messages were refused. */
interface Held {
  refusal: ChatError;
  /** Milliseconds. Counted in ticks: while the process is frozen no time passes, for what was sent meanwhile was not read. */
  left: number;
  /** What has to be sent again, with its place; the first one stands first. */
  missing: Map<string, number>;
}

// In place of a room: of a frame that was not parsed it is not known which one it is meant for, so that all rooms wait for it.
const ANY_ROOM = 0;
// Nowhere but as a key of the frame: in a string the quotes are escaped.
const CLIENT_ID = /"client_id"\s*:\s*"([0-9a-fA-F-]{36})"/;

export class SendOrder {
  /** The place of the newest message, among all that the socket has sent. */
  private place = 0;
  private readonly held = new Map<number, Held>();
  private timer: ReturnType<typeof setInterval> | null = null;
  /** Until `begin`: what was refused behind the frames that wait to be run. */
  private early: { clientId: string; error: ChatError }[] | null = null;

  /** Runs the frames that came before the connection was open; what was refused meanwhile stands behind them. */
  begin(runEarly: () => void) {
    const { early } = this;
    this.early = null;
    runEarly();
    for (const { clientId, error } of early ?? []) this.refuse(ANY_ROOM, clientId, ++this.place, error);
  }

  /** Lets a message pass and returns its place. Throws the refusal of the one before it that has to come first. */
  enter(roomId: number, clientId: string): number {
    this.place++;
    if (this.held.size === 0) return this.place;
    const anywhere = this.pass(ANY_ROOM, clientId);
    return this.pass(roomId, clientId) ?? anywhere ?? this.place;
  }

  /** The message at this place was refused. */
  refuse(roomId: number, clientId: string, place: number, error: unknown) {
    if (!(error instanceof ChatError) || !FOR_NOW.has(error.code)) return;
    const missing = this.held.get(roomId)?.missing ?? new Map<string, number>();
    this.held.set(roomId, { refusal: error, left: HOLD_MS, missing: this.withPlace(missing, clientId, place) });
    this.timer ??= setInterval(() => this.tick(), TICK_MS);
  }

  /** A frame was refused before it was parsed; `isEarly` before the connection was open. */
  refuseUnread(raw: string, error: ChatError, isEarly = false) {
    if (!FOR_NOW.has(error.code)) return;
    const clientId = CLIENT_ID.exec(raw)?.[1]?.toLowerCase();
    if (!clientId) return;
    if (!isEarly) return this.refuse(ANY_ROOM, clientId, ++this.place, error);
    this.early ??= [];
    if (this.early.length < MAX_MISSING) this.early.push({ clientId, error });
  }

  /** The socket is closed. */
  close() {
    this.held.clear();
    this.early = null;
    this.tick();
  }

  /** The place that the message had before, if it is the one that is waited for; undefined if none is. */
  private pass(roomId: number, clientId: string): number | undefined {
    const held = this.held.get(roomId);
    if (!held) return;
    const [first] = held.missing;
    if (first![0] !== clientId) {
      // It has to be sent again as well; if it was, it keeps its place.
      this.withPlace(held.missing, clientId, this.place);
      throw held.refusal;
    }
    held.missing.delete(clientId);
    held.left = HOLD_MS;
    if (held.missing.size === 0) this.held.delete(roomId);
    return first![1];
  }

  /** One more that is missing, in order of place. One that is missing already keeps its earlier place. */
  private withPlace(missing: Map<string, number>, clientId: string, place: number): Map<string, number> {
    const known = missing.get(clientId);
    if (known === undefined ? missing.size >= MAX_MISSING : known <= place) return missing;
    missing.set(clientId, place);
    return place === this.place ? missing : new Map([...missing].sort(([, a], [, b]) => a - b));
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
