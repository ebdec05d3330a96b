// What follows the timeline: a feed is given every committed event, at least once and in order in each room, across kills and with any
// number of servers. feed-worker.ts gives it, app.ts composes them.
import type { TransactionSql } from "postgres";
import type { SqlClient } from "../db/client.ts";
import type { EventKind } from "../protocol/index.ts";

/** A transaction on the shared pool, with `bigint` columns as numbers. */
export type FeedTransaction = TransactionSql<{ bigint: number }>;

/** A committed event. */
export interface FeedEvent {
  id: number;
  roomId: number;
  seq: number;
  kind: EventKind;
  /** The message that it is about, as that stands now; null for an event that is about none. */
  message: FeedMessage | null;
}

export interface FeedMessage {
  id: number;
  senderId: number;
  /** Null once deleted. */
  body: string | null;
  /** What it has besides its text; null for a plain message. */
  data: unknown;
  /** As PostgreSQL writes it, in UTC. */
  createdAt: string;
  isDeleted: boolean;
}

export interface Feed {
  /** Its positions are stored under this name. A room without a position is worked from its first event on. */
  readonly name: string;
  /**
   * Works events of one or several rooms, those of a room in order, in the transaction that moves its positions: what it writes there is
   * done exactly once, anything else at least once. When it throws, the events come again, in the end one by one; an event that fails
   * three times alone is skipped.
   */
  work(tx: FeedTransaction, events: FeedEvent[]): Promise<void>;
  /** Removes what it stored of a room that is gone, if a server that did not know the feed has cleared the room away. */
  forget(sql: SqlClient, roomId: number): Promise<void>;
}
