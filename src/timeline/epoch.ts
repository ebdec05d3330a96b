// Which history the database holds. Its name, the epoch, is drawn anew whenever history may have gone back: on a database of another
// identity (a restore elsewhere, a failover), below what was published, and by the command for restored backups (db/restored.ts).
// Checked by the write path before it writes in a new session, on resume, and by a timer.
import type { SqlClient } from "../db/client.ts";
import { isDatabaseUnavailable } from "../db/errors.ts";
import { unavailable } from "../lib/errors.ts";
import { type Logger, safeError } from "../lib/log.ts";

const RETRY_MS = 250;

export const newEpoch = () => Buffer.from(crypto.getRandomValues(new Uint8Array(12))).toString("base64url");

interface EpochRow {
  epoch: string | null;
  /** Whether the epoch was drawn on this very database: the same system identifier and timeline. */
  same: boolean;
  /** The last event id that was assigned; null where the role may not read it. */
  last_id: number | null;
  max_id: number;
}

export interface EpochParts {
  sql: SqlClient;
  log: Logger;
  /** The highest event id that this process has published. */
  publishedId(): number;
  /** History may have gone back, and ends with this event: all ids and positions must be forgotten and all sockets closed before it returns. */
  onChange(lastId: number): void;
}

export class Epoch {
  private known: string | null = null;
  /** Whether no session has closed since the last check. */
  private isVerified = false;
  /** How often a session has closed. */
  private closedSessions = 0;
  private historyLost = false;
  private checking: Promise<void> | null = null;
  private retry: ReturnType<typeof setTimeout> | null = null;
  private closing = false;

  constructor(private readonly parts: EpochParts) {}

  /** The epoch that sessions are confirmed for; "" before the first check. */
  get current(): string {
    return this.known ?? "";
  }

  get isUncertain(): boolean {
    return !this.isVerified;
  }

  /** Resolves at once unless a session has closed since the last check. Throws the database's error when it is unavailable. */
  async verified(): Promise<void> {
    if (!this.isVerified) await this.check();
  }

  /** A session has closed: the next one may be on another database. */
  invalidate() {
    this.closedSessions++;
    this.isVerified = false;
    this.checkLater(0);
  }

  /** Something was stored under an id that had been published before. */
  onHistoryLost() {
    this.historyLost = true;
    this.parts.onChange(0);
    this.invalidate();
  }

  /** Reads the epoch, and acts when it has changed; concurrent callers share one read. */
  check(): Promise<void> {
    this.checking ??= this.readAndCompare().finally(() => (this.checking = null));
    return this.checking;
  }

  /**
   * Lets a session write if it is one of this epoch; false when history has changed. `run` calls confirm_epoch_1 there with these values,
   * in one statement, so that the session that is checked is the one that is marked.
   */
  async confirm(run: (epoch: string, publishedId: number) => PromiseLike<Iterable<{ confirmed: boolean }>>) {
    const [row] = await run(this.current, this.parts.publishedId());
    if (!row!.confirmed) this.invalidate();
    return row!.confirmed;
  }

  close() {
    this.closing = true;
    if (this.retry) clearTimeout(this.retry);
  }

  private checkLater(delay: number) {
    if (this.retry || this.closing) return;
    this.retry = setTimeout(() => {
      this.retry = null;
      this.check().catch((error) => {
        if (!isDatabaseUnavailable(error))
          this.parts.log.error({ error: safeError(error) }, "the epoch could not be read");
        this.checkLater(RETRY_MS);
      });
    }, delay);
    this.retry.unref();
  }

  private async readAndCompare(): Promise<void> {
    const { sql, log, publishedId, onChange } = this.parts;
    const { closedSessions } = this;
    // What is published during the read may be newer than its result.
    const published = publishedId();
    const [row] = await sql<EpochRow[]>`${readEpoch(sql)}`;
    let { epoch } = row!;
    const isBehind = this.historyLost || (row!.last_id !== null && row!.last_id < published);
    const isAnother = this.known !== null && epoch !== this.known;
    if (epoch === null || !row!.same || (isBehind && !isAnother)) epoch = await drawEpoch(sql, epoch);
    this.historyLost = false;
    if (epoch !== this.known) {
      if (this.known !== null) {
        log.warn("the database's history may have gone back: all clients read their rooms anew");
        onChange(row!.max_id);
      }
      this.known = epoch;
    }
    // A session that has closed meanwhile may have been the one that was read from.
    this.isVerified = closedSessions === this.closedSessions;
    if (!this.isVerified) this.checkLater(0);
  }
}

/** The stored epoch beside what the database is now. A standby has no write position: it can't be served from. */
const readEpoch = (sql: SqlClient) => sql`
  select e.epoch,
    coalesce(e.system = (select system_identifier::text from pg_control_system())
      and e.timeline = left(pg_walfile_name(pg_current_wal_lsn()), 8), false) as same,
    case when has_sequence_privilege(ids.sequence, 'usage, select') then coalesce(pg_sequence_last_value(ids.sequence), 0) end as last_id,
    coalesce((select max(id) from events), 0) as max_id
  from (select pg_get_serial_sequence('events', 'id')::regclass::oid as sequence) ids left join epoch e on true`;

/** Draws an epoch unless another process has done so since `before` was read; returns the current one. */
export async function drawEpoch(sql: SqlClient, before: string | null): Promise<string> {
  const [row] = await sql<{ epoch: string }[]>`
    insert into epoch (epoch, system, timeline)
    select ${newEpoch()}, (select system_identifier::text from pg_control_system()), left(pg_walfile_name(pg_current_wal_lsn()), 8)
    on conflict (id) do update
    set epoch = excluded.epoch, system = excluded.system, timeline = excluded.timeline, drawn_at = clock_timestamp()
    where epoch.epoch = ${before}
    returning epoch`;
  if (row) return row.epoch;
  const [other] = await sql<{ epoch: string }[]>`select epoch from epoch`;
  if (!other) throw unavailable();
  return other.epoch;
}
