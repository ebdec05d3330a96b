// What presence keeps in the database where several servers share it: which of them have sockets of whom.
import type { SqlClient } from "../../db/client.ts";
import { isoFromPg } from "../../lib/time.ts";
import { presenceStore, seenNow } from "./presence.ts";

// Rows of a dead server that are taken up with each look.
const MAX_ORPHANS = 500;
// Users named in one notification, of which PostgreSQL carries 8,000 bytes.
const MAX_NAMED = 300;

/** How the servers that have sockets of a user as well are told that their number has changed. */
interface Notice {
  channel: string;
  payloadOf(userIds: number[]): string;
}

interface Row {
  id: number;
  at: string | null;
  wasOnline: boolean;
  socketsBefore: number;
  otherServers: number;
  otherSockets: number;
}

export const sharedPresenceStore = (sql: SqlClient, nodeId: string, notice: Notice) => ({
  ...presenceStore(sql),

  /**
   * Stores how many sockets these users have here, of whom `limit` are allowed on all servers together. Locks the users in order of id, as all that changes two of them does; those whom another transaction has locked are left out. The
   * lock comes in a statement of its own, so that the next one sees what its former holder has stored.
   */
  async settle(sockets: ReadonlyMap<number, number>, limit: number) {
    const rows = await sql.begin(async (tx) => {
      const free = await tx<{ id: number }[]>`
        select id from users where id = any (${[...sockets.keys()]}::bigint[]) order by id for no key update skip locked`;
      const ids = free.map(({ id }) => id);
      const settled = await tx<Row[]>`
        with present (id, sockets) as (
          select * from unnest(${ids}::bigint[], ${ids.map((id) => sockets.get(id)!)}::int[])
        ), stored as materialized (
          select o.user_id, o.node_id, o.sockets, o.node_id = ${nodeId} as is_own,
            o.node_id <> ${nodeId} and n.id is null as is_orphan
          from online o left join nodes n on n.id = o.node_id where o.user_id = any (${ids}::bigint[])
        ), settled as materialized (
          select p.id, p.sockets, count(s.node_id) > 0 as was_online,
            coalesce(max(s.sockets) filter (where s.is_own), 0)::int as before,
            count(*) filter (where not s.is_own and not s.is_orphan)::int as others,
            coalesce(sum(s.sockets) filter (where not s.is_own and not s.is_orphan), 0)::int as other_sockets,
            coalesce(bool_or(s.is_orphan), false) as has_orphan
          from present p left join stored s on s.user_id = p.id group by p.id, p.sockets
        ), gone as (
          delete from online o using stored s join settled p on p.id = s.user_id
          where o.user_id = s.user_id and o.node_id = s.node_id and (s.is_orphan or (s.is_own and p.sockets = 0))
        ), held as (
          insert into online (user_id, node_id, sockets)
          select id, ${nodeId}, sockets from settled where sockets > 0 and sockets <> before
          on conflict (user_id, node_id) do update set sockets = excluded.sockets
        ), seen as (
          update users u set last_seen_at = ${seenNow(sql)} from settled p
          where u.id = p.id and ((p.sockets > 0) <> (p.before > 0) or p.has_orphan)
          returning u.id, u.last_seen_at
        )
        select p.id, coalesce(seen.last_seen_at, u.last_seen_at)::text as at, p.was_online as "wasOnline",
          p.before as "socketsBefore", p.others as "otherServers", p.other_sockets as "otherSockets"
        from settled p join users u on u.id = p.id left join seen on seen.id = p.id`;
      const changed = settled.filter((user) => concernsOthers(user, sockets.get(user.id)!, limit)).map(({ id }) => id);
      for (let i = 0; i < changed.length; i += MAX_NAMED) {
        await tx`select pg_notify(${notice.channel}, ${notice.payloadOf(changed.slice(i, i + MAX_NAMED))})`;
      }
      return settled;
    });
    return rows.map(({ at, ...user }) => ({ ...user, lastSeenAt: at === null ? null : isoFromPg(at) }));
  },

  async online(userIds: number[]) {
    const rows = await sql<{ id: number }[]>`
      select distinct user_id as id from online where user_id = any (${userIds}::bigint[])`;
    return new Set(rows.map(({ id }) => id));
  },

  async listChangedFriends(userIds: number[], withinMs: number) {
    // One snapshot, so that who is online and since when belong together.
    const rows = await sql<{ userId: number; friendId: number; isOnline: boolean; at: string }[]>`
      select f.user_id as "userId", u.id as "friendId", u.last_seen_at::text as at,
        exists (select from online o where o.user_id = u.id) as "isOnline"
      from friends f join users u on u.id = f.friend_id
      where f.user_id = any (${userIds}::bigint[]) and not f.hides_presence
        and u.last_seen_at > clock_timestamp() - ${withinMs} * interval '1 millisecond'`;
    return rows.map(({ at, ...friend }) => ({ ...friend, lastSeenAt: isoFromPg(at) }));
  },

  async listOrphans() {
    // The servers one by one out of the index: there are few of them, and many users.
    const rows = await sql<{ id: number }[]>`
      with recursive named (id) as (
        (select node_id from online order by node_id limit 1)
        union all
        select (select node_id from online where node_id > named.id order by node_id limit 1) from named where named.id is not null
      )
      select user_id as id from online
      where node_id = any (array(select id from named where id <> ${nodeId} except select id from nodes))
      limit ${MAX_ORPHANS}`;
    return rows.map(({ id }) => id);
  },

  async countOwn() {
    const [own] = await sql<{ count: number }[]>`select count(*)::int as count from online where node_id = ${nodeId}`;
    return own!.count;
  },

  async listOwn() {
    const rows = await sql<{ id: number }[]>`select user_id as id from online where node_id = ${nodeId}`;
    return rows.map(({ id }) => id);
  },

  deleteOwn: () => sql`delete from online where node_id = ${nodeId}`,
});

/** The rates are parted anew where a server has got its first socket of a user or lost the last; all look for silent ones past the limit. */
const concernsOthers = ({ socketsBefore, otherServers, otherSockets }: Row, sockets: number, limit: number) =>
  otherServers > 0 &&
  (socketsBefore > 0 !== sockets > 0 || (sockets > socketsBefore && sockets + otherSockets > limit));
