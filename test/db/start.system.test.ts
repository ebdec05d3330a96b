// What operators' databases are like: what the server relies on it sets itself, or refuses to start in one sentence.
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { type DatabaseTarget, openDatabase, type SqlClient } from "../../src/db/client.ts";
import { newDatabase, newPair, startServer } from "../support/harness.ts";
import { databaseSettings, startMain } from "../support/main-process.ts";
import { tlsFront, transactionPooler } from "./fronts.ts";

const SECRET = "s".repeat(32);

let database: Awaited<ReturnType<typeof newDatabase>>;
let name: string;
let sql: SqlClient;
const undo: (() => unknown)[] = [];

beforeAll(async () => {
  database = await newDatabase();
  sql = openDatabase(database.target).sql;
  name = nameOf(database.target);
});
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});
afterAll(async () => {
  await sql.end();
  await database.drop();
});

const nameOf = (target: DatabaseTarget) =>
  typeof target === "string" ? new URL(target).pathname.slice(1) : target.database;

async function set(setting: string, value: string) {
  await sql.unsafe(`alter database "${name}" set ${setting} = ${value}`);
  undo.push(() => sql.unsafe(`set default_transaction_read_only = off; alter database "${name}" reset ${setting}`));
}

const start = (settings: Record<string, string>) => startMain({ JWT_SECRET: SECRET, LOG_LEVEL: "error", ...settings });

async function refusal(settings: Record<string, string>): Promise<string> {
  const { code, stdout, stderr } = await start(settings).ended();
  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr).toMatch(/^[^\n]+\.\n$/);
  return stderr;
}

test("a database of another encoding is refused", async () => {
  const latin = `${name}_latin`;
  await sql.unsafe(`create database "${latin}" encoding 'LATIN1' locale_provider libc locale 'C' template template0`);
  undo.push(() => sql.unsafe(`drop database "${latin}" with (force)`));
  expect(await refusal(databaseSettings(database.target, latin))).toContain("encoding is LATIN1");
});

test("a database that takes no writes is refused", async () => {
  await set("default_transaction_read_only", "on");
  expect(await refusal(databaseSettings(database.target))).toContain("takes no writes: default_transaction_read_only");
});

test("settings of the database that the server relies on are set anew in each of its sessions", async () => {
  await set("default_transaction_isolation", "'serializable'");
  await set("synchronous_commit", "off");
  await set('"DateStyle"', "'SQL, DMY'");
  await set('"IntervalStyle"', "'iso_8601'");
  await set('"TimeZone"', "'Asia/Kolkata'");
  await set("bytea_output", "'escape'");
  const server = await startServer({}, database.target);
  undo.push(() => server.close());
  const { ali, conversationId } = await newPair(server);
  const sent = await ali.post(`/messages/${conversationId}`, { body: "hello" });
  expect(sent.body.data.created_at).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+\+00:00$/);
  const [held] = await server.core.sql`
    select current_setting('default_transaction_isolation') as isolation, current_setting('synchronous_commit') as commit,
      current_setting('TimeZone') as zone, current_setting('IntervalStyle') as intervals, current_setting('bytea_output') as bytes`;
  expect(held).toEqual({
    isolation: "read committed",
    commit: "on",
    zone: "UTC",
    intervals: "postgres",
    bytes: "hex",
  });
});

test("a role that may not create anything can serve a database that is migrated", async () => {
  const role = `${name}_role`;
  await sql.unsafe(`
    create role "${role}" login password 'secret';
    grant usage on schema drizzle to "${role}"; grant select on all tables in schema drizzle to "${role}";
    grant select, insert, update, delete on all tables in schema public to "${role}";
    grant usage, select on all sequences in schema public to "${role}"`);
  undo.push(() => sql.unsafe(`drop owned by "${role}"; drop role "${role}"`));
  const settings = databaseSettings(database.target);
  const as: Record<string, string> = settings.PGUSER
    ? { PGUSER: role, PGPASSWORD: "secret" }
    : { DATABASE_URL: Object.assign(new URL(settings.DATABASE_URL!), { username: role, password: "secret" }).href };
  const server = start({ ...settings, ...as });
  const address = await server.listening();
  expect((await fetch(`${address}/ready`)).status).toBe(200);
  expect((await server.stop()).code).toBe(0);
  for (const table of ["nodes", "epoch", "events"]) {
    await sql.unsafe(`revoke all on ${table} from "${role}"`);
    expect(await refusal({ ...settings, ...as })).toContain("all rights on its tables and sequences");
    await sql.unsafe(`grant all on ${table} to "${role}"`);
  }
});

