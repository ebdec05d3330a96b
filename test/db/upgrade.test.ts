// A database of every earlier schema, with people and messages in it, is brought up to date by the start of this version; and what a
// server of an earlier version calls stays there while that one may still run.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { drizzle } from "drizzle-orm/postgres-js";
import { migrate } from "drizzle-orm/postgres-js/migrator";
import { type DatabaseTarget, openDatabase, prepareDatabase } from "../../src/db/client.ts";
import { readFunctionState, updateFunctions } from "../../src/db/functions.ts";
import journal from "../../src/db/migrations/meta/_journal.json";
import { createDatabase, dropDatabase } from "../support/cluster.ts";
import { newPair, PASSWORD, startServer, type TestServer } from "../support/harness.ts";
import { findCluster } from "../support/setup.ts";

const MIGRATIONS = join(import.meta.dir, "../../src/db/migrations");
const HASH = await Bun.password.hash(PASSWORD, { algorithm: "argon2id", memoryCost: 8, timeCost: 1 });

/** An empty database of its own. */
async function emptyDatabase(name: string) {
  const cluster = await findCluster();
  const target = await createDatabase({ ...cluster, template: "template0" }, name);
  return { target, drop: () => dropDatabase(cluster.admin, name) };
}

/** Applies those of the first `count` migrations that have not been applied. */
async function migrateTo(target: DatabaseTarget, count: number) {
  const folder = await mkdtemp(join(tmpdir(), "migrations-"));
  await cp(MIGRATIONS, folder, { recursive: true });
  await Bun.write(
    join(folder, "meta/_journal.json"),
    JSON.stringify({ ...journal, entries: journal.entries.slice(0, count) }),
  );
  const { sql } = openDatabase(target);
  await migrate(drizzle(sql), { migrationsFolder: folder });
  await sql.end();
  await rm(folder, { recursive: true });
}

interface Filled {
  name: string;
  conversationId: number;
  groupId: number;
  eventId: number;
}

/** Two people with a conversation, and a group of one of them, in columns that every version has had. */
async function fill(target: DatabaseTarget, suffix: string): Promise<Filled> {
  const { sql } = openDatabase(target);
  const people: number[] = [];
  for (const name of [`ali${suffix}`, `veli${suffix}`]) {
    const [row] = await sql`insert into users (username, username_key, email, email_key, password_hash)
      values (${name}, ${name}, ${`${name}@example.com`}, ${`${name}@example.com`}, ${HASH}) returning id`;
    people.push(row!.id);
  }
  const [ali, veli] = people as [number, number];
  const [room, group] = await sql`insert into rooms (kind, last_seq) values ('direct', 2), ('group', 0) returning id`;
  await sql`insert into conversations (room_id, user_low, user_high) values (${room!.id}, ${ali}, ${veli})`;
  await sql`insert into groups (room_id, name, owner_id) values (${group!.id}, 'Weekend', ${ali})`;
  await sql`insert into members (room_id, user_id, role)
    values (${room!.id}, ${ali}, 'member'), (${room!.id}, ${veli}, 'member'), (${group!.id}, ${ali}, 'owner')`;
  const [event] = await sql`insert into events (room_id, seq, kind, actor_id, body) values
    (${room!.id}, 1, 'message', ${ali}, 'hello'), (${room!.id}, 2, 'message', ${veli}, 'hi') returning id`;
  await sql.end();
  return { name: `ali${suffix}`, conversationId: room!.id, groupId: group!.id, eventId: event!.id };
}

/** That what was filled in is read, written and edited. */
async function expectAlive(server: TestServer, { name, conversationId, groupId, eventId }: Filled) {
  const { body } = await server.call("POST", "/login", { username: name, password: PASSWORD });
  const call = (method: string, path: string, content?: object) =>
    server.call(method, path, content, { authorization: `Bearer ${body.access_token}` });
  const path = `/messages/${conversationId}`;
  expect((await call("POST", path, { body: "new" })).body.data).toMatchObject({ seq: 3, body: "new" });
  expect((await call("PUT", `${path}/${eventId}`, { body: "hello!" })).status).toBe(200);
  expect((await call("POST", `/groups/${groupId}/messages`, { body: "Where to?" })).body.data.seq).toBe(1);
  const history = (await call("GET", path)).body.data;
  expect(history.map((message: { body: string }) => message.body)).toEqual(["hello!", "hi", "new"]);
  const [group] = (await call("GET", "/groups")).body.data;
  expect(group).toMatchObject({ name: "Weekend", role: "owner", member_count: 1 });
}

describe("people and messages of", () => {
  const filled = new Map<string, Filled>();
  let database: Awaited<ReturnType<typeof emptyDatabase>>;
  let server: TestServer;
  // One database that has seen every version, as the oldest ones have.
  beforeAll(async () => {
    database = await emptyDatabase(`upgrade_${process.pid}`);
    for (const [i, { tag }] of journal.entries.entries()) {
      await migrateTo(database.target, i + 1);
      filled.set(tag, await fill(database.target, `_${i}`));
    }
    await prepareDatabase(database.target);
    server = await startServer({}, database.target);
  });
  afterAll(async () => {
    await server.close();
    await database.drop();
  });

  test.each(journal.entries.map(({ tag }) => tag))(
    "migration %s are read, written and edited after an upgrade",
    (tag) => expectAlive(server, filled.get(tag)!),
  );
});

