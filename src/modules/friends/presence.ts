// What presence keeps in the database: when users were last seen, and who their friends are.
import type { SqlClient } from "../../db/client.ts";
import { isoFromPg } from "../../lib/time.ts";

/**
 * For an update of `u`, under the lock of the user's row: later than every time before, by which changes are ordered, although the
 * database's clock may be set back a little. (A clock that was wrong by more is not held on to.)
 */
export const seenNow = (sql: SqlClient) => sql`
  case when u.last_seen_at < clock_timestamp() + interval '1 minute'
    then greatest(clock_timestamp(), u.last_seen_at + interval '1 microsecond') else clock_timestamp() end`;

export const presenceStore = (sql: SqlClient) => ({
  /**
   * Stores that these users were seen now, and returns when that was by their id. Locks them in order of id, as all that changes two
   * of them does; those whom another transaction has locked are left out.
   */
  async recordSeen(userIds: number[]): Promise<Map<number, string>> {
    const rows = await sql<{ id: number; at: string }[]>`
      with seen as materialized (
        select id from users where id = any (${userIds}::bigint[]) and deleted_at is null order by id for no key update skip locked
      )
      update users u set last_seen_at = ${seenNow(sql)} from seen where u.id = seen.id
      returning u.id, u.last_seen_at::text as at`;
    return new Map(rows.map(({ id, at }) => [id, isoFromPg(at)]));
  },

  /** Each of these users with each of their friends who may know whether they are online. */
  async listFriends(userIds: number[]): Promise<{ userId: number; friendId: number }[]> {
    return sql<{ userId: number; friendId: number }[]>`
      select user_id as "userId", friend_id as "friendId" from friends
      where user_id = any (${userIds}::bigint[]) and not hides_presence`;
  },
});
