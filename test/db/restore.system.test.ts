// The backup of the oldest version, restored into the newest one as docs/operations.md says.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { drizzle } from "drizzle-orm/postgres-js";
import { migrate } from "drizzle-orm/postgres-js/migrator";
import postgres from "postgres";
import { prepareDatabase } from "../../src/db/client.ts";
import journal from "../../src/db/migrations/meta/_journal.json";
import { callRaw, noise, uploadForm } from "../support/files.ts";
import { newPair, startServer, PASSWORD as TEST_PASSWORD } from "../support/harness.ts";
import { imageOf } from "../support/images.ts";
import { OperatorsPostgres, TOOLS } from "./tools.ts";

const PASSWORD = "correct horse battery";
const root = join(import.meta.dir, "../..");

// It needs the tools of PostgreSQL, which do not come with the server.
const withTools = test.skipIf(TOOLS === null);

let cluster: OperatorsPostgres;
/** Of a chat as the first version left it: one user, alone in a group, who has said something. */
let dump: string;

beforeAll(async () => {
  if (TOOLS === null) return;
  cluster = await OperatorsPostgres.start();
  dump = cluster.path("chat.dump");
  await cluster.run("createdb", "-T", "template0", "-E", "UTF8", "chat");
  await makeOldest(cluster.url("chat"));
  await cluster.run("pg_dump", "-Fc", "-f", dump, "chat");
});

afterAll(async () => {
  if (TOOLS !== null) await cluster.stop();
});

async function makeOldest(url: string) {
  const folder = await mkdtemp(join(tmpdir(), "chat-oldest-"));
  const [oldest] = journal.entries;
  await cp(join(root, "src/db/migrations", `${oldest!.tag}.sql`), join(folder, `${oldest!.tag}.sql`));
  await Bun.write(join(folder, "meta/_journal.json"), JSON.stringify({ ...journal, entries: [oldest] }));
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  await migrate(drizzle(sql), { migrationsFolder: folder });
  const hash = await Bun.password.hash(PASSWORD, { algorithm: "argon2id", memoryCost: 8, timeCost: 1 });
  await sql`
    with u as (
      insert into users (username, username_key, email, email_key, password_hash)
      values ('Olga', 'olga', 'olga@example.org', 'olga@example.org', ${hash}) returning id
    ), r as (
      insert into rooms (kind) values ('group') returning id
    ), g as (
      insert into groups (room_id, name, owner_id) select r.id, 'Veterans', u.id from r, u
    )
    insert into members (room_id, user_id, role) select r.id, u.id, 'owner' from r, u`;
  await sql.end();
  await rm(folder, { recursive: true });
}

/** As the recipe says, after a restore. */
async function sayRestored(database: string) {
  const restored = Bun.spawn([process.execPath, join(root, "src/restored.ts")], {
    cwd: "/",
    env: { PATH: process.env.PATH, DATABASE_URL: cluster.url(database), JWT_SECRET: "s".repeat(32) },
    stdout: "pipe",
    stderr: "pipe",
  });
  const said = await new Response(restored.stdout).text();
  expect([await restored.exited, await new Response(restored.stderr).text()]).toEqual([0, ""]);
  expect(said).toContain("new epoch");
}

const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => "no failure",
    (error) => (error as Error).message,
  );

withTools("restored over a database that was in use, the start names the migration and what to do", async () => {
  await cluster.run("createdb", "used", "-T", "chat");
  await prepareDatabase(cluster.url("used"));
  // It stumbles itself, too, but goes on and ends with a warning.
  await cluster.run("pg_restore", "--clean", "--if-exists", "-d", "used", dump).catch(() => {});
  const words = await failureOf(prepareDatabase(cluster.url("used")));
  expect(words).toMatch(/migration \d{4}_\w+ failed \(.*already exists.*, 4\w{4}\)/);
  expect(words).toContain("Nothing was changed");
  expect(words).toContain("restore into an empty database");
  // A second try says the same: nothing was half done.
  expect(await failureOf(prepareDatabase(cluster.url("used")))).toBe(words);
});

