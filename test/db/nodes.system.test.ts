// One server a database: a second one waits for the first, says so, and takes over when it is gone or silent.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "bun:test";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase, type SqlClient } from "../../src/db/client.ts";
import { claimDatabase, Heartbeat } from "../../src/db/nodes.ts";
import { filesIdentity } from "../../src/files/identity.ts";
import { createLogger } from "../../src/lib/log.ts";
import { asUser, connect, newUser, type User } from "../support/client.ts";
import { newDatabase } from "../support/harness.ts";
import { databaseSettings, startMain } from "../support/main-process.ts";
import { until } from "../support/patience.ts";

const TIMES = { heartbeatMs: 20, timeoutMs: 60_000, waitMs: 600 };
// Sends nothing by itself.
const SLOW = { ...TIMES, heartbeatMs: 3_600_000 };
const [FIRST, SECOND] = [crypto.randomUUID(), crypto.randomUUID()];

let database: Awaited<ReturnType<typeof newDatabase>>;
let sql: SqlClient;
const releases: (() => Promise<void>)[] = [];

beforeAll(async () => {
  database = await newDatabase();
  sql = openDatabase(database.target).sql;
});
beforeEach(async () => {
  await sql`delete from nodes`;
});
afterEach(async () => {
  for (const release of releases.splice(0)) await release();
});
afterAll(async () => {
  await sql.end();
  await database.drop();
});

async function take(id: string, times = TIMES) {
  const said: string[] = [];
  const release = await claimDatabase(database.target, id, (sentence) => said.push(sentence), undefined, times);
  releases.push(release);
  return { said, release };
}

const holders = async () => (await sql<{ id: string }[]>`select id from nodes`).map(({ id }) => id);

test("a second server says once that it waits, and gives up in one sentence", async () => {
  await take(FIRST);
  const said: string[] = [];
  const waiting = claimDatabase(database.target, SECOND, (sentence) => said.push(sentence), undefined, TIMES);
  expect(waiting).rejects.toThrow(/^Another server \(.+, process \d+\) is running on this database, [^\n]+\.$/);
  await waiting.catch(() => {});
  expect(said).toEqual([
    expect.stringMatching(/^Another server \(.+\) is running on this database; waiting up to 1 seconds /),
  ]);
  expect(await holders()).toEqual([FIRST]);
});

test("a server that does not see the files of another one gives up in one sentence; one that does runs beside it", async () => {
  const beside = (id: string, files: string | null) =>
    claimDatabase(database.target, id, () => {}, { isShared: true, files }, TIMES).then((release) => {
      releases.push(release);
    });
  await beside(FIRST, "here");
  await beside(SECOND, "here");
  expect(beside(crypto.randomUUID(), "there")).rejects.toThrow(
    /^Another server \(.+\) is running on this database, and keeps uploaded files where this one does not see them: set FILES_URL [^\n]+\.$/,
  );
  await beside(crypto.randomUUID(), "there").catch(() => {});
  expect(await holders()).toEqual([FIRST, SECOND]);
});

test("servers know a directory that they share by what is in it, and a bucket by its address", async () => {
  const dir = await mkdtemp(join(tmpdir(), "chat-files-"));
  const of = (filesDir: string, filesUrl?: string) => filesIdentity({ filesDir, filesUrl });
  const [first, second] = await Promise.all([of(join(dir, "a")), of(join(dir, "a"))]);
  expect(first).toBeString();
  expect(second).toBe(first);
  await symlink(join(dir, "a"), join(dir, "mounted"));
  expect(await of(join(dir, "mounted"))).toBe(first);
  expect(await of(join(dir, "b"))).not.toBe(first);
  expect(await of("/proc/files")).toBeNull();
  expect(await of(dir, "s3://key:secret@bucket/x")).toBe(await of(dir, "s3://other:key@bucket/x/"));
  expect(await of(dir, "s3://bucket/x")).not.toBe(await of(dir, "s3://bucket/y"));
  await rm(dir, { recursive: true });
});

test("a server that has updated the schema holds no lock on it while it runs", async () => {
  await sql`drop function confirm_epoch_1`;
  await take(FIRST);
  const locks = await sql`
    select from pg_locks
    where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`;
  expect(locks).toHaveLength(0);
  const [row] = await sql`select to_regproc('confirm_epoch_1') is not null as created`;
  expect(row!.created).toBe(true);
});

test("a server without a session is gone, and need not be waited for", async () => {
  const { release } = await take(FIRST);
  await release();
  expect((await take(SECOND)).said).toEqual([]);
  expect(await holders()).toEqual([SECOND]);
});

test("a silent server loses its place and its sessions, and hears of it", async () => {
  const { promise: lost, resolve: onLost } = Promise.withResolvers<void>();
  await take(FIRST);
  await sql`update nodes set beat = clock_timestamp() - interval '2 minutes'`;
  await take(SECOND);
  expect(await holders()).toEqual([SECOND]);
  // (PostgreSQL ends them a moment after it was told to.)
  await until("its connections are closed", async () => {
    const open = await sql`select from pg_stat_activity where application_name like ${`%${FIRST}%`}`;
    return open.length === 0;
  });
  const heartbeat = new Heartbeat({ sql, nodeId: FIRST, log: createLogger("silent"), onLost }, TIMES);
  await lost;
  heartbeat.stop();
});

