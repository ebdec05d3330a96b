// Everything that is somebody's, as one JSON document that is written while it is read: page by page, by keys, so that a million
// messages take no more memory than one page. Loaded by the first one who asks.
import { and, asc, eq, gt, or, sql } from "drizzle-orm";
import type { Core } from "../../core.ts";
import { isBannedIn } from "../../db/bans.ts";
import {
  auditLog,
  blocks,
  files,
  friendRequests,
  friends,
  groups,
  identities,
  invites,
  inviteUses,
  mailTokens,
  members,
  passkeys,
  reports,
  tokens,
  totp,
  users,
} from "../../db/schema.ts";
import { isoFromMillis, isoFromPg } from "../../lib/time.ts";
import type { RoomKind } from "../../protocol/rooms.ts";
import type { Session } from "../../sessions/sessions.ts";
import { toAccount } from "../accounts/account.ts";
import { privacyOf } from "../users/policy.ts";

const PAGE = 500;
/** Of messages, as long as they may be, some hundred kilobytes: as much as a slow reader keeps in memory. */
const MESSAGES_PAGE = 100;
/** Events of a room looked through at a time, whoever's they are. */
const STRETCH = 5_000;

type Pages = AsyncIterable<readonly unknown[]>;
type Section = (core: Core, userId: number) => Pages;

/** Rows by their ids, a page at a time. */
async function* byId<Row extends { id: number }>(read: (after: number) => Promise<Row[]>): AsyncGenerator<Row[]> {
  for (let after = 0; ; ) {
    const rows = await read(after);
    yield rows;
    if (rows.length < PAGE) return;
    after = rows.at(-1)!.id;
  }
}

/** What few have many of. */
async function* all<Row>(read: PromiseLike<Row[]>): AsyncGenerator<Row[]> {
  yield await read;
}