withTools("restored as the recipe says, the old chat goes on in the newest version", async () => {
  // It has been migrated meanwhile, and used.
  await prepareDatabase(cluster.url("chat"));
  await cluster.run("dropdb", "--force", "chat");
  await cluster.run("createdb", "-T", "template0", "-E", "UTF8", "chat");
  await cluster.run("pg_restore", "--exit-on-error", "--no-owner", "-d", "chat", dump);
  await sayRestored("chat");

  const server = await startServer({}, cluster.url("chat"));
  expect((await server.call("GET", "/health")).status).toBe(200);
  const login = await server.call("POST", "/login", { username: "Olga", password: PASSWORD });
  expect(login.status).toBe(200);
  const headers = { authorization: `Bearer ${login.body.access_token}` };
  const { body } = await server.call("GET", "/groups", undefined, headers);
  expect(body.data[0].name).toBe("Veterans");
  const sent = await server.call("POST", `/groups/${body.data[0].id}/messages`, { body: "We are back" }, headers);
  expect(sent.status).toBe(201);
  await server.close();
});

withTools(
  "files that were copied after the database are there with their messages; what came later is not",
  async () => {
    const [filesDir, copy] = [cluster.path("files"), cluster.path("files-backup")];
    await cluster.run("createdb", "-T", "template0", "-E", "UTF8", "with_files");
    await prepareDatabase(cluster.url("with_files"));
    const before = await startServer({ filesDir }, cluster.url("with_files"));
    const { ali, veli, conversationId } = await newPair(before);
    const upload = async (bytes: Uint8Array<ArrayBuffer>, kind: string) =>
      (await uploadForm(before, ali, new Blob([bytes]), "file", { kind })).body.data.id as number;
    const send = (id: number) => ali.post(`/messages/${conversationId}`, { body: "", attachments: [id] });
    const bytes = noise(100_000);
    const [plain, picture] = [await upload(bytes, "file"), await upload(await imageOf("jpeg", 600, 400), "image")];
    for (const id of [plain, picture]) expect((await send(id)).status).toBe(201);
    const thumbnail = await callRaw(before, ali, "GET", `/files/${picture}/thumbnail`);
    await cluster.run("pg_dump", "-Fc", "-f", cluster.path("with_files.dump"), "with_files");
    // Between the two copies one more comes.
    const between = await upload(noise(10), "file");
    await send(between);
    await cp(filesDir, copy, { recursive: true });
    const late = await upload(noise(10), "file");
    await send(late);
    await before.close();

    await rm(filesDir, { recursive: true });
    await cp(copy, filesDir, { recursive: true });
    await cluster.run("dropdb", "--force", "with_files");
    await cluster.run("createdb", "-T", "template0", "-E", "UTF8", "with_files");
    await cluster.run(
      "pg_restore",
      "--exit-on-error",
      "--no-owner",
      "-d",
      "with_files",
      cluster.path("with_files.dump"),
    );
    await sayRestored("with_files");
    const after = await startServer({ filesDir }, cluster.url("with_files"));
    try {
      const login = async (username: string) => {
        const { body } = await after.call("POST", "/login", { username, password: TEST_PASSWORD });
        return { ...veli, token: body.access_token as string };
      };
      const reader = await login(veli.username);
      const content = await callRaw(after, reader, "GET", `/files/${plain}/content`);
      expect(Buffer.compare(content.bytes, bytes)).toBe(0);
      const again = await callRaw(after, reader, "GET", `/files/${picture}/thumbnail`);
      expect(Buffer.compare(again.bytes, thumbnail.bytes)).toBe(0);
      for (const id of [between, late])
        expect((await callRaw(after, reader, "GET", `/files/${id}/content`)).status).toBe(404);
      // Its number is given again, to a file that is another one.
      const owner = await login(ali.username);
      const { body } = await uploadForm(after, owner, new Blob(["new"]));
      const fresh = await callRaw(after, owner, "GET", `/files/${body.data.id}/content`);
      expect(new TextDecoder().decode(fresh.bytes)).toBe("new");
    } finally {
      await after.close();
    }
  },
);
