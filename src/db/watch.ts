// Notices connections that died in silence: nothing comes back, and no close either, as when a firewall forgets a connection or a
// machine loses its power. Such a one is closed here, and all that waits on it learns that its outcome is unknown. Whether PostgreSQL
// is still at work (a disk that stalls, a lock) is asked over a new connection: what works is waited for.
import type { Logger } from "../lib/log.ts";
import { connect, type DatabaseTarget, type WatchedConnection } from "./connect.ts";

const ROUND_MS = 500;
const ASK_LIMIT_MS = 2_000;

export interface WatchParts {
  target: DatabaseTarget;
  /** What PostgreSQL knows our sessions by. */
  names: string[];
  log: Logger;
  /** How long an answer may take before it is asked what PostgreSQL is doing. */
  silenceMs: number;
}

export class Watch {
  readonly connections = new Set<WatchedConnection>();
  private isAsking = false;
  private readonly timer = setInterval(() => void this.round(), ROUND_MS);

  constructor(private readonly parts: WatchParts) {
    this.timer.unref();
  }

  close() {
    clearInterval(this.timer);
  }

  private async round() {
    if (this.isAsking || this.suspects().length === 0) return;
    this.isAsking = true;
    try {
      const isAtWork = await this.ask();
      const dead = this.suspects().filter(({ pid }) => !isAtWork(pid));
      if (dead.length === 0) return;
      this.parts.log.warn({ connections: dead.length }, "connections to the database have died in silence");
      // Those that have nothing to do went the same way; finding out one by one would take as long again for each.
      for (const connection of this.connections) if (connection.isIdle) connection.drop();
      for (const connection of dead) connection.drop();
    } catch {
      // The database does not answer at all: there is nothing better to connect to.
    } finally {
      this.isAsking = false;
    }
  }

  private suspects() {
    return [...this.connections].filter(({ silence }) => silence > this.parts.silenceMs);
  }

  /** Which of our sessions PostgreSQL is at work for: those that do not wait for us. */
  private async ask(): Promise<(pid: number | null) => boolean> {
    const { target, names } = this.parts;
    const sql = connect(target, { max: 1, name: "realtime-chat watch" });
    try {
      const rows = await Promise.race([
        sql<{ pid: number; busy: boolean }[]>`
          select pid, wait_event_type is distinct from 'Client' as busy
          from pg_stat_activity where application_name = any (${names}::text[])`,
        Bun.sleep(ASK_LIMIT_MS).then(() => {
          throw new Error("no answer");
        }),
      ]);
      const busy = new Map(rows.map((row) => [row.pid, row.busy]));
      const ours = new Set([...this.connections].map(({ pid }) => pid));
      // Behind a pooler, whose numbers are its own, a session at work may be anybody's.
      const isStrangerBusy = rows.some((row) => row.busy && !ours.has(row.pid));
      return (pid) => busy.get(pid!) ?? isStrangerBusy;
    } finally {
      void sql.end({ timeout: 0 });
    }
  }
}
