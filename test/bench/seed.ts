// People, rooms and messages written straight into the database: thousands of them over HTTP would take longer than what is
// measured. Everything is as the server itself would have written it.
import type { SqlClient } from "../../src/db/client.ts";
import type { Person, Store } from "./subjects.ts";

// As cheap as argon2 goes: nobody logs in with it.
const HASH = { algorithm: "argon2id", memoryCost: 8, timeCost: 1 } as const;
// As many as the pool has connections.
const LOGINS_AT_ONCE = 10;

// A few seconds a statement.
const ROWS_AT_ONCE = 250_000;
const BODY = "Shall we meet at seven at the station, or is that too early?";

let batches = 0;

/** So many people, each with a session. */
export async function makePeople(store: Store, count: number): Promise<Person[]> {
  const { sql } = await store.open();
  const name = `bench${++batches}_`;
  const hash = await Bun.password.hash("StrongPassword123", HASH);
  const rows = await sql<{ id: number }[]>`
    insert into users (username, username_key, email, email_key, password_hash)
    select n, n, n || '@example.com', n || '@example.com', ${hash} from
      (select ${name} || i as n from generate_series(1, ${count}::int) i) names
    returning id`;
  const sessions = await store.sessions();
  const people: Person[] = [];
  const logIn = async () => {
    for (let row = rows.pop(); row; row = rows.pop()) {
      const session = await sessions.create(row.id, "bench");
      people.push({ id: row.id, token: session.token });
    }
  };
  await Promise.all(Array.from({ length: LOGINS_AT_ONCE }, logIn));
  return people.sort((a, b) => a.id - b.id);
}

/** A conversation for each pair; answers their ids in the same order. */
export async function makeConversations(store: Store, pairs: [Person, Person][]): Promise<number[]> {
  const { sql } = await store.open();
  const ids = await makeRooms(sql, "direct", pairs.length);
  const low = pairs.map(([a, b]) => Math.min(a.id, b.id));
  const high = pairs.map(([a, b]) => Math.max(a.id, b.id));
  await sql`
    insert into conversations (room_id, user_low, user_high)
    select * from unnest(${ids}::bigint[], ${low}::bigint[], ${high}::bigint[])`;
  await addMembers(sql, [...ids, ...ids], [...low, ...high], "member");
  return ids;
}

/** Conversations of each with their neighbours in a ring, so that everybody has so many (an even number). */
export async function makeRing(store: Store, people: Person[], each: number): Promise<Map<Person, number[]>> {
  const pairs = people.flatMap((person, index) =>
    Array.from({ length: each / 2 }, (_, step): [Person, Person] => [
      person,
      people[(index + step + 1) % people.length]!,
    ]),
  );
  const ids = await makeConversations(store, pairs);
  const rooms = new Map(people.map((person): [Person, number[]] => [person, []]));
  for (const [index, pair] of pairs.entries()) for (const person of pair) rooms.get(person)!.push(ids[index]!);
  return rooms;
}

/** Groups of these people, the first of each its owner; answers their ids in the same order. */
export async function makeGroups(store: Store, groups: Person[][]): Promise<number[]> {
  const { sql } = await store.open();
  const ids = await makeRooms(sql, "group", groups.length);
  const owners = groups.map(([owner]) => owner!.id);
  await sql`
    insert into groups (room_id, name, owner_id)
    select id, 'Group ' || id, owner from unnest(${ids}::bigint[], ${owners}::bigint[]) as g (id, owner)`;
  await addMembers(sql, ids, owners, "owner");
  const others = groups.flatMap(([, ...rest], index) => rest.map(({ id }) => [ids[index]!, id] as const));
  await addMembers(
    sql,
    others.map(([room]) => room),
    others.map(([, user]) => user),
    "member",
  );
  return ids;
}

async function makeRooms(sql: SqlClient, kind: "direct" | "group", count: number): Promise<number[]> {
  const rows = await sql<{ id: number }[]>`
    insert into rooms (kind) select ${kind} from generate_series(1, ${count}::int) returning id`;
  return rows.map(({ id }) => id).sort((a, b) => a - b);
}

async function addMembers(sql: SqlClient, roomIds: number[], userIds: number[], role: string) {
  await sql`
    insert into members (room_id, user_id, role)
    select room_id, user_id, ${role} from unnest(${roomIds}::bigint[], ${userIds}::bigint[]) as m (room_id, user_id)`;
}

/**
 * So many messages in each of these conversations, which must be empty, both sides writing in turn. The rooms take turns too, as
 * they do in life: a room's messages lie far apart on disk. The server must not know the rooms yet.
 */
export async function storeMessages(store: Store, conversationIds: number[], each: number) {
  const { sql } = await store.open();
  const step = Math.max(1, Math.floor(ROWS_AT_ONCE / conversationIds.length));
  for (let from = 1; from <= each; from += step) {
    const to = Math.min(from + step - 1, each);
    await sql`
      insert into events (room_id, seq, kind, actor_id, body, client_id, created_at, delivered_at)
      select room_id, seq, 'message', case seq % 2 when 0 then user_low else user_high end, ${BODY}, gen_random_uuid(), at, at
      from generate_series(${from}::int, ${to}::int) seq
      cross join conversations
      cross join lateral (select now() - (${each}::int - seq) * interval '1 second' as at) moment
      where room_id = any (${conversationIds}::bigint[])
      order by seq, room_id`;
  }
  await sql`
    update rooms set last_seq = ${each}::int, last_event_at = now() where id = any (${conversationIds}::bigint[])`;
}

/** Statistics and clean pages, as a server that has been up for a while has them. */
export async function settleDatabase(store: Store) {
  const { sql } = await store.open();
  await sql`vacuum analyze`;
  await sql`checkpoint`.catch(() => {}); // Only for those who may.
}