test("signs of life keep the place, and leaving frees it", async () => {
  await take(FIRST);
  await sql`update nodes set beat = clock_timestamp() - interval '59 seconds'`;
  const heartbeat = new Heartbeat({ sql, nodeId: FIRST, log: createLogger("silent"), onLost: () => {} }, TIMES);
  const isYoung = async () =>
    (await sql`select from nodes where beat > clock_timestamp() - interval '10 seconds'`).length === 1;
  while (!(await isYoung())) await Bun.sleep(5);
  await heartbeat.leave();
  expect(await holders()).toEqual([]);
});

const settings = () => ({
  ...databaseSettings(database.target),
  JWT_SECRET: "s".repeat(32),
  LOG_LEVEL: "error",
  DRAIN_SECONDS: "0",
});

test("processes with a database of others run side by side, and one that is killed loses its place", async () => {
  const [first, second] = [startMain(settings()), startMain(settings())];
  await Promise.all([first.listening(), second.listening()]);
  expect(await holders()).toHaveLength(2);
  first.kill();
  while ((await holders()).length > 1) await Bun.sleep(50);
  const { stdout, code } = await second.stop();
  expect([code, stdout.includes("waiting")]).toEqual([0, false]);
  expect(await holders()).toEqual([]);
});

test("a server that was away from the database removes no other before that one can have shown that it lives", async () => {
  const node = { isShared: true };
  await sql`insert into nodes (id, name, is_shared, beat) values
    (${FIRST}, 'first', true, clock_timestamp()), (${SECOND}, 'second', true, clock_timestamp() - interval '2 minutes')`;
  const heartbeat = new Heartbeat({ sql, nodeId: FIRST, log: createLogger("silent"), node, onLost() {} }, SLOW);
  await heartbeat.send();
  expect([heartbeat.others, (await holders()).length]).toEqual([0, 2]);
  await heartbeat.send();
  // Nor one that lives, whose sessions have just been cut.
  expect(await holders()).toEqual([FIRST]);
  heartbeat.stop();
});

test("what a killed server had begun to remove of a deleted group is removed by another that lives", async () => {
  const [first, second] = [startMain(settings()), startMain(settings())];
  const url = await first.listening();
  await second.listening();
  const owner = await newUser(url);
  const { group_id } = (await owner.post("/groups", { name: "Weekend" })).body;
  await sql`insert into events (room_id, seq, kind, actor_id, body, client_id)
    select ${group_id}::bigint, 10 + n, 'message', ${owner.id}::bigint, 'hello', gen_random_uuid() from generate_series(1, 5000) n`;
  const left = async () =>
    (await sql<{ n: number }[]>`select count(*)::int as n from events where room_id = ${group_id}`)[0]!.n;
  // One event is held, so that the first server can't finish.
  const held = await sql.reserve();
  await held`begin`;
  await held`select from events where room_id = ${group_id} order by seq limit 1 for update`;
  expect((await owner.delete(`/groups/${group_id}`)).status).toBe(200);
  while ((await left()) > 1) await Bun.sleep(5);
  first.kill();
  await first.ended();
  await held`commit`;
  held.release();
  while ((await sql`select from rooms where id = ${group_id}`).length > 0) await Bun.sleep(20);
  expect([await left(), await holders()]).toEqual([0, [expect.any(String)]]);
  expect((await second.stop()).code).toBe(0);
});

test("a server that was frozen and removed goes on: its sockets get what they missed once, and ended sessions end", async () => {
  const [first, second] = [startMain(settings()), startMain(settings())];
  const [a, b] = [await first.listening(), await second.listening()];
  const [ali, veli, leaving] = [await newUser(a), await newUser(a), await newUser(a)];
  const { conversation_id } = (await ali.post(`/conversations/${veli.id}`)).body;
  const open = async ({ token }: User, path: string) => (await connect(`${b}${path}?token=${token}`)).ready();
  const [reading, ending] = [await open(veli, `/ws/conversations/${conversation_id}`), await open(leaving, "/ws")];
  second.freeze();
  while ((await holders()).length > 1) await Bun.sleep(20);
  for (const body of ["one", "two"]) await ali.post(`/messages/${conversation_id}`, { body });
  expect((await leaving.post("/logout")).status).toBe(200);
  second.thaw();
  expect((await ending.closed).code).toBe(1008);
  while ((await holders()).length < 2) await Bun.sleep(20);
  await ali.post(`/messages/${conversation_id}`, { body: "three" });
  const bodies = [];
  for (let i = 0; i < 3; i++) bodies.push((await reading.next("message.new")).data.body);
  expect(bodies).toEqual(["one", "two", "three"]);
  expect((await asUser(b, leaving.token).get("/me")).status).toBe(401);
  for (const server of [first, second]) expect((await server.stop()).code).toBe(0);
});

test("a process waits for a server of a version that must run alone", async () => {
  const { release } = await take(FIRST);
  const second = startMain(settings());
  while (!second.printed().includes("is running on this database; waiting")) await Bun.sleep(10);
  await release();
  await second.listening();
  expect((await second.stop()).code).toBe(0);
});

test("a process that was taken for dead goes on beside the others", async () => {
  const server = startMain(settings());
  await server.listening();
  const [before] = await holders();
  await sql`delete from nodes`;
  while ((await holders()).length === 0) await Bun.sleep(20);
  expect(await holders()).toEqual([before!]);
  expect((await server.stop()).code).toBe(0);
});

test("a process whose place was taken by a server that must run alone ends with 1 and says why", async () => {
  const server = startMain(settings());
  await server.listening();
  await sql`delete from nodes`;
  await take(SECOND);
  const { code, stderr } = await server.ended();
  expect([code, stderr]).toEqual([
    1,
    expect.stringMatching(/^This server has lost its place on the database[^\n]+\.\n$/),
  ]);
});
