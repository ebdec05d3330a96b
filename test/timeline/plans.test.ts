// The statements of the write path keep the plan that a connection made first, perhaps while the tables were empty. Whatever it
// was, a write must not read more as the tables grow: counted in rows that PostgreSQL read, so that no clock is needed.
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { ReservedSql } from "postgres";
import type { SqlClient } from "../../src/db/client.ts";
import { appendMessages, type NewMessage, UNLINKED } from "../../src/timeline/append.ts";
import { appendChanges, type MessageChange } from "../../src/timeline/append-changes.ts";
import { appendReactions, type ReactionChange } from "../../src/timeline/append-reactions.ts";
import { startServer, type TestServer } from "../support/harness.ts";

const MANY = 3_000;
// The rows that a single write is about, a few times over.
const FEW = 40;

let server: TestServer;
/** Has planned everything while nothing was stored. */
let early: ReservedSql;

const SENDER = 1;
const PEER = 2;
const CONVERSATION = 1;
const GROUP = 2;

beforeAll(async () => {
  server = await startServer({ logLevel: "silent" });
  const { sql } = server.core;
  // The worst moment to plan: PostgreSQL knows for sure that there is nothing.
  await sql`vacuum (analyze)`;
  early = await sql.reserve();
  for (const write of Object.values(writes)) await write();
  await sql`alter table events set (autovacuum_enabled = off)`;
  const filler = await sql.reserve();
  await fill(filler as unknown as SqlClient);
  // A connection reports what it read about once a second; it must not be counted with what is measured.
  await filler`select pg_stat_force_next_flush()`;
  filler.release();
});
afterAll(async () => {
  early.release();
  await server.close();
});

/** One large conversation and one large group among many others, and people who block many and are blocked by many. */
async function fill(sql: SqlClient) {
  await sql`insert into users (username, username_key, email, email_key, password_hash)
    select 'user' || n, 'user' || n, 'user' || n, 'user' || n, '' from generate_series(1, ${MANY}::int) n`;
  await sql`insert into rooms (kind, last_seq) select case n when ${GROUP} then 'group' else 'direct' end, ${MANY}::int
    from generate_series(1, ${MANY}::int) n`;
  await sql`insert into conversations (room_id, user_low, user_high)
    select n, case n when ${CONVERSATION} then ${SENDER} else n - 1 end, case n when ${CONVERSATION} then ${PEER} else n end
    from generate_series(1, ${MANY}::int) n where n <> ${GROUP}`;
  await sql`insert into members (room_id, user_id, read_seq, delivered_seq)
    select room_id, user_id, ${MANY - 5}::int, ${MANY - 5}::int from (
      select room_id, user_low as user_id from conversations union all select room_id, user_high from conversations
      union all select ${GROUP}, n from generate_series(1, ${MANY}::int) n) m`;
  await sql`insert into blocks (blocker_id, blocked_id)
    select ${SENDER}, n from generate_series(10, ${MANY}::int) n union all select n, ${PEER} from generate_series(10, ${MANY}::int) n
    union all select n, ${SENDER} from generate_series(10, ${MANY}::int) n union all select ${PEER}, n from generate_series(10, ${MANY}::int) n`;
  await sql`insert into events (room_id, seq, kind, actor_id, body, client_id)
    select room_id, n, 'message', ${SENDER}, 'hello', gen_random_uuid()
    from generate_series(1, ${MANY}::int) n, unnest(array[${CONVERSATION}::int, ${GROUP}::int]) room_id`;
  await sql`insert into search (event_id, room_id, words)
    select n, case n % 2 when 1 then ${CONVERSATION}::int else ${GROUP}::int end, 'hello' from generate_series(1, ${2 * MANY}::int) n`;
  // What messages have besides their text, of all of them but the last ones.
  await sql`insert into mentions (room_id, event_id, user_id, seq, actor_id, kind)
    select ${GROUP}, 2 * n, ${PEER}, n, ${SENDER}, 'mention' from generate_series(1, ${MANY - 10}::int) n`;
  await sql`insert into reactions (room_id, event_id, emoji, user_id, seq, created_at)
    select ${GROUP}, 2 * n, '👍', ${PEER}, n, now() from generate_series(1, ${MANY - 10}::int) n`;
  await sql`insert into file_uses (room_id, event_id, file_id) select ${GROUP}, 2 * n, n from generate_series(1, ${MANY - 10}::int) n`;
}

