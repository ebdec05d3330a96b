// The session of the write connection: it must be confirmed for the current epoch before it may write, and once more whenever
// the connection was replaced. Used by the writer and its batches and transactions.
import { sql as expr } from "drizzle-orm";
import type { Transaction, Writer } from "../db/client.ts";
import { unavailable } from "../lib/errors.ts";
import type { Epoch } from "./epoch.ts";

// A database that has decided nothing for this long is not busy but unavailable.
const STALLED_MS = 1_000;

export class WriterSession {
  private confirmed = false;
  /** When the database last decided something, by the monotonic clock. */
  private respondedAt = 0;

  constructor(
    private readonly writer: Writer,
    private readonly epoch: Epoch,
  ) {}

  get isConfirmed() {
    return this.confirmed;
  }

  /** Whether the database decides what it is given, however slowly. */
  get isResponding() {
    return performance.now() - this.respondedAt < STALLED_MS;
  }

  noteResponse() {
    this.respondedAt = performance.now();
  }

  /** The next write may be on another session. */
  invalidate() {
    this.confirmed = false;
  }

  /** Lets the session write. Throws `unavailable` when the epoch has changed, and the database's errors. */
  async confirm() {
    await this.epoch.verified();
    const { sql } = this.writer;
    const confirmed = await this.epoch.confirm(
      (epoch, publishedId) =>
        sql<{ confirmed: boolean }[]>`select confirm_epoch_1(${epoch}, ${publishedId}) as confirmed`,
    );
    if (!confirmed) throw unavailable();
    this.confirmed = true;
  }

  /** Lets this transaction's session write, for as long as it lives. False when the epoch has changed. */
  confirmIn(tx: Transaction): Promise<boolean> {
    return this.epoch.confirm((epoch, publishedId) =>
      tx.execute<{ confirmed: boolean }>(expr`select confirm_epoch_1(${epoch}, ${publishedId}) as confirmed`),
    );
  }
}
