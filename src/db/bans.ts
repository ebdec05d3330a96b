// Whether a ban from the server is in force: the one condition, by the database's clock, so that a ban with an end is over at its end
// wherever it is asked for. A bot is banned with whoever owns it.
import { sql } from "drizzle-orm";
import type { SqlClient } from "./client.ts";

const inForce = (user: string) =>
  `(${user}.banned_at is not null and (${user}.banned_until is null or ${user}.banned_until > clock_timestamp()))`;

const condition = (user: string) =>
  `(${inForce(user)} or ${user}.owner_id is not null and exists (
    select from users ban_owner where ban_owner.id = ${user}.owner_id and ${inForce("ban_owner")}))`;

/** Of the table `users` in a Drizzle query: whether the user's own ban is in force. */
export const isBanInForce = sql<boolean>`${sql.raw(inForce("users"))}`;

/** The same, or that of the owner: whether the user may not act. */
export const isBanned = sql<boolean>`${sql.raw(condition("users"))}`;

/** Of an alias of the table in a statement of the driver's. */
export const isBannedIn = (client: SqlClient, user: string) => client.unsafe(condition(user));
