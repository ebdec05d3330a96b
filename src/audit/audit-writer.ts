// Writes what people do about the security of their accounts to the audit log, in batches, so that a log-in waits for no statement
// more.
import type { Database } from "../db/client.ts";
import { isTransientDatabaseError } from "../db/errors.ts";
import { auditLog } from "../db/schema.ts";
import type { Logger } from "../lib/log.ts";
import { safeError } from "../lib/log.ts";
import type { SecurityEvent, SecurityFields } from "../lib/security-log.ts";
import type { Actor } from "./audit.ts";

/** A process that is killed loses what came within so long. */
const DELAY_MS = 1_000;
const RETRY_MS = 5_000;
const SLICE = 500;
/** While the database is away. What is beyond is in the log lines alone. */
const LIMIT = 10_000;
// What somebody does over and over fills no disk.
const A_MINUTE = 60;

type Row = typeof auditLog.$inferInsert;

export class AuditWriter {
  private rows: Row[] = [];
  private timer: Timer | null = null;
  private writing: Promise<void> = Promise.resolve();
  private leftOut = 0;
  private minute = 0;
  /** How many entries each user has caused within it. */
  private readonly counts = new Map<number, number>();

  /** `via`: what acts in the place of users, such as the command line. */
  constructor(private readonly parts: { db: Database; log: Logger; via?: Actor["via"] }) {}

  /** Takes over what was logged, as its user's own act unless something else acts. */
  add(event: SecurityEvent, { user, by, address, network, ...fields }: SecurityFields) {
    const { via } = this.parts;
    if (user !== undefined && this.isFlood(user)) return;
    if (this.rows.length >= LIMIT) {
      this.leftOut++;
      return;
    }
    const details = via ? { ...fields, via } : fields;
    const from = address ?? (typeof network === "string" ? network : undefined);
    this.rows.push({
      // When it happened, not when it is written.
      at: new Date().toISOString(),
      event,
      // `by`: whoever acts for the user.
      actorId: via ? null : typeof by === "number" ? by : (user ?? null),
      userId: user ?? null,
      address: from ?? null,
      details: Object.keys(details).length > 0 ? details : null,
    });
    this.schedule(DELAY_MS);
  }

  /** Resolves once what was added so far is stored, or could not be. */
  flush(): Promise<void> {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    this.writing = this.writing.then(() => this.write());
    return this.writing;
  }

  private isFlood(userId: number): boolean {
    const minute = Math.floor(performance.now() / 60_000);
    if (minute !== this.minute) this.counts.clear();
    this.minute = minute;
    const count = (this.counts.get(userId) ?? 0) + 1;
    this.counts.set(userId, count);
    return count > A_MINUTE;
  }

  private schedule(ms: number) {
    if (this.timer) return;
    this.timer = setTimeout(() => void this.flush(), ms);
    this.timer.unref();
  }

  private async write() {
    const { db, log } = this.parts;
    while (this.rows.length > 0) {
      const slice = this.rows.slice(0, SLICE);
      try {
        await db.insert(auditLog).values(slice);
      } catch (error) {
        if (isTransientDatabaseError(error)) return this.schedule(RETRY_MS);
        this.leftOut += slice.length;
        log.error({ error: safeError(error) }, "entries of the audit log could not be written");
      }
      this.rows = this.rows.slice(slice.length);
    }
    if (this.leftOut === 0) return;
    log.error({ left_out: this.leftOut }, "the audit log lacks entries, which are in these lines alone");
    this.leftOut = 0;
  }
}
