// Presence goes in rounds, so that thousands who reconnect at once cost a few statements. A user is due when a socket of theirs has
// come or gone; who is back within the grace period was never gone. What a round does is presence.ts's and shared-presence.ts's.
import { isTransientDatabaseError } from "../db/errors.ts";
import { type Logger, safeError } from "../lib/log.ts";
import type { PresenceListener } from "./hub.ts";
import type { InFlight } from "./in-flight.ts";

const ROUND_MS = 250;
// Presence can wait: what does not fit in this round comes with the next.
const MAX_ROUND = 500;

export interface RoundParts {
  log: Logger;
  inFlight: InFlight;
  /** A user who is back within this, in milliseconds, was never gone. */
  graceMs: number;
}

export abstract class PresenceRounds implements PresenceListener {
  /** Users whose presence may have to be published, and from when on, by the monotonic clock. */
  protected readonly due = new Map<number, number>();
  private round: Promise<void> | null = null;
  private readonly timer = setInterval(() => this.next(), ROUND_MS);

  constructor(private readonly rounds: RoundParts) {
    this.timer.unref();
  }

  cameOnline(userId: number) {
    this.due.set(userId, 0);
  }

  wentOffline(userId: number) {
    this.due.set(userId, performance.now() + this.rounds.graceMs);
  }

  /** Forgets everything: the history has changed, and ids may stand for others. */
  clear() {
    this.due.clear();
  }

  /** Resolves after the round that is running; no other one begins. */
  protected async stop() {
    clearInterval(this.timer);
    await this.round;
  }

  protected get isRoundDue(): boolean {
    return this.due.size > 0;
  }

  /** False for a user who is due and needs no round. */
  protected abstract mayHaveChanged(userId: number): boolean;

  /** Stores and publishes what has changed of these users. Returns those who were passed over, as their rows were locked. */
  protected abstract settle(userIds: number[]): Promise<Iterable<number>>;

  protected async run() {
    const now = performance.now();
    const changed: number[] = [];
    for (const [userId, at] of this.due) {
      if (at > now) continue;
      this.due.delete(userId);
      if (this.mayHaveChanged(userId)) changed.push(userId);
      if (changed.length === MAX_ROUND) break;
    }
    if (changed.length === 0) return;
    try {
      for (const userId of await this.settle(changed)) this.postpone(userId);
    } catch (error) {
      this.report(error, "presence could not be published");
      for (const userId of changed) this.postpone(userId);
    }
  }

  /** A database that is unavailable is reported elsewhere. */
  protected report(error: unknown, text: string) {
    if (!isTransientDatabaseError(error)) this.rounds.log.error({ error: safeError(error) }, text);
  }

  /** Unless the user has changed again meanwhile. */
  protected postpone(userId: number, ms = this.rounds.graceMs) {
    if (!this.due.has(userId)) this.due.set(userId, performance.now() + ms);
  }

  /** Waits, like all that is not essential, while the server is busy. */
  private next() {
    if (this.isRoundDue && !this.rounds.inFlight.isBusy) this.round ??= this.run().finally(() => (this.round = null));
  }
}
