// All groups as moderators and admins see them: whose they are, how large and who is in them, without what is said there.
import { and, asc, desc, eq, getTableColumns, gt, lt, sql } from "drizzle-orm";
import type { Core } from "../../core.ts";
import { personColumns, toPerson } from "../../db/people.ts";
import { groups, members, rooms, users } from "../../db/schema.ts";
import { readCursor, toPage } from "../../http/pagination.ts";
import { ChatError } from "../../lib/errors.ts";
import { wordsQuery } from "../../lib/words.ts";
import type { AdminGroup, AdminMember } from "../../protocol/admin.ts";
import { PAGE_LIMIT } from "../../protocol/limits.ts";
import { notFound } from "../../protocol/refusals.ts";

type Reading = Pick<Core, "db">;

interface PageInput {
  cursor?: string;
  limit?: number;
}

/** Newest first; with a `query` those with such a name. Throws `bad_request`. */
export async function listAllGroups(
  { db }: Reading,
  { query = "", cursor, limit = PAGE_LIMIT }: { query?: string } & PageInput,
) {
  const after = readCursor(cursor, "id")?.[0];
  const rows = await selectGroups(db)
    .where(
      and(
        after === undefined ? undefined : lt(groups.roomId, Number(after)),
        query.trim() === "" ? undefined : sql`${groups.nameWords} @@ ${wordsQuery(query)}::tsquery`,
      ),
    )
    .orderBy(desc(groups.roomId))
    .limit(limit + 1);
  return toPage(rows, limit, ({ room }) => [room.id], toAdminGroup);
}

/** Throws `not_found`. */
export async function getAnyGroup({ db }: Reading, groupId: number): Promise<AdminGroup> {
  const [row] = await selectGroups(db).where(eq(groups.roomId, groupId));
  if (!row) throw new ChatError(notFound("group"));
  return toAdminGroup(row);
}

/** In order of their ids. Throws `not_found`, `bad_request`. */
export async function listAnyMembers({ db }: Reading, groupId: number, { cursor, limit = PAGE_LIMIT }: PageInput) {
  const after = readCursor(cursor, "id")?.[0];
  const [group] = await db.select({ id: groups.roomId }).from(groups).where(eq(groups.roomId, groupId));
  if (!group) throw new ChatError(notFound("group"));
  const rows = await db
    .select({ person: personColumns(users), role: members.role, joinedAt: members.joinedAt })
    .from(members)
    .innerJoin(users, eq(users.id, members.userId))
    .where(and(eq(members.roomId, groupId), after === undefined ? undefined : gt(members.userId, Number(after))))
    .orderBy(asc(members.userId))
    .limit(limit + 1);
  return toPage(
    rows,
    limit,
    ({ person }) => [person.id],
    ({ person, role, joinedAt }): AdminMember => ({ ...toPerson(person), role, joined_at: joinedAt }),
  );
}

const selectGroups = (db: Core["db"]) =>
  db
    .select({
      group: getTableColumns(groups),
      room: getTableColumns(rooms),
      owner: personColumns(users),
      memberCount: sql<number>`(select count(*) from ${members} where ${members.roomId} = ${groups.roomId})`.mapWith(
        Number,
      ),
    })
    .from(groups)
    .innerJoin(rooms, eq(rooms.id, groups.roomId))
    .innerJoin(users, eq(users.id, groups.ownerId))
    .$dynamic();

const toAdminGroup = ({
  group,
  room,
  owner,
  memberCount,
}: Awaited<ReturnType<typeof selectGroups>>[number]): AdminGroup => ({
  id: room.id,
  name: group.name,
  description: group.description,
  is_private: group.isPrivate,
  owner: toPerson(owner),
  member_count: memberCount,
  event_count: room.lastSeq,
  created_at: room.createdAt,
  last_activity_at: room.lastEventAt,
});
