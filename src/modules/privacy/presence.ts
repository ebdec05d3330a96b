// Notes on friendships that presence is hidden, where rounds of presence and lists of friends find it, and tells both sides.
import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "drizzle-orm";
import type { Core } from "../../core.ts";
import type { Transaction } from "../../db/client.ts";
import { isTransientDatabaseError } from "../../db/errors.ts";
import { friends, users } from "../../db/schema.ts";
import { safeError } from "../../lib/log.ts";
import { isoFromPg } from "../../lib/time.ts";
import { presenceFrame } from "../../protocol/presence.ts";

const SLICE = 200;
const PAUSE_MS = 20;

/** As the settings are now; on both sides of each friendship. */
export async function hidePresence(core: Core, userId: number): Promise<void> {
  for (let after = 0; ; ) {
    const rows = await core.sql<{ id: number }[]>`
      select friend_id as id from friends where user_id = ${userId} and friend_id > ${after} order by friend_id limit ${SLICE}`;
    const ids = rows.map(({ id }) => id);
    await core.db.transaction((tx) => notePresence(tx, userId, ids));
    if (rows.length < SLICE) return;
    after = ids.at(-1)!;
  }
}

async function notePresence(tx: Transaction, userId: number, friendIds: number[]) {
  const ids = sql`${sql.param(friendIds)}::bigint[]`;
  const isPair = sql`(f.user_id = ${userId} and f.friend_id = any (${ids}) or f.friend_id = ${userId} and f.user_id = any (${ids}))`;
  // What follows reads the settings after the lock: of two who change theirs at once, the second one finds the other's.
  await tx.execute(sql`select from ${friends} f where ${isPair} order by f.user_id, f.friend_id for no key update`);
  await tx.execute(sql`
    update ${friends} f set hides_presence = not f.hides_presence
    where ${isPair} and f.hides_presence <> exists (
      select from ${users} u where u.id in (f.user_id, f.friend_id) and u.settings @> '{"last_seen": false}')`);
}

/** In the background: friends and the user learn what they may know of each other now. */
export function publishPresence(core: Core, userId: number): void {
  publish(core, userId).catch((error) => {
    if (!isTransientDatabaseError(error))
      core.log.error({ error: safeError(error) }, "presence could not be published");
  });
}

interface Row {
  id: number;
  isHidden: boolean;
  ownSeen: string | null;
  friendSeen: string | null;
  at: string;
}

async function publish(core: Core, userId: number) {
  for (let after = 0; ; ) {
    const rows = await core.sql<Row[]>`
      select f.friend_id as id, f.hides_presence as "isHidden", own.last_seen_at::text as "ownSeen",
        friend.last_seen_at::text as "friendSeen", clock_timestamp()::text as at
      from friends f join users own on own.id = f.user_id join users friend on friend.id = f.friend_id
      where f.user_id = ${userId} and f.friend_id > ${after} order by f.friend_id limit ${SLICE}`;
    // Read later than `at`, so that it holds everything that older versions say.
    const online = await core.online([userId, ...rows.map(({ id }) => id)]);
    const shown = (id: number, isHidden: boolean, seen: string | null) =>
      isHidden ? presenceFrame(id, false, null) : presenceFrame(id, online.has(id), seen && isoFromPg(seen));
    for (const { id, isHidden, ownSeen, friendSeen, at } of rows) {
      core.bus.publishToUser(id, shown(userId, isHidden, ownSeen), { userId, at: isoFromPg(at) });
      // Without a version: the friend's own is for all of their friends.
      core.bus.publishToUser(userId, shown(id, isHidden, friendSeen));
    }
    if (rows.length < SLICE) return;
    after = rows.at(-1)!.id;
    await sleep(PAUSE_MS);
  }
}