test("a migration lock that somebody holds is said, with how to end it, and the start goes on once it is free", async () => {
  const empty = `${name}_empty`;
  await sql.unsafe(`create database "${empty}"`);
  const target =
    typeof database.target === "string"
      ? Object.assign(new URL(database.target), { pathname: `/${empty}` }).href
      : { ...database.target, database: empty };
  const beside = openDatabase(target).sql;
  undo.push(
    () => sql.unsafe(`drop database "${empty}" with (force)`),
    () => beside.end(),
  );
  const holder = await beside.reserve();
  await holder`select pg_advisory_lock(7214021558307)`;
  const [{ pid }] = await holder<[{ pid: number }]>`select pg_backend_pid() as pid`;
  const server = start(databaseSettings(database.target, empty));
  while (!server.printed().includes("\n")) await Bun.sleep(10);
  expect(server.printed()).toMatch(/^Waiting for another server that is migrating the database\. /);
  expect(server.printed()).toContain(`select pg_terminate_backend(${pid})`);
  await holder`select pg_advisory_unlock_all()`;
  holder.release();
  await server.listening();
  expect((await server.stop()).code).toBe(0);
});

test("a pooler in transaction mode is refused, and keeps no lock", async () => {
  const pooler = await transactionPooler(database.target);
  undo.push(() => pooler.close());
  expect(await refusal({ DATABASE_URL: pooler.url })).toContain("is in transaction mode");
  const locks = await sql`select from pg_locks where locktype = 'advisory'
    and database = (select oid from pg_database where datname = current_database())`;
  expect(locks).toHaveLength(0);
});

test.each([
  ["postgres://chat:pass#word@localhost/chat"],
  ["postgres://chat:pass/word@localhost/chat"],
  ["postgres://chat:pass?word@localhost/chat"],
  ["postgres://chat:12#34@localhost:5432/chat"],
  ["postgres://chat:pass@word@localhost/chat"],
  ["postgresql://someone@corp:pass%2Fword@localhost/chat"],
])("an address with a password that is not encoded is refused as such: %s", async (url) => {
  const stderr = await refusal({ DATABASE_URL: url });
  expect(stderr).toContain("percent-encoded");
  expect(stderr).not.toMatch(/pass.word|12#|34@/);
});

test("certificates are checked as the address says", async () => {
  const front = await tlsFront(database.target);
  const byNumber = front.url.replace("localhost", "127.0.0.1");
  undo.push(() => front.close());
  for (const url of [
    `${front.url}?sslmode=verify-full&sslrootcert=${front.ca}`,
    `${byNumber}?sslmode=verify-ca&sslrootcert=${front.ca}`,
    `${byNumber}?sslmode=require`,
  ]) {
    const server = start({ DATABASE_URL: url });
    expect((await fetch(`${await server.listening()}/ready`)).status).toBe(200);
    expect((await server.stop()).code).toBe(0);
  }
  const other = await tlsFront(database.target);
  undo.push(() => other.close());
  for (const url of [
    `${front.url}?sslmode=verify-full&sslrootcert=${other.ca}`,
    `${front.url}?sslmode=require&sslrootcert=${other.ca}`,
    `${byNumber}?sslmode=verify-full&sslrootcert=${front.ca}`,
    `${front.url}?sslmode=verify-full`,
  ]) {
    expect(await refusal({ DATABASE_URL: url })).toContain("certificate is not accepted");
  }
  expect(await refusal({ DATABASE_URL: `${front.url}?sslmode=verify-full&sslrootcert=/no/such.pem` })).toBe(
    "The file that sslrootcert in DATABASE_URL names can't be read (ENOENT): /no/such.pem.\n",
  );
  expect(await refusal({ DATABASE_URL: `${front.url}?sslmode=yes` })).toContain("sslmode must be");
});
