// A server that reaches its database through a real PgBouncer.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "bun:test";
import { openDatabase, type SqlClient } from "../../src/db/client.ts";
import { connect, newUser } from "../support/client.ts";
import { newDatabase } from "../support/harness.ts";
import { startMain } from "../support/main-process.ts";
import { type PgBouncer, startPgBouncer } from "../support/pgbouncer.ts";

let database: Awaited<ReturnType<typeof newDatabase>>;
/** Straight to the database. */
let sql: SqlClient;
let bouncer: PgBouncer | undefined;
const servers: ReturnType<typeof startMain>[] = [];
beforeAll(async () => {
  database = await newDatabase();
  sql = openDatabase(database.target).sql;
});
afterAll(async () => {
  await sql.end();
  await database.drop();
});
beforeEach(() => set({ lock_timeout: "'250ms'", idle_in_transaction_session_timeout: "'10s'" }));
afterEach(async () => {
  for (const server of servers) server.kill();
  for (const server of servers.splice(0)) await server.ended();
  await bouncer?.stop();
});

/** For all sessions that come; those of a role would be those of other tests. */
async function set(settings: Record<string, string>) {
  const [row] = await sql<{ name: string }[]>`select current_database() as name`;
  for (const [name, value] of Object.entries(settings))
    await sql.unsafe(`alter database "${row!.name}" set ${name} = ${value}`);
}

function start() {
  const server = startMain({ DATABASE_URL: bouncer!.url, JWT_SECRET: "s".repeat(32) });
  servers.push(server);
  return server;
}

async function refusal() {
  const { code, stderr } = await start().ended();
  expect(code).toBe(1);
  return stderr;
}

test.each([
  ["transaction", /is in transaction mode, .* session mode \(pool_mode = session\)/],
  ["statement", /in statement mode: set it to session mode \(pool_mode = session\)/],
] as const)("in %s mode it is refused in a sentence, and no lock is left behind", async (mode, sentence) => {
  bouncer = await startPgBouncer(database.target, mode);
  expect(await refusal()).toMatch(sentence);
  const locks = await sql`select from pg_locks where locktype = 'advisory'
    and database = (select oid from pg_database where datname = current_database())`;
  expect(locks).toHaveLength(0);
});

test("without the settings that it keeps back it is refused, in a sentence that names them", async () => {
  await set({ lock_timeout: "default" });
  bouncer = await startPgBouncer(database.target, "session");
  expect(await refusal()).toContain(`"alter role … set lock_timeout = '250ms'"`);
});

test("in session mode two servers chat through it, and a room that is locked stops nobody else", async () => {
  bouncer = await startPgBouncer(database.target, "session");
  const [a, b] = await Promise.all([start().listening(), start().listening()]);
  const [ali, veli, can] = [await newUser(a!), await newUser(a!), await newUser(a!)];
  const ids: number[] = [];
  for (const other of [veli, can]) ids.push((await ali.post(`/conversations/${other.id}`)).body.conversation_id);
  const [locked, free] = ids as [number, number];
  const ofCan = await (await connect(`${b}/ws?token=${can.token}`)).ready();
  const send = (id: number, body: string) => ali.post(`/messages/${id}`, { body });
  await send(free, "over there");
  expect((await ofCan.next("message.new")).data.body).toBe("over there");

  const holder = await sql.reserve();
  await holder`begin`;
  await holder`select 1 from rooms where id = ${locked} for update`;
  const waiting = send(locked, "waits");
  await send(free, "goes on");
  expect((await ofCan.next("message.new")).data.body).toBe("goes on");
  await holder`rollback`;
  holder.release();
  expect((await waiting).status).toBe(201);
});
