// A room's lock in the test's hands: whatever wants to write to the room queues up behind it, in an order the test decides.
import { openDatabase } from "../../src/db/client.ts";
import type { TestServer } from "./harness.ts";
import { PATIENCE_MS, until } from "./patience.ts";

/** Connections of the test's own to a server's database. */
export function openLocks(server: TestServer) {
  // Waits for a lock as long as a test holds it.
  const { sql } = openDatabase(server.target, { lockTimeoutMs: PATIENCE_MS });
  /** Runs a statement in a transaction that stands open until the function that it answers is called. */
  async function hold(statement: string): Promise<() => Promise<void>> {
    const connection = await sql.reserve();
    await connection`begin`;
    await connection.unsafe(statement);
    let held = true;
    return async () => {
      if (!held) return;
      held = false;
      await connection`commit`;
      connection.release();
    };
  }
  return {
    sql,
    /** Also where a test that failed still holds a lock. */
    close: () => sql.end({ timeout: 1 }),
    /** Holds the room's lock until the function that it answers is called (a second call does nothing). */
    holdRoom: (roomId: number) => hold(`select 1 from rooms where id = ${roomId} for update`),
    hold,
    /** Waits until so many statements of this database wait for a lock. */
    async queued(count: number) {
      await until(`${count} statements wait`, async () => {
        const [row] = await sql<{ count: number }[]>`
          select count(*)::int as count from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock'`;
        return row!.count === count;
      });
    },
  };
}

export interface StoredEvent {
  id: number;
  seq: number;
  kind: string;
  actor_id: number;
  body: string | null;
  client_id: string | null;
  user_id: number | null;
}

/** A room's timeline as stored. */
export const timelineOf = (server: TestServer, roomId: number): Promise<StoredEvent[]> =>
  server.core.sql<StoredEvent[]>`
    select id, seq, kind, actor_id, body, client_id, (data->>'user_id')::bigint as user_id
    from events where room_id = ${roomId} order by seq`;
