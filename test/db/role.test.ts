// The least that the server's role needs in PostgreSQL: to own one database, or only to read and write what another role has made.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { type DatabaseTarget, prepareDatabase } from "../../src/db/client.ts";
import { connect } from "../../src/db/connect.ts";
import { startTwo } from "../cluster/two-servers.ts";
import { dropDatabase } from "../support/cluster.ts";
import { newPair, startServer, type TestServer } from "../support/harness.ts";
import { findCluster } from "../support/setup.ts";

const NAME = `role_${process.pid}`;
const RUNTIME = `${NAME}_runtime`;
const PASSWORD = "a-password-of-the-role";

const asRole = (admin: DatabaseTarget, user: string, database: string): DatabaseTarget =>
  typeof admin === "string"
    ? Object.assign(new URL(admin), { username: user, password: PASSWORD, pathname: `/${database}` }).href
    : { ...admin, user, password: PASSWORD, database };

let admin: DatabaseTarget;
let owner: DatabaseTarget;
let runtime: DatabaseTarget;
beforeAll(async () => {
  ({ admin } = await findCluster());
  owner = asRole(admin, NAME, NAME);
  runtime = asRole(admin, RUNTIME, NAME);
  await as(admin, async (sql) => {
    for (const role of [NAME, RUNTIME])
      await sql.unsafe(`create role ${role} login password '${PASSWORD}' nosuperuser nocreatedb nocreaterole`);
    await sql.unsafe(`create database ${NAME} owner ${NAME} encoding 'UTF8' template template0`);
  });
});
afterAll(async () => {
  await dropDatabase(admin, NAME);
  await as(admin, async (sql) => {
    for (const role of [NAME, RUNTIME]) await sql.unsafe(`drop role if exists ${role}`);
  });
});

async function as(target: DatabaseTarget, work: (sql: ReturnType<typeof connect>) => Promise<unknown>) {
  const sql = connect(target, { max: 1, name: "test" });
  await work(sql);
  await sql.end({ timeout: 1 });
}

/** Messages, search, groups and their members, sessions, and what one server tells another. */
async function exercise(a: TestServer, b: TestServer) {
  const { ali, veli, conversationId } = await newPair(a);
  const socket = await b.connect(veli, `/ws/conversations/${conversationId}`);
  await socket.ready();
  const sent = await ali.post(`/messages/${conversationId}`, { body: "a word to be found" });
  expect(sent.status).toBe(201);
  expect((await socket.next("message.new")).data.body).toBe("a word to be found");
  const { body } = await ali.post("/groups", { name: "Weekend" });
  expect((await ali.post(`/groups/${body.group_id}/members`, { user_id: veli.id })).status).toBe(201);
  expect((await ali.put(`/groups/${body.group_id}/members/${veli.id}/role`, { role: "admin" })).status).toBe(200);
  expect((await ali.delete(`/messages/${conversationId}/${sent.body.data.id}`)).status).toBe(200);
  const found = await ali.post(`/messages/${conversationId}`, { body: "another word" });
  let results: { message: { id: number } }[];
  do ({ data: results } = (await veli.get("/search?query=another")).body);
  while (results.length === 0);
  expect(results[0]!.message.id).toBe(found.body.data.id);
  expect((await ali.delete(`/groups/${body.group_id}`)).status).toBe(200);
  expect((await ali.post("/logout")).status).toBe(200);
  expect((await b.call("GET", "/health")).body.status).toBe("ok");
}

test("the owner of one database migrates it and runs servers on it, without being superuser", async () => {
  await as(owner, async (sql) => {
    const [role] = await sql`select rolsuper, rolcreatedb, rolcreaterole from pg_roles where rolname = current_user`;
    expect(role).toEqual({ rolsuper: false, rolcreatedb: false, rolcreaterole: false });
  });
  await prepareDatabase(owner);
  const two = await startTwo("notify", { search: true }, {}, {}, owner);
  await exercise(two.a, two.b);
  await two.close();
});

test("once it is migrated, a role that may only read and write runs it: with the rights that docs/operations.md names", async () => {
  const operations = await Bun.file(`${import.meta.dir}/../../docs/operations.md`).text();
  const rights = /```sql\n(grant usage on schema drizzle to chat;[\s\S]*?)```/.exec(operations)![1]!;
  await as(owner, (sql) => sql.unsafe(rights.replaceAll(" to chat;", ` to ${RUNTIME};`)));
  await prepareDatabase(runtime);
  const server = await startServer({ search: true }, runtime);
  await exercise(server, server);
  await server.close();
});
