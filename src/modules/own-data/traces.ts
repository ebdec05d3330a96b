// What rooms hold of a person besides their messages: their name in the events of memberships, mentions of them, their reactions.
import { sql } from "drizzle-orm";
import type { Core } from "../../core.ts";
import type { Entity } from "../../protocol/entities.ts";
import type { RoomKind } from "../../protocol/rooms.ts";
import { DELETED_NAME } from "../../protocol/users.ts";
import type { RoomTransaction } from "../../timeline/room-transaction.ts";
import { inRoom, type Purge } from "./bites.ts";
import { withoutMentions } from "./mention-texts.ts";

const SLICE = 100;
/** Messages that a transaction changes: each is an event, and others wait for the room meanwhile. */
const CHANGES = 20;
/** Events looked through at a time. */
const STRETCH = 5_000;

interface Room {
  id: number;
  kind: RoomKind;
}

/** From the rooms that a deleted account has left, before or by its deletion. False when the server closes before that is done. */
export async function purgeTraces(purge: Purge): Promise<boolean> {
  const { core, userId, frame, goOn } = purge;
  for (;;) {
    const rooms = await core.sql<Room[]>`
      select r.id, r.kind from former_members f join rooms r on r.id = f.room_id where f.user_id = ${userId}
      order by r.id limit ${SLICE}`;
    if (rooms.length === 0) return true;
    for (const room of rooms) {
      if (!(await renameInEvents(core, userId, room.id, DELETED_NAME, goOn))) return false;
      if (!(await removeMentions(purge, room)) || !(await removeReactions(purge, room))) return false;
      core.bus.publishToRoom(room, frame);
      await core.sql`delete from former_members where user_id = ${userId} and room_id = ${room.id}`;
    }
  }
}

/** Gives the user another name in what the room tells of its members. */
export async function renameInEvents(
  { sql: query }: Core,
  userId: number,
  roomId: number,
  username: string,
  goOn: () => Promise<boolean>,
): Promise<boolean> {
  for (let after = 0; ; ) {
    // (The condition on kinds is that of an index.)
    const [row] = await query<{ last: number | null }[]>`
      with stretch as materialized (
        select id, seq, kind, data from events
        where room_id = ${roomId} and seq > ${after} and kind not in ('message', 'message.updated', 'message.deleted')
        order by seq limit ${STRETCH}
      ), renamed as (
        update events e set data = jsonb_set(e.data, '{username}', to_jsonb(${username}::text))
        from stretch s
        where e.id = s.id and s.kind like 'member.%' and (s.data ->> 'user_id')::bigint = ${userId}
          and s.data ->> 'username' <> ${username})
      select max(seq) as last from stretch`;
    if (row!.last === null) return true;
    after = row!.last;
    if (!(await goOn())) return false;
  }
}

/** Takes them out of the inbox, and the name out of the texts. */
async function removeMentions({ core, userId, goOn }: Purge, room: Room): Promise<boolean> {
  for (let isDone = false; !isDone; ) {
    await inRoom(core, userId, room, async (change) => {
      const mentioned = await change.tx.execute<{ id: number; body: string | null; entities: Entity[] | null }>(sql`
        with gone as (
          delete from mentions where user_id = ${userId} and room_id = ${room.id} and event_id in (
            select event_id from mentions where user_id = ${userId} and room_id = ${room.id} limit ${CHANGES})
          returning event_id)
        select e.id::float8 as id, e.body, e.data -> 'entities' as entities from gone g join events e on e.id = g.event_id`);
      for (const { id, body, entities } of mentioned) {
        const text = body === null ? null : withoutMentions(body, entities ?? [], userId, DELETED_NAME);
        if (!text) continue;
        await change.tx.execute(sql`
          update events set body = ${text.body}, data = nullif(
            (data - 'entities') || jsonb_strip_nulls(jsonb_build_object('entities', nullif(${JSON.stringify(text.entities)}::text::jsonb, '[]'))), '{}')
          where id = ${id}`);
        await change.appendMessage("message.updated", userId, id);
      }
      isDone = mentioned.length === 0;
    });
    if (!(await hasMentions(core, userId, room.id))) return true;
    if (!(await goOn())) return false;
  }
  return true;
}

async function hasMentions({ sql: query }: Core, userId: number, roomId: number): Promise<boolean> {
  const [row] = await query`select 1 from mentions where user_id = ${userId} and room_id = ${roomId} limit 1`;
  return row !== undefined;
}

async function removeReactions({ core, userId, goOn }: Purge, room: Room): Promise<boolean> {
  for (let after = 0; ; ) {
    const theirs = await core.sql<{ id: number }[]>`
      select distinct event_id as id from reactions
      where room_id = ${room.id} and event_id > ${after} and user_id = ${userId} order by event_id limit ${CHANGES}`;
    if (theirs.length === 0) return true;
    await inRoom(core, userId, room, async (change) => {
      for (const { id } of theirs) await removeReactionsTo(change, userId, id);
    });
    after = theirs.at(-1)!.id;
    if (!(await goOn())) return false;
  }
}

async function removeReactionsTo(change: RoomTransaction, userId: number, messageId: number) {
  const { tx, room } = change;
  const removed = await tx.execute<{ emoji: string }>(sql`
    delete from reactions where room_id = ${room.id} and event_id = ${messageId} and user_id = ${userId} returning emoji`);
  for (const { emoji } of removed) {
    const [row] = await tx.execute<{ count: number | null }>(sql`
      update events e set data = nullif((e.data - 'reactions') || coalesce((
          select jsonb_build_object('reactions', jsonb_agg(
            case when x.reaction ->> 'emoji' = ${emoji}
              then x.reaction || jsonb_build_object('count', (x.reaction ->> 'count')::bigint - 1) else x.reaction end order by x.n))
          from jsonb_array_elements(e.data -> 'reactions') with ordinality x (reaction, n)
          where x.reaction ->> 'emoji' <> ${emoji} or (x.reaction ->> 'count')::bigint > 1
          having count(*) > 0), '{}'), '{}')
      where e.id = ${messageId}
      returning (
        select (x ->> 'count')::int from jsonb_array_elements(e.data -> 'reactions') x where x ->> 'emoji' = ${emoji}) as count`);
    const of = room.kind === "direct" ? { conversation_id: room.id } : { group_id: room.id };
    const data = { ...of, message_id: messageId, user_id: userId, emoji, count: row?.count ?? 0 };
    await change.append({ kind: "reaction.removed", actorId: userId, data });
  }
  // The author's inbox shows the newest that is left, or nothing.
  await tx.execute(sql`
    with newest as (
      select r.user_id, r.seq, e.id from reactions r
      join events e on e.room_id = r.room_id and e.seq = r.seq
      where r.room_id = ${room.id} and r.event_id = ${messageId}
        and r.user_id <> (select m.actor_id from events m where m.id = ${messageId})
      order by r.seq desc limit 1)
    update mentions m set actor_id = n.user_id, seq = n.seq, reaction_id = n.id from newest n
    where m.room_id = ${room.id} and m.event_id = ${messageId} and m.kind = 'reaction' and m.actor_id = ${userId}`);
  await tx.execute(sql`
    delete from mentions where room_id = ${room.id} and event_id = ${messageId} and kind = 'reaction' and actor_id = ${userId}`);
}
