// Detects dead connections to PostgreSQL that were not closed, as when a firewall drops its state or a machine loses power: nothing
// arrives any more. They are closed here, so that what waits for them fails with an unknown outcome. A session in which PostgreSQL is
// still working (a stalled disk, a lock) is left alone; that is looked up over a new connection.
import type { Logger } from "../lib/log.ts";
import { connect, type DatabaseTarget, type MonitoredConnection } from "./connect.ts";

const INTERVAL_MS = 500;
const LOOKUP_TIMEOUT_MS = 2_000;

export interface MonitorParts {
  target: DatabaseTarget;
  /** The `application_name` of our sessions. */
  names: string[];
  log: Logger;
  /** How long a response may take before the connection is checked, in milliseconds. */
  silenceMs: number;
}

export class ConnectionMonitor {
  readonly connections = new Set<MonitoredConnection>();
  private isChecking = false;
  private readonly timer = setInterval(() => void this.check(), INTERVAL_MS);

  constructor(private readonly parts: MonitorParts) {
    this.timer.unref();
  }

  close() {
    clearInterval(this.timer);
  }

  private async check() {
    if (this.isChecking || this.suspects().length === 0) return;
    this.isChecking = true;
    try {
      const isBusy = await this.lookUpBusy();
      const dead = this.suspects().filter(({ pid }) => !isBusy(pid));
      if (dead.length === 0) return;
      this.parts.log.warn({ connections: dead.length }, "connections to the database are dead");
      // Idle ones took the same path; finding out one by one would take as long again for each.
      for (const connection of this.connections) if (connection.isIdle) connection.drop();
      for (const connection of dead) connection.drop();
    } catch {
      // The database can't be reached at all: there is nothing better to connect to.
    } finally {
      this.isChecking = false;
    }
  }

  private suspects() {
    return [...this.connections].filter(({ silence }) => silence > this.parts.silenceMs);
  }

  /** Returns whether PostgreSQL is working in the session of a process id, rather than waiting for us. */
  private async lookUpBusy(): Promise<(pid: number | null) => boolean> {
    const { target, names } = this.parts;
    const sql = connect(target, { max: 1, name: "realtime-chat monitor" });
    try {
      const rows = await Promise.race([
        sql<{ pid: number; busy: boolean }[]>`
          select pid, wait_event_type is distinct from 'Client' as busy
          from pg_stat_activity where application_name = any (${names}::text[])`,
        Bun.sleep(LOOKUP_TIMEOUT_MS).then(() => {
          throw new Error("no response");
        }),
      ]);
      const busy = new Map(rows.map((row) => [row.pid, row.busy]));
      const own = new Set([...this.connections].map(({ pid }) => pid));
      // A pooler makes up process ids of its own, so that a busy session of an unknown id may be any of ours.
      const isUnknownBusy = rows.some((row) => row.busy && !own.has(row.pid));
      return (pid) => busy.get(pid!) ?? isUnknownBusy;
    } finally {
      void sql.end({ timeout: 0 });
    }
  }
}