/** The lists of the document, in its order. */
const SECTIONS: Record<string, Section> = {
  identities: ({ db }, userId) =>
    all(
      db
        .select({
          issuer: identities.issuer,
          subject: identities.subject,
          created_at: identities.createdAt,
          // What its tokens have said, and the groups that they have led into.
          profile: identities.profile,
          groups: identities.groups,
        })
        .from(identities)
        .where(eq(identities.userId, userId)),
    ),
  authenticator_apps: ({ db }, userId) =>
    all(
      db.select({ created_at: totp.createdAt, enabled_at: totp.enabledAt }).from(totp).where(eq(totp.userId, userId)),
    ),
  passkeys: ({ db }, userId) =>
    all(
      db
        .select({
          name: passkeys.name,
          is_synced: passkeys.isSynced,
          created_at: passkeys.createdAt,
          last_used_at: passkeys.lastUsedAt,
        })
        .from(passkeys)
        .where(eq(passkeys.userId, userId)),
    ),
  // API keys and tokens of issuers as well.
  sessions: ({ db }, userId) =>
    byId((after) =>
      db
        .select({
          id: tokens.id,
          kind: tokens.kind,
          device: tokens.device,
          address: tokens.address,
          created_at: tokens.createdAt,
          last_used_at: tokens.lastUsedAt,
          expires_at: tokens.expiresAt,
        })
        .from(tokens)
        .where(and(eq(tokens.userId, userId), gt(tokens.id, after)))
        .orderBy(asc(tokens.id))
        .limit(PAGE),
    ),
  mail_links: ({ db }, userId) =>
    all(
      db
        .select({ purpose: mailTokens.purpose, email: mailTokens.email, expires_at: mailTokens.expiresAt })
        .from(mailTokens)
        .where(eq(mailTokens.userId, userId)),
    ),
  bots: ({ db }, userId) =>
    byId((after) =>
      db
        .select({ id: users.id, username: users.username, created_at: users.createdAt })
        .from(users)
        .where(and(eq(users.ownerId, userId), gt(users.id, after)))
        .orderBy(asc(users.id))
        .limit(PAGE),
    ),
  friends: ({ db }, userId) =>
    byId((after) =>
      db
        .select({ id: users.id, username: users.username, friends_since: friends.createdAt })
        .from(friends)
        .innerJoin(users, eq(users.id, friends.friendId))
        .where(and(eq(friends.userId, userId), gt(friends.friendId, after)))
        .orderBy(asc(friends.friendId))
        .limit(PAGE),
    ),
  friend_requests: ({ db }, userId) =>
    byId((after) =>
      db
        .select({
          id: friendRequests.id,
          sender_id: friendRequests.senderId,
          receiver_id: friendRequests.receiverId,
          status: friendRequests.status,
          created_at: friendRequests.createdAt,
          answered_at: friendRequests.answeredAt,
        })
        .from(friendRequests)
        .where(
          and(
            or(eq(friendRequests.senderId, userId), eq(friendRequests.receiverId, userId)),
            gt(friendRequests.id, after),
          ),
        )
        .orderBy(asc(friendRequests.id))
        .limit(PAGE),
    ),
  blocks: ({ db }, userId) =>
    byId((after) =>
      db
        .select({ id: users.id, username: users.username, blocked_at: blocks.createdAt })
        .from(blocks)
        .innerJoin(users, eq(users.id, blocks.blockedId))
        .where(and(eq(blocks.blockerId, userId), gt(blocks.blockedId, after)))
        .orderBy(asc(blocks.blockedId))
        .limit(PAGE),
    ),
  conversations: ({ sql: query }, userId) =>
    byId((after) =>
      query<{ id: number }[]>`
      select m.room_id as id, u.id as peer_id, u.username as peer_username, m.joined_at, m.read_seq
      from members m join conversations c on c.room_id = m.room_id
      join users u on u.id = case c.user_low when ${userId} then c.user_high else c.user_low end
      where m.user_id = ${userId} and m.room_id > ${after} order by m.room_id limit ${PAGE}`.then(withTimes),
    ),
  groups: ({ db }, userId) =>
    byId((after) =>
      db
        .select({
          id: groups.roomId,
          name: groups.name,
          role: members.role,
          joined_at: members.joinedAt,
          muted_until: members.mutedUntil,
          read_seq: members.readSeq,
        })
        .from(members)
        .innerJoin(groups, eq(groups.roomId, members.roomId))
        .where(and(eq(members.userId, userId), gt(members.roomId, after)))
        .orderBy(asc(members.roomId))
        .limit(PAGE),
    ),
  former_groups: ({ sql: query }, userId) =>
    byId(
      // Of a private group no name that it has got since.
      (after) => query<{ id: number; name: string | null }[]>`
      select g.room_id as id, case when not g.is_private or not exists (
          select from events e where e.room_id = f.room_id and e.kind = 'group.updated' and e.data -> 'changes' ? 'name' and e.seq > (
            select max(l.seq) from events l where l.room_id = f.room_id and l.kind not in ('message', 'message.updated', 'message.deleted')
              and l.kind like 'member.%' and (l.data ->> 'user_id')::bigint = f.user_id)
        ) then g.name end as name
      from former_members f join groups g on g.room_id = f.room_id
      where f.user_id = ${userId} and f.room_id > ${after}
        and not exists (select 1 from members m where m.room_id = f.room_id and m.user_id = f.user_id)
      order by f.room_id limit ${PAGE}`,
    ),
  invites: ({ db }, userId) =>
    byId((after) =>
      db
        .select({
          id: invites.id,
          group_id: invites.roomId,
          created_at: invites.createdAt,
          expires_at: invites.expiresAt,
          max_uses: invites.maxUses,
          uses: invites.uses,
        })
        .from(invites)
        .where(and(eq(invites.creatorId, userId), gt(invites.id, after)))
        .orderBy(asc(invites.id))
        .limit(PAGE),
    ),
  invites_used: ({ db }, userId) =>
    all(
      db
        .select({ invite_id: inviteUses.inviteId, used_at: inviteUses.createdAt })
        .from(inviteUses)
        .where(eq(inviteUses.userId, userId)),
    ),
  files: ({ db }, userId) =>
    byId((after) =>
      db
        .select({
          id: files.id,
          name: files.name,
          kind: files.kind,
          mime: files.mime,
          size: files.size,
          state: files.state,
          created_at: files.createdAt,
          content: sql<string>`'/files/' || ${files.id} || '/content'`,
        })
        .from(files)
        .where(and(eq(files.ownerId, userId), gt(files.id, after), sql`${files.state} <> 'deleted'`))
        .orderBy(asc(files.id))
        .limit(PAGE),
    ),
  // Not the copy of the message: that is somebody else's.
  reports: ({ db }, userId) =>
    byId((after) =>
      db
        .select({
          id: reports.id,
          kind: reports.kind,
          message_id: reports.messageId,
          user_id: reports.userId,
          room_id: reports.roomId,
          reason: reports.reason,
          comment: reports.comment,
          created_at: reports.createdAt,
        })
        .from(reports)
        .where(and(eq(reports.reporterId, userId), gt(reports.id, after)))
        .orderBy(asc(reports.id))
        .limit(PAGE),
    ),
  // What others did to them is a decision of others.
  security_events: ({ db }, userId) =>
    byId((after) =>
      db
        .select({ id: auditLog.id, at: auditLog.at, event: auditLog.event, address: auditLog.address })
        .from(auditLog)
        .where(and(eq(auditLog.actorId, userId), gt(auditLog.id, after)))
        .orderBy(asc(auditLog.id))
        .limit(PAGE),
    ),
  reactions: reactionsOf,
  messages: messagesOf,
};

export const EXPORTED_LISTS = Object.keys(SECTIONS);

