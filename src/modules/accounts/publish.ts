// Tells others of a change of what a person shows: everyone in a room with them, and their friends.
import { setTimeout as sleep } from "node:timers/promises";
import { eq } from "drizzle-orm";
import type { Core } from "../../core.ts";
import { isTransientDatabaseError } from "../../db/errors.ts";
import { personColumns, toPerson } from "../../db/people.ts";
import { users } from "../../db/schema.ts";
import { safeError } from "../../lib/log.ts";
import type { RoomKind } from "../../protocol/rooms.ts";
import { userUpdated } from "../../protocol/users.ts";

// Somebody in thousands of rooms holds up nobody: these many at a time, with everyone else's work in between.
const SLICE = 100;
const PAUSE_MS = 20;

/** In the background; a change past the limit is not told of, nor one that meets a database that is unavailable. */
export function publishProfile(core: Core, userId: number): void {
  publish(core, userId).catch((error) => {
    if (!isTransientDatabaseError(error))
      core.log.error({ error: safeError(error) }, "a profile could not be published");
  });
}

async function publish(core: Core, userId: number) {
  if (!(await core.limits.publishProfile(userId))) return;
  let frame = await readFrame(core, userId);
  if (frame === null) return;
  // To one's own devices once, and to the rooms without them.
  core.bus.publishToUser(userId, frame);
  for (let after = 0; ; ) {
    const rooms = await listRooms(core, userId, after);
    for (const { id, kind, hidden } of rooms) core.bus.publishToRoom({ kind, id }, frame, [...hidden, userId]);
    if (rooms.length < SLICE) break;
    after = rooms.at(-1)!.id;
    await sleep(PAUSE_MS);
    // It may have changed again: each slice tells of what is stored by then.
    frame = await readFrame(core, userId);
    if (frame === null) return;
  }
  for (let after = 0; ; ) {
    const friends = await listFriends(core, userId, after);
    for (const { id, isReached } of friends) if (!isReached) core.bus.publishToUser(id, frame);
    if (friends.length < SLICE) break;
    after = friends.at(-1)!.id;
    await sleep(PAUSE_MS);
  }
}

async function readFrame(core: Core, userId: number): Promise<string | null> {
  const [row] = await core.db.select(personColumns(users)).from(users).where(eq(users.id, userId));
  return row ? userUpdated.frames.room.encode(toPerson(row)) : null;
}

/** The user's rooms past an id, save conversations under a block; `hidden` are members of a group whom the user blocks. */
const listRooms = (core: Core, userId: number, after: number) =>
  core.sql<{ id: number; kind: RoomKind; hidden: number[] }[]>`
    select mine.id, r.kind, array(
        select b.blocked_id from blocks b join members m on m.room_id = mine.id and m.user_id = b.blocked_id
        where b.blocker_id = ${userId}
      ) as hidden
    from (
      select room_id as id from members where user_id = ${userId} and room_id > ${after} and not is_blocked
      order by room_id limit ${SLICE}
    ) mine
    join rooms r on r.id = mine.id
    order by mine.id`;

/** The user's friends past an id; `isReached` are those in a conversation with them. */
const listFriends = (core: Core, userId: number, after: number) =>
  core.sql<{ id: number; isReached: boolean }[]>`
    select f.friend_id as id, exists (
        select from conversations c
        where c.user_low = least(f.user_id, f.friend_id) and c.user_high = greatest(f.user_id, f.friend_id)
      ) as "isReached"
    from friends f where f.user_id = ${userId} and f.friend_id > ${after}
    order by f.friend_id limit ${SLICE}`;