const append = (more: Partial<NewMessage>) => {
  const message = { senderId: SENDER, senderName: "", body: "hello", clientId: crypto.randomUUID() };
  const recipient = more.kind === "direct" ? { id: PEER, isReached: true } : null;
  const whole = { roomId: CONVERSATION, kind: "direct", ...message, ...more } as NewMessage;
  return appendMessages(early as unknown as SqlClient, [whole], () => recipient);
};
/** Of one message in the middle; while nothing is stored, of none. */
const change = (kind: MessageChange["kind"], of: "direct" | "group", search = false) =>
  appendChanges(
    early as unknown as SqlClient,
    [
      {
        kind,
        room: { id: of === "direct" ? CONVERSATION : GROUP, kind: of },
        userId: SENDER,
        // (The fill stores a message of each room in turn.)
        messageId: MANY + (of === "direct" ? 1 : 2),
        body: crypto.randomUUID(),
      } as MessageChange,
    ],
    UNLINKED,
    null,
    search,
  );
const react = (kind: ReactionChange["kind"]) =>
  appendReactions(
    early as unknown as SqlClient,
    [{ kind, room: { id: GROUP, kind: "group" }, userId: SENDER, messageId: 2 * MANY - 2, emoji: "👍" }],
    UNLINKED,
    null,
  );
const MENTION = { entities: [{ type: "mention" as const, offset: 0, length: 5, user_id: PEER }] };
const read = (room: number, kind: string, messageId: number | null) =>
  early`select outcome from mark_read_4(${[room]}::bigint[], ${[kind]}::text[], ${[PEER]}::bigint[], ${[messageId]}::bigint[])`;

const writes: Record<string, () => Promise<unknown>> = {
  "a direct message": () => append({ kind: "direct" }),
  "a group message": () => append({ kind: "group", roomId: GROUP }),
  "a group message that mentions somebody and replies": () =>
    append({ kind: "group", roomId: GROUP, data: { ...MENTION, reply_to: 2 * MANY - 2 } }),
  "a reaction": () => react("reaction.added"),
  "a reaction that is taken back": () => react("reaction.removed"),
  "an edit of a direct message": () => change("message.updated", "direct"),
  "a deletion of a group message": () => change("message.deleted", "group"),
  "a deletion of a direct message that is searched": () => change("message.deleted", "direct", true),
  "reading a conversation to its newest message": () => read(CONVERSATION, "direct", null),
  "reading a group to one message": () => read(GROUP, "group", 2 * MANY - 1),
  "reading up to a message that is elsewhere": () => read(CONVERSATION, "direct", 2 * MANY),
  "coming online": () => early`select * from mark_delivered_1(${[PEER]}::bigint[], ${[null]}::bigint[])`,
  "being reached in one room": () => early`select * from mark_delivered_1(${[PEER]}::bigint[], ${[GROUP]}::bigint[])`,
};

/** Rows, and entries of indexes, that were read so far in each table and index. */
async function rowsRead(): Promise<Map<string, number>> {
  await early`select pg_stat_force_next_flush()`;
  const rows = await server.core.sql<{ name: string; count: number }[]>`
    select relname as name, seq_tup_read as count from pg_stat_user_tables
    union all select indexrelname, idx_tup_read from pg_stat_user_indexes`;
  return new Map(rows.map(({ name, count }) => [name, count]));
}

for (const [name, write] of Object.entries(writes)) {
  test(`${name} reads no more rows when many are stored`, async () => {
    const before = await rowsRead();
    await write();
    const after = await rowsRead();
    const many = [...after]
      .map(([of, count]) => [of, count - before.get(of)!] as const)
      .filter(([, count]) => count > FEW);
    expect(Object.fromEntries(many)).toEqual({});
  });
}