/** The document, in pieces. It ends early, and so is no JSON, when the session does: whoever it is for has gone. */
export async function* exportDocument(core: Core, session: Session): AsyncGenerator<string> {
  const { userId } = session;
  const [user] = await core.db.select().from(users).where(eq(users.id, userId));
  const about = {
    exported_at: isoFromMillis(Date.now()),
    account: { ...toAccount(user!), last_seen_at: user!.lastSeenAt, ...(user!.role !== null && { role: user!.role }) },
    privacy: privacyOf(user!.settings),
  };
  yield JSON.stringify(about).slice(0, -1);
  for (const [name, section] of Object.entries(SECTIONS)) {
    yield `,\n"${name}":[`;
    let separator = "\n";
    for await (const rows of section(core, userId)) {
      await requireSession(core, session);
      // White space where nothing was found, so that nobody takes the connection for dead.
      yield rows.length === 0 ? "\n" : separator + rows.map((row) => JSON.stringify(row)).join(",\n");
      if (rows.length > 0) separator = ",\n";
    }
    yield "\n]";
  }
  yield "\n}\n";
}

async function requireSession({ sql: query }: Core, { id }: Session) {
  const [valid] = await query`
    select 1 from tokens t join users u on u.id = t.user_id
    where t.id = ${id} and t.kind <> 'ended' and t.expires_at > now() and not ${isBannedIn(query, "u")} and u.deleted_at is null`;
  if (!valid) throw new Error("the session has ended");
}

interface Room {
  id: number;
  kind: RoomKind;
}

/** Every room that something of theirs may stand in, also those that they have left. */
const roomsOf = ({ sql: query }: Core, userId: number) =>
  byId(
    (after) => query<Room[]>`
    select r.id, r.kind from rooms r
    where r.id > ${after} and r.id in (
      select room_id from members where user_id = ${userId} union select room_id from former_members where user_id = ${userId})
    order by r.id limit ${PAGE}`,
  );

const roomField = ({ id, kind }: Room) => (kind === "direct" ? { conversation_id: id } : { group_id: id });

async function* reactionsOf(core: Core, userId: number): Pages & AsyncGenerator<object[]> {
  for await (const rooms of roomsOf(core, userId)) {
    for (const room of rooms) {
      for await (const rows of byId(
        (after) => core.sql<{ id: number; emojis: string[]; created_at: string }[]>`
        select event_id as id, array_agg(emoji) as emojis, max(created_at)::text as created_at from reactions
        where room_id = ${room.id} and event_id > ${after} and user_id = ${userId}
        group by event_id order by event_id limit ${PAGE}`,
      ))
        yield withTimes(rows).map(({ id, ...row }) => ({ ...roomField(room), message_id: id, ...row }));
    }
  }
}

interface StoredMessage {
  id: number;
  seq: number;
  body: string | null;
  data: { entities?: unknown; reply_to?: unknown; attachments?: unknown } | null;
  created_at: string;
  edited_at: string | null;
  deleted_at: string | null;
}

/** Room by room, each in order. */
async function* messagesOf(core: Core, userId: number): AsyncGenerator<object[]> {
  for await (const rooms of roomsOf(core, userId)) {
    for (const room of rooms) {
      for (let after = 0; ; ) {
        const [stretch] = await core.sql<{ last: number | null }[]>`
          select max(seq) as last from (
            select seq from events where room_id = ${room.id} and seq > ${after} order by seq limit ${STRETCH}) s`;
        const { last } = stretch!;
        if (last === null) break;
        for (let from = after; from < last; ) {
          const rows = await core.sql<StoredMessage[]>`
            select id, seq, body, data, created_at::text, edited_at::text, deleted_at::text from events
            where room_id = ${room.id} and seq > ${from} and seq <= ${last} and actor_id = ${userId} and kind = 'message'
            order by seq limit ${MESSAGES_PAGE}`;
          yield withTimes(rows).map((row) => toExported(room, row));
          from = rows.length < MESSAGES_PAGE ? last : rows.at(-1)!.seq;
        }
        after = last;
      }
    }
  }
}

const toExported = (room: Room, { id, seq, body, data, ...times }: StoredMessage) => ({
  id,
  ...roomField(room),
  seq,
  body: body ?? "",
  ...(data?.entities !== undefined && { entities: data.entities }),
  ...(data?.reply_to !== undefined && { reply_to: data.reply_to }),
  ...(data?.attachments !== undefined && { attachments: data.attachments }),
  ...times,
});

/** The rows with the wire's form in fields of times, which are PostgreSQL's text. */
const withTimes = <Row extends object>(rows: readonly Row[]): Row[] =>
  rows.map(
    (row) =>
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => [
          name,
          name.endsWith("_at") && typeof value === "string" ? isoFromPg(value) : value,
        ]),
      ) as Row,
  );
