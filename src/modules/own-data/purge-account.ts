// What is done for a deleted account, one bite after the other, with everybody else's work in between.
import { inArray, or, sql } from "drizzle-orm";
import type { Core } from "../../core.ts";
import { friendRequests } from "../../db/schema.ts";
import { friendRemoved } from "../../protocol/friends.ts";
import { DELETED_NAME, userUpdated } from "../../protocol/users.ts";
import { publishCancelled } from "../friends/publish.ts";
import { selectRequests, toRequest } from "../friends/queries.ts";
import type { Purge } from "./bites.ts";
import { clearAccount, endAccount, listBots } from "./deletion.ts";
import { leaveRooms } from "./leave-rooms.ts";
import { purgeFiles } from "./purge-files.ts";
import { purgeReports } from "./purge-reports.ts";
import { purgeTraces } from "./traces.ts";

const SLICE = 100;
const ROWS = 2_000;
const PAUSE_MS = 5;

/** Removes all of a deleted account that is still there; false when the server closes before that is done. */
export async function purgeAccount(core: Core, userId: number, isClosing: () => boolean): Promise<boolean> {
  const purge: Purge = {
    core,
    userId,
    frame: userUpdated.frames.room.encode({ id: userId, username: DELETED_NAME, deleted: true }),
    async goOn() {
      await Bun.sleep(PAUSE_MS);
      return !isClosing();
    },
  };
  for (const { id } of await listBots(core, userId)) await endAccount(core, id);
  // Rooms first: from then on nothing new of theirs comes into any.
  return (
    (await leaveRooms(purge)) &&
    (await endFriendships(purge)) &&
    (await purgeTraces(purge)) &&
    (await purgeFiles(purge)) &&
    (await purgeReports(purge)) &&
    (await deleteRows(purge))
  );
}

async function endFriendships({ core, userId, frame, goOn }: Purge): Promise<boolean> {
  for (;;) {
    const ended = await core.sql<{ id: number }[]>`
      with theirs as (select friend_id as id from friends where user_id = ${userId} limit ${SLICE}), gone as (
        delete from friends f using theirs t
        where f.user_id = ${userId} and f.friend_id = t.id or f.user_id = t.id and f.friend_id = ${userId})
      select id from theirs`;
    for (const { id } of ended) {
      core.bus.publishToUser(id, frame);
      core.bus.publishToUser(id, friendRemoved.frames.account.encode({ user_id: userId }));
    }
    if (ended.length === 0) break;
    if (!(await goOn())) return false;
  }
  for (;;) {
    const isTheirs = or(sql`${friendRequests.senderId} = ${userId}`, sql`${friendRequests.receiverId} = ${userId}`);
    const pending = await selectRequests(core.db)
      .where(sql`${friendRequests.status} = 'pending' and ${isTheirs}`)
      .limit(SLICE);
    if (pending.length === 0) return true;
    const ids = pending.map(({ id }) => id);
    await core.db.delete(friendRequests).where(inArray(friendRequests.id, ids));
    for (const request of pending) publishCancelled(core, toRequest(request));
    if (!(await goOn())) return false;
  }
}

/** Deletes what belongs to a user as the database has it: whatever would go with the row of the user if that went. */
async function deleteRows({ core, userId, goOn }: Purge): Promise<boolean> {
  await clearAccount(core.db, userId);
  for (const { table, column } of await listOwned(core)) {
    for (let count = ROWS; count === ROWS; ) {
      if (!(await goOn())) return false;
      ({ count } = await core.sql.unsafe(
        `delete from ${table} where ctid = any (array(select ctid from ${table} where ${column} = $1 limit ${ROWS}))`,
        [userId],
      ));
    }
  }
  return true;
}

/** The columns of tables that name whose a row is. Bots have been deleted as accounts of their own, and memberships with their rooms. */
const listOwned = ({ sql: query }: Core) => query<{ table: string; column: string }[]>`
  select c.conrelid::regclass::text as table, quote_ident(a.attname) as column
  from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
  where c.contype = 'f' and c.confrelid = 'users'::regclass and c.confdeltype = 'c' and cardinality(c.conkey) = 1
    and c.conrelid not in ('users'::regclass, 'members'::regclass, 'former_members'::regclass)`;
