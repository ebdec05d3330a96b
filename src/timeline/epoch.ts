// Which history the database holds. Its name, the epoch, is drawn anew whenever history may have gone back: on a database of another
// identity (a restore elsewhere, a failover), below what was published, and by the command for restored backups (src/restored.ts).
// Called by the write path before it writes in a new session, by whoever resumes, and by a timer.
import type { SqlClient } from "../db/client.ts";
import { isDatabaseUnavailable } from "../db/errors.ts";
import { unavailable } from "../lib/errors.ts";
import { type Logger, safeError } from "../lib/log.ts";

const RETRY_MS = 250;

export const newEpoch = () => Buffer.from(crypto.getRandomValues(new Uint8Array(12))).toString("base64url");

interface Standing {
  epoch: string | null;
  /** Whether the epoch was drawn on this very database: the same system identifier and timeline. */
  same: boolean;
  /** The last event id that was given out; null where the role may not ask. */
  last_id: number | null;
  max_id: number;
}

export interface EpochParts {
  sql: SqlClient;
  log: Logger;
  /** The highest event id that this process has published. */
  publishedId(): number;
  /** History may have gone back, and ends with this event: to forget all ids and positions and close all sockets before returning. */
  onChange(lastId: number): void;
}

export class Epoch {
  private known: string | null = null;
  /** Whether no session has closed since the database was last asked. */
  private isSure = false;
  /** Counts what has put it in doubt. */
  private doubts = 0;
  private hasGoneBack = false;
  private checking: Promise<void> | null = null;
  private retry: ReturnType<typeof setTimeout> | null = null;
  private closing = false;

  constructor(private readonly parts: EpochParts) {}

  /** The epoch that sessions are confirmed for; "" before the first check. */
  get current(): string {
    return this.known ?? "";
  }

  get isUncertain(): boolean {
    return !this.isSure;
  }

  /** Resolves at once unless a session has closed since the last check. Throws what the database does when it is away. */
  async verified(): Promise<void> {
    if (!this.isSure) await this.check();
  }

  /** A session has closed: the next one may be on another database. */
  doubt() {
    this.doubts++;
    this.isSure = false;
    this.checkLater(0);
  }

  /** Something was stored under an id that had been published before. */
  wentBack() {
    this.hasGoneBack = true;
    this.parts.onChange(0);
    this.doubt();
  }

  /** Asks the database, and acts when the epoch has changed; callers at the same time share one look. */
  check(): Promise<void> {
    this.checking ??= this.look().finally(() => (this.checking = null));
    return this.checking;
  }

  /**
   * Lets a session write if it is one of this epoch; false when history has changed. `run` calls confirm_epoch_1 there with these values,
   * in one statement, so that the session that is asked is the one that is marked.
   */
  async confirm(run: (epoch: string, publishedId: number) => PromiseLike<Iterable<{ confirmed: boolean }>>) {
    const [row] = await run(this.current, this.parts.publishedId());
    if (!row!.confirmed) this.doubt();
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

  private async look(): Promise<void> {
    const { sql, log, publishedId, onChange } = this.parts;
    const { doubts } = this;
    // What is published while the database is asked may be newer than its answer.
    const published = publishedId();
    const [row] = await sql<Standing[]>`${standing(sql)}`;
    let { epoch } = row!;
    const isBehind = this.hasGoneBack || (row!.last_id !== null && row!.last_id < published);
    const isAnother = this.known !== null && epoch !== this.known;
    if (epoch === null || !row!.same || (isBehind && !isAnother)) epoch = await drawEpoch(sql, epoch);
    this.hasGoneBack = false;
    if (epoch !== this.known) {
      if (this.known !== null) {
        log.warn("the database's history may have gone back: all clients read their rooms anew");
        onChange(row!.max_id);
      }
      this.known = epoch;
    }
    // A session that has closed meanwhile may have been the one that was asked.
    this.isSure = doubts === this.doubts;
    if (!this.isSure) this.checkLater(0);
  }
}

/** The stored epoch beside what the database is now. A standby has no write position: it is no database to serve from. */
const standing = (sql: SqlClient) => sql`
  select e.epoch,
    coalesce(e.system = (select system_identifier::text from pg_control_system())
      and e.timeline = left(pg_walfile_name(pg_current_wal_lsn()), 8), false) as same,
    case when has_sequence_privilege(ids.sequence, 'usage, select') then coalesce(pg_sequence_last_value(ids.sequence), 0) end as last_id,
    coalesce((select max(id) from events), 0) as max_id
  from (select pg_get_serial_sequence('events', 'id')::regclass::oid as sequence) ids left join epoch e on true`;

/** Draws an epoch unless somebody else has done so since `before` was read; answers the one that holds. */
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