test.each([1, Math.floor(journal.entries.length / 2), journal.entries.length - 1])(
  "a database of the first %i migrations is brought up to date by a start",
  async (count) => {
    const database = await emptyDatabase(`upgrade_${count}_${process.pid}`);
    await migrateTo(database.target, count);
    const old = await fill(database.target, "");
    await prepareDatabase(database.target);
    const server = await startServer({}, database.target);
    await expectAlive(server, old);
    await server.close();
    await database.drop();
  },
);

test("a server of an earlier version goes on sending, reading and being reached", async () => {
  const server = await startServer();
  const { ali, veli, conversationId } = await newPair(server);
  const { sql } = server.core;
  const ids = (id: number) => sql.typed([String(id)] as never, 1016);
  const append = (name: "append_messages" | "append_messages_2", body: string) => sql`
    select unstored, ids::text[], seqs::text[] from ${sql(name)}(null, 'alone', ${ids(conversationId)}::bigint[], '{1}'::int[],
      ${ids(conversationId)}::bigint[], '{direct}'::text[], ${ids(ali.id)}::bigint[], '{f}'::boolean[], '{1}'::int[], '{1}'::int[],
      ${sql.array([body])}::text[], ${sql.array([crypto.randomUUID()])}::uuid[])`;
  expect(await append("append_messages", "from the version before last")).toMatchObject([
    { unstored: null, seqs: ["1"] },
  ]);
  expect(await append("append_messages_2", "from the last version")).toMatchObject([{ unstored: null, seqs: ["2"] }]);
  expect((await ali.post(`/messages/${conversationId}`, { body: "from this one" })).body.data.seq).toBe(3);
  const read = (name: "mark_read" | "mark_read_2") => sql`
    select outcome from ${sql(name)}(${ids(conversationId)}::bigint[], '{direct}'::text[], ${ids(veli.id)}::bigint[], '{null}'::bigint[])`;
  expect(await read("mark_read")).toMatchObject([{ outcome: "moved" }]);
  expect(await read("mark_read_2")).toMatchObject([{ outcome: "same" }]);
  expect(await sql`select * from mark_delivered(${ids(veli.id)}::bigint[], '{null}'::bigint[])`).toHaveLength(0);
  await server.close();
});

describe("a database that a newer version has migrated", () => {
  const newest = Math.max(...journal.entries.map(({ when }) => when));

  /** As the newer version leaves it: `oldest` is the migration that a server must know at least. */
  async function migratedByNewer(oldest: number | null) {
    const database = await emptyDatabase(`newer_${oldest ?? "unknown"}_${process.pid}`);
    await prepareDatabase(database.target);
    const { sql } = openDatabase(database.target);
    await sql`insert into drizzle.__drizzle_migrations (hash, created_at) values ('of a newer version', ${newest + 1})`;
    if (oldest === null) await sql`delete from compatibility`;
    else await sql`update compatibility set oldest_migration = ${oldest}`;
    return {
      target: database.target,
      oldestNow: async () => (await sql`select oldest_migration from compatibility`)[0]?.oldest_migration,
      async drop() {
        await sql.end();
        await database.drop();
      },
    };
  }

  test("is served by a version that the newer one allows beside it, which leaves its demand as it is", async () => {
    const database = await migratedByNewer(newest);
    await prepareDatabase(database.target);
    const server = await startServer({}, database.target);
    const { ali, conversationId } = await newPair(server);
    expect((await ali.post(`/messages/${conversationId}`, { body: "hello" })).status).toBe(201);
    // Also where it has something to create.
    await server.core.sql`drop function confirm_epoch_1`;
    await server.close();
    await prepareDatabase(database.target);
    expect(await database.oldestNow()).toBe(newest);
    await database.drop();
  });

  test.each([
    ["demands a later one", newest + 1],
    ["does not say", null],
  ])("is refused in one sentence by a version when the newer one %s", async (_, oldest) => {
    const database = await migratedByNewer(oldest);
    expect(prepareDatabase(database.target)).rejects.toThrow(
      /^The database was last used by a newer version of this server, beside which [^\n]+\.$/,
    );
    await prepareDatabase(database.target).catch(() => {});
    await database.drop();
  });
});

test("a function that is missing is created, one that is there is left alone, and a retired one is dropped", async () => {
  const database = await emptyDatabase(`functions_${process.pid}`);
  await prepareDatabase(database.target);
  const { sql } = openDatabase(database.target);
  await sql`drop function confirm_epoch_1`;
  const [before] = await sql`select oid from pg_proc where proname = 'append_messages_3'`;
  await prepareDatabase(database.target);
  const [after] = await sql`select oid from pg_proc where proname = 'append_messages_3'`;
  expect(after).toEqual(before!);
  const state = await readFunctionState(sql, ["append_messages", "never_there"]);
  expect(state).toEqual({ missing: [], retired: ["append_messages"] });
  await updateFunctions(sql, state);
  expect((await sql`select to_regproc('append_messages') as found`)[0]!.found).toBeNull();
  await sql.end();
  await database.drop();
});
