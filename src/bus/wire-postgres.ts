// The wire over PostgreSQL's notifications: nothing to run besides the database. Each statement that notifies takes a lock that all
// such transactions share while they commit, so what comes while one is on its way goes with the next.
import type { Subject, Wire, WireListener } from "./wire.ts";

// PostgreSQL refuses 8,000 bytes.
const MAX_LENGTH = 7_900;
// Some seconds' worth at the highest rates; past it the others read from the database.
const MAX_QUEUED = 2_000;
// Payloads in one statement.
const MAX_SENT = 200;

export const FRAMES_CHANNEL = "chat_frames";

export interface PostgresWireParts {
  /** Listens to a channel; resolves once it does. */
  listen(channel: string, onPayload: (payload: string) => void, onListen: () => void): Promise<unknown>;
  /** Notifies a channel of these payloads. */
  notify(channel: string, payloads: string[]): Promise<unknown>;
  isUp(): boolean;
}

export class PostgresWire implements Wire {
  readonly maxLength = MAX_LENGTH;
  private queued: string[] = [];
  private sending: Promise<void> | null = null;
  private isClosed = false;
  /** Payloads dropped because too many waited or the database refused them. */
  dropped = 0;

  constructor(private readonly parts: PostgresWireParts) {}

  get isUp(): boolean {
    return this.parts.isUp();
  }

  async start(listener: WireListener) {
    let isFirst = true;
    await this.parts.listen(
      FRAMES_CHANNEL,
      (payload) => {
        if (!this.isClosed) listener.onPayload(payload);
      },
      () => {
        if (!isFirst && !this.isClosed) listener.onGap();
        isFirst = false;
      },
    );
  }

  send(_subject: Subject, payload: string) {
    if (this.isClosed || this.queued.length >= MAX_QUEUED) {
      this.dropped++;
      return;
    }
    this.queued.push(payload);
    this.sending ??= this.sendQueued().finally(() => {
      this.sending = null;
    });
  }

  async close() {
    this.isClosed = true;
    await this.sending;
  }

  private async sendQueued() {
    while (this.queued.length > 0) {
      const payloads = this.queued.splice(0, MAX_SENT);
      // What is lost here is read from the database by those who miss it.
      await this.parts.notify(FRAMES_CHANNEL, payloads).catch(() => {
        this.dropped += payloads.length;
      });
    }
  }
}
