// Who a server is on its own PostgreSQL: the owner of its database, no superuser; also of what a former version made as one.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type DatabaseTarget, prepareDatabase } from "../../../src/db/client.ts";
import { connect } from "../../../src/db/connect.ts";
import { chooseDataDir, type EmbeddedPostgres, startEmbedded } from "../../../src/db/embedded/postgres.ts";
import { targetOfServer } from "../../../src/db/embedded/server-role.ts";
import { newPair, startServer } from "../../support/harness.ts";
import { newMemoryDir } from "../../support/memory-dir.ts";

let base: string;
let embedded: EmbeddedPostgres;
beforeAll(async () => {
  base = await newMemoryDir("chat-role-");
  embedded = await startEmbedded(await chooseDataDir(join(base, "data")));
});
afterAll(async () => {
  await embedded.stop();
  await rm(base, { recursive: true, force: true });
});

/** Whom everything in the database belongs to. */
async function ownersIn(target: DatabaseTarget): Promise<string[]> {
  const sql = connect(target, { max: 1, name: "test" });
  const rows = await sql<{ owner: string }[]>`
    select distinct pg_get_userbyid(owner) as owner from (
      select datdba as owner from pg_database where datname = current_database()
      union all select relowner from pg_class where relnamespace in ('public'::regnamespace, 'drizzle'::regnamespace)
      union all select proowner from pg_proc where pronamespace = 'public'::regnamespace
      union all select typowner from pg_type where typnamespace = 'public'::regnamespace
      union all select nspowner from pg_namespace where nspname = 'drizzle') owned`;
  await sql.end({ timeout: 1 });
  return rows.map(({ owner }) => owner);
}

test("the server owns its database and is no superuser, also where a former version was one", async () => {
  await embedded.createDatabase("chat");
  const asSuperuser = embedded.target("chat");
  await prepareDatabase(asSuperuser);
  expect(await ownersIn(asSuperuser)).toEqual(["chat"]);

  const target = await targetOfServer(embedded, "chat");
  expect(await ownersIn(asSuperuser)).toEqual(["chat_server"]);
  const sql = connect(target, { max: 1, name: "test" });
  const [role] = await sql`select rolsuper, rolcreatedb, rolcreaterole from pg_roles where rolname = current_user`;
  expect(role).toEqual({ rolsuper: false, rolcreatedb: false, rolcreaterole: false });
  // What a superuser could do to the machine.
  for (const statement of ["select pg_read_file('PG_VERSION')", "copy users to program 'cat'", "create role another"]) {
    expect(await sql.unsafe(statement).then(null, ({ code }) => code)).toBe("42501");
  }
  await sql.end({ timeout: 1 });

  await prepareDatabase(target);
  const server = await startServer({}, target);
  const { ali, conversationId } = await newPair(server);
  expect((await ali.post(`/messages/${conversationId}`, { body: "hello" })).status).toBe(201);
  await server.close();
  // Once more changes nothing.
  await targetOfServer(embedded, "chat");
  expect(await ownersIn(asSuperuser)).toEqual(["chat_server"]);
});
