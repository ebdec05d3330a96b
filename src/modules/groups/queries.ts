// How groups and their members are read, and what the wire shows of them.
import { and, count, eq, inArray, sql } from "drizzle-orm";
import type { Core } from "../../core.ts";
import { personSeenBy, toMemberPerson } from "../../db/people.ts";
import { events, groups, members, rooms, users } from "../../db/schema.ts";
import { ChatError } from "../../lib/errors.ts";
import type { Group, Member } from "../../protocol/groups.ts";
import type { GroupMessage } from "../../protocol/messages.ts";
import { notFound } from "../../protocol/refusals.ts";
import { toMessage } from "../../timeline/events.ts";
import { summarizeRooms } from "../../timeline/room-summaries.ts";
import { muteEnd } from "./policy.ts";

/** Groups with the caller's own membership, if there is one. */
export const selectGroups = (core: Core, userId: number) =>
  core.db
    .select({
      id: groups.roomId,
      name: groups.name,
      description: groups.description,
      is_private: groups.isPrivate,
      owner_id: groups.ownerId,
      member_count: sql`(${core.db
        .select({ count: count() })
        .from(sql`members as everyone`)
        .where(sql`everyone.room_id = ${groups.roomId}`)})`.mapWith(Number),
      role: members.role,
      mutedUntil: members.mutedUntil,
      isMuted: sql<boolean>`coalesce(${members.mutedUntil} > clock_timestamp(), false)`,
      seq: rooms.lastSeq,
      last_activity_at: rooms.lastEventAt,
      created_at: rooms.createdAt,
    })
    .from(groups)
    .innerJoin(rooms, eq(rooms.id, groups.roomId))
    .leftJoin(members, and(eq(members.roomId, groups.roomId), eq(members.userId, userId)))
    .$dynamic();

type GroupRow = Awaited<ReturnType<typeof selectGroups>>[number];
type Summaries = Awaited<ReturnType<typeof summarizeRooms>>;

/** How often groups are read anew that change while they are read. */
const MAX_READS = 5;

/**
 * These groups with what is counted of them, as of one seq each: who goes on from there misses no change of the name or the members, and
 * counts none twice. Two statements, unless a group changes in between.
 */
export async function withSummaries(
  core: Core,
  userId: number,
  rows: GroupRow[],
): Promise<{ rows: GroupRow[]; summaries: Summaries }> {
  const found = new Map(rows.map((row) => [row.id, row]));
  for (let reads = 1; ; reads++) {
    const summaries = await summarizeRooms(core, userId, [...found.keys()]);
    const changed = reads < MAX_READS ? await listChanged(core, [...found.values()], summaries) : [];
    if (changed.length === 0) return { rows: [...found.values()], summaries };
    const again = await selectGroups(core, userId).where(inArray(groups.roomId, changed));
    // The page goes on behind where the row stood when the list was read.
    for (const row of again) found.set(row.id, { ...row, last_activity_at: found.get(row.id)!.last_activity_at });
  }
}

/** The groups of which something else than messages has changed since their row was read, by their ids. */
async function listChanged({ sql: query }: Core, rows: GroupRow[], summaries: Summaries): Promise<number[]> {
  const moved = rows.flatMap(({ id, seq }) => {
    const newest = summaries.get(id)?.seq ?? seq;
    return newest === seq ? [] : { id, seq, newest };
  });
  if (moved.length === 0) return [];
  const changed = await query<{ id: number }[]>`
    select m.id from unnest(${moved.map(({ id }) => id)}::bigint[], ${moved.map(({ seq }) => seq)}::bigint[],
      ${moved.map(({ newest }) => newest)}::bigint[]) m (id, seq, newest)
    where exists (
      select from events e where e.room_id = m.id and e.seq > m.seq and e.seq <= m.newest
        and (e.kind like 'member.%' or e.kind like 'group.%'))`;
  return changed.map(({ id }) => Number(id));
}

export function toGroup({ mutedUntil, isMuted, ...row }: GroupRow, summaries: Summaries): Group {
  const summary = summaries.get(row.id);
  return {
    ...row,
    is_muted: isMuted,
    muted_until: muteEnd({ isMuted, mutedUntil }),
    // A public group is visible to outsiders, its messages are not.
    last_message: summary?.lastMessage ? (toMessage("group", summary.lastMessage) as GroupMessage) : null,
    unread_count: summary?.unread ?? 0,
    ...(summary?.mentions && { mention_count: summary.mentions }),
    // Of the same moment as the count: messages may have come since the row was read.
    seq: summary?.seq ?? row.seq,
    last_activity_at: summary?.lastActivityAt ?? row.last_activity_at,
  };
}

/** Whether the viewer sees how far a member has read: one's own position, and others' where both show theirs. */
const showsReads = (
  viewerId: number,
) => sql`(${members.userId} = ${viewerId} or not ${members.hidesReads} and not exists (
  select from members viewer where viewer.room_id = ${members.roomId} and viewer.user_id = ${viewerId} and viewer.hides_reads))`;

export const selectMembers = (core: Core, viewerId: number) =>
  core.db
    .select({
      person: personSeenBy(viewerId),
      role: members.role,
      mutedUntil: members.mutedUntil,
      isMuted: sql<boolean>`coalesce(${members.mutedUntil} > clock_timestamp(), false)`,
      joined_at: members.joinedAt,
      read_seq: sql`case when ${showsReads(viewerId)} then ${members.readSeq} else 0 end`.mapWith(Number),
      delivered_seq: members.deliveredSeq,
      last_read_message_id: sql<number | null>`case when ${showsReads(viewerId)} then (
        select e.id from ${events} e where e.room_id = ${members.roomId} and e.seq <= ${members.readSeq} and e.kind = 'message'
        order by e.seq desc limit 1) end`.mapWith((id) => (id === null ? null : Number(id))),
    })
    .from(members)
    .innerJoin(users, eq(users.id, members.userId))
    .$dynamic();

export const toMember = ({
  person,
  isMuted,
  mutedUntil,
  ...row
}: Awaited<ReturnType<typeof selectMembers>>[number]): Member => ({
  ...toMemberPerson(person),
  ...row,
  is_muted: isMuted,
  muted_until: muteEnd({ isMuted, mutedUntil }),
});

/** A member as the viewer is shown them. Throws `not_found`. */
export async function getMember(core: Core, viewerId: number, groupId: number, userId: number): Promise<Member> {
  const [row] = await selectMembers(core, viewerId).where(and(eq(members.roomId, groupId), eq(members.userId, userId)));
  if (!row) throw new ChatError(notFound("member"));
  return toMember(row);
}
