// People by id or name, as the caller may see them.
import { aliasedTable, and, asc, eq, exists, inArray, isNotNull, not, or, sql } from "drizzle-orm";
import type { Core } from "../../core.ts";
import { personSeenBy, toPerson } from "../../db/people.ts";
import { blocks, friends, members, users } from "../../db/schema.ts";
import { ChatError, invalid } from "../../lib/errors.ts";
import { PEOPLE_LIMIT } from "../../protocol/limits.ts";
import { notFound } from "../../protocol/refusals.ts";
import { isId } from "../../protocol/types.ts";
import type { Person } from "../../protocol/users.ts";
import { findUser } from "./service.ts";

const own = aliasedTable(members, "own");

/**
 * A user by id or by name, as the caller sees them. Throws `not_found`, also for one who blocks the caller unless the two share a room.
 */
export async function getPerson(core: Core, userId: number, idOrName: string): Promise<Person> {
  const user = await findUser(core, idOrName);
  const [row] = user
    ? await core.db
        .select({
          ...personSeenBy(userId),
          isHidden: and(blocksUser(userId), not(sharesRoom(core, userId)))!.mapWith(Boolean),
        })
        .from(users)
        .where(eq(users.id, user.id))
    : [];
  if (!row || row.isHidden) throw new ChatError(notFound("user"));
  return toPerson(row);
}

/** Of these users the caller, their friends, those whom they share a room with, and who deleted their account, by id; `ids` as a query has them. Throws `invalid`. */
export async function listPeople(core: Core, userId: number, ids: string) {
  const wanted = [...new Set(ids.split(","))];
  if (!wanted.every(isId)) throw invalid("ids", "must be ids with commas between them");
  if (wanted.length > PEOPLE_LIMIT) throw invalid("ids", `must be at most ${PEOPLE_LIMIT}`);
  const isFriend = exists(
    core.db
      .select({ one: sql`1` })
      .from(friends)
      .where(and(eq(friends.userId, userId), eq(friends.friendId, users.id))),
  );
  const rows = await core.db
    .select(personSeenBy(userId))
    .from(users)
    .where(
      and(
        inArray(users.id, wanted.map(Number)),
        or(eq(users.id, userId), isFriend, sharesRoom(core, userId), isNotNull(users.deletedAt)),
      ),
    )
    .orderBy(asc(users.id));
  return { data: rows.map(toPerson), next_cursor: null };
}

const blocksUser = (userId: number) =>
  sql`exists (select from ${blocks} b where b.blocker_id = ${users.id} and b.blocked_id = ${userId})`;

/** Read from the other one's rooms: asked of many people, the caller's are hashed once. */
const sharesRoom = (core: Core, userId: number) =>
  exists(
    core.db
      .select({ one: sql`1` })
      .from(members)
      .where(
        and(
          eq(members.userId, users.id),
          inArray(members.roomId, core.db.select({ id: own.roomId }).from(own).where(eq(own.userId, userId))),
        ),
      ),
  );
