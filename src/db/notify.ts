// Notifications of PostgreSQL that go with a transaction: they are sent if it commits, and only then.
import { sql } from "drizzle-orm";
import type { Database, Transaction } from "./types.ts";

/** The channel of what servers must tell each other (bus/control.ts). */
export const CONTROL_CHANNEL = "chat_control";

/** Sends the payload to all servers once the transaction commits; null is nothing to send. */
export async function notify(tx: Pick<Database | Transaction, "execute">, payload: string | null): Promise<void> {
  if (payload !== null) await tx.execute(sql`select pg_notify(${CONTROL_CHANNEL}, ${payload})`);
}
