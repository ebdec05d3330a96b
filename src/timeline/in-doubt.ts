// Writes that may have been committed although the response was lost, and finding out once the database is back. Only the
// writer uses it.
import type { Bus } from "../bus/bus.ts";
import type { Database, SqlClient, Writer } from "../db/client.ts";
import { unavailable } from "../lib/errors.ts";
import type { EventPublisher } from "./event-publisher.ts";
import { listDeletedRooms, listEventsAfterId } from "./history.ts";
import { signalOf } from "./published-event.ts";
import type { RoomTransaction } from "./room-transaction.ts";

// How long a session of ours that lost its connection may take to end.
const TERMINATE_TIMEOUT_MS = 1_000;

export interface InDoubtParts {
  sql: SqlClient;
  db: Database;
  writer: Writer;
  bus: Pick<Bus, "recover">;
  /** Called with each room in which this server has, or may have, committed an event. Undefined: nothing follows the timeline. */
  onCommit?: ((roomId: number) => void) | undefined;
}

export class InDoubtWrites {
  /** Rooms in which something may have been committed that was not published. */
  private readonly rooms = new Set<number>();
  /** Transactions that may have been committed, for their commit callbacks. */
  private transactions: RoomTransaction[] = [];

  constructor(
    private readonly parts: InDoubtParts,
    private readonly publisher: EventPublisher,
  ) {}

  get isEmpty() {
    return this.rooms.size === 0;
  }

  addRoom(roomId: number) {
    this.rooms.add(roomId);
  }

  addTransaction(transaction: RoomTransaction) {
    this.rooms.add(transaction.room.id);
    this.transactions.push(transaction);
  }

  clear() {
    this.rooms.clear();
    this.transactions = [];
  }

  /**
   * Publishes what was committed after all. Sessions of ours that outlived their connection are ended first, so that nothing is
   * committed later. Throws, and keeps what is in doubt, while the database is unavailable.
   */
  async resolve() {
    await this.terminateOrphanedBackends();
    const roomIds = [...this.rooms];
    const { transactions } = this;
    const { db, bus } = this.parts;
    const deleted = await listDeletedRooms(db, roomIds);
    const signals = transactions.flatMap(({ appended }) => appended.flatMap((event) => signalOf(event) ?? []));
    // Among other servers ids do not tell whose an event is, nor who has published it.
    const missed = (await bus.recover(roomIds, signals))
      ? []
      : await listEventsAfterId(db, roomIds, this.publisher.lastId);
    this.clear();
    for (const event of missed) this.publisher.publishFound(event);
    if (this.parts.onCommit) for (const roomId of roomIds) this.parts.onCommit(roomId);
    // The deletion of a room leaves no event by which to see that it was committed.
    for (const { room, commitCallbacks } of transactions) {
      if (deleted.has(room.id)) for (const callback of commitCallbacks) callback();
    }
  }

  /** A batch may wait in a session that has lost us, behind another one: nothing of it may be stored later. */
  private async terminateOrphanedBackends() {
    const [left] = await this.parts.sql<{ count: number }[]>`
      select count(*) filter (where not pg_terminate_backend(pid, ${TERMINATE_TIMEOUT_MS}))::int as count
      from pg_stat_activity where application_name = ${this.parts.writer.name}`;
    if (left!.count > 0) throw unavailable();
  }
}
