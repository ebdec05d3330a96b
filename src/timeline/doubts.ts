// What may have been committed without our hearing of it, and finding out once the database is back. Only timeline.ts uses it.
import type { Database, SqlClient, Writer } from "../db/client.ts";
import { unavailable } from "../lib/errors.ts";
import type { Announcer } from "./announcer.ts";
import type { Change } from "./change.ts";
import { listDeletedRooms, listEventsAfterId } from "./history.ts";

// How long a session of ours that lost its connection may take to end.
const ORPHAN_MS = 1_000;

export interface DoubtsParts {
  sql: SqlClient;
  db: Database;
  writer: Writer;
}

export class Doubts {
  /** Rooms in which something may have been committed that nobody was told about. */
  private readonly rooms = new Set<number>();
  /** Changes that may have been committed, for what is left to do after them. */
  private changes: Change[] = [];

  constructor(
    private readonly parts: DoubtsParts,
    private readonly announcer: Announcer,
  ) {}

  get areThere() {
    return this.rooms.size > 0;
  }

  addRoom(roomId: number) {
    this.rooms.add(roomId);
  }

  /** The room of it must be added as well. */
  addChange(change: Change) {
    this.changes.push(change);
  }

  forget() {
    this.rooms.clear();
    this.changes = [];
  }

  /**
   * Announces what was committed after all. Sessions of ours that outlived their connection are ended first, so that nothing is
   * committed later. Throws, and keeps the doubts, while the database is away.
   */
  async clearUp() {
    await this.endOrphans();
    const ids = [...this.rooms];
    const missed = await listEventsAfterId(this.parts.db, ids, this.announcer.lastId);
    const deleted = await listDeletedRooms(this.parts.db, ids);
    const changes = this.changes;
    this.forget();
    for (const event of missed) this.announcer.announce(event);
    // A deletion leaves no event behind to tell by that it was committed.
    for (const { room, afterwards } of changes) {
      if (deleted.has(room.id)) for (const action of afterwards) action();
    }
  }

  /** A batch may have reached a session that has lost us, and wait there behind another one: nothing of it may be stored later. */
  private async endOrphans() {
    const [left] = await this.parts.sql<{ count: number }[]>`
      select count(*) filter (where not pg_terminate_backend(pid, ${ORPHAN_MS}))::int as count
      from pg_stat_activity where application_name = ${this.parts.writer.name}`;
    if (left!.count > 0) throw unavailable();
  }
}
