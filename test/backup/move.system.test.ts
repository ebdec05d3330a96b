// `bun run move-to`: from the embedded PostgreSQL to an external one, and back.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "../../src/db/client.ts";
import { asUser } from "../support/client.ts";
import { newDatabase } from "../support/harness.ts";
import { databaseSettings, startMain } from "../support/main-process.ts";
import { download, history, newRoom, runCommand, upload } from "./commands.ts";

const bytes = crypto.getRandomValues(new Uint8Array(50_000));

let base: string;
let dataDir: string;
/** What the embedded database holds. */
let room: Awaited<ReturnType<typeof newRoom>>;
let fileId: number;
let secret: string;

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "chat-move-"));
  // The database's user must be able to enter.
  await chmod(base, 0o755);
  dataDir = join(base, "data");
  await withServer({ DATA_DIR: dataDir }, async (url) => {
    room = await newRoom(url);
    fileId = (await upload(url, room.ali, bytes)).id;
    await room.ali.post(room.path, { body: "with a file", attachments: [fileId] });
    for (let n = 0; n < 50; n++) await room.veli.post(room.path, { body: `message ${n} 👋 \\N \t` });
    await room.ali.post("/groups", { name: "Weekend" });
  });
  secret = await readFile(join(dataDir, "jwt-secret"), "utf8");
});
afterAll(() => rm(base, { recursive: true, force: true }));

async function withServer(settings: Record<string, string>, work: (url: string) => Promise<unknown>) {
  const main = startMain({ LOG_LEVEL: "silent", ...settings });
  try {
    await work(await main.listening());
  } finally {
    await main.stop();
  }
}

/** An external database, and the settings by which a command or a server reaches it. */
async function external() {
  const { target, drop } = await newDatabase();
  const { DATABASE_URL = "", ...others } = databaseSettings(target);
  return { target, drop, address: DATABASE_URL, others };
}

test("everything arrives, sessions go on, and it goes the way back", async () => {
  const { address, others, drop } = await external();
  const moved = await runCommand("move", address, { DATA_DIR: dataDir, ...others });
  expect(moved).toMatchObject({
    code: 0,
    errors: "",
    printed: expect.stringMatching(/^Moved \d+ rows, each compared/),
  });
  const settings = { DATABASE_URL: address, ...others, JWT_SECRET: secret, DATA_DIR: dataDir };
  let before: unknown[] = [];
  await withServer(settings, async (url) => {
    const ali = asUser(url, room.ali.token);
    before = await history(ali, room.path);
    expect(before).toHaveLength(51);
    expect(await download(url, ali, fileId)).toEqual(bytes);
    expect((await ali.post(room.path, { body: "in its new place" })).body.data.seq).toBe(52);
  });
  const back = join(base, "back");
  expect(await runCommand("move", back, settings)).toMatchObject({ code: 0, errors: "" });
  await withServer({ DATA_DIR: back, JWT_SECRET: secret }, async (url) => {
    const ali = asUser(url, room.ali.token);
    const after = await history(ali, room.path);
    expect(after.slice(0, -1)).toEqual(before as typeof after);
    expect(after.at(-1)).toMatchObject({ body: "in its new place", seq: 52 });
    expect(await download(url, ali, fileId)).toEqual(bytes);
  });
  await drop();
});

test("a row that arrives as another one is noticed, and nothing is moved", async () => {
  const { target, address, others, drop } = await external();
  const { sql } = openDatabase(target);
  await sql`create function falsify() returns trigger language plpgsql as $$ begin
    if new.seq = 40 then new.body = new.body || ' '; end if; return new; end $$`;
  await sql`create trigger falsify before insert on events for each row execute function falsify()`;
  const { code, errors } = await runCommand("move", address, { DATA_DIR: dataDir, ...others });
  expect([code, errors]).toEqual([1, "What arrived of the table events is not what was sent.\n"]);
  expect(await sql`select from users`).toHaveLength(0);
  await sql.end();
  await drop();
});

test("nothing is moved to a database with data, or from one whose server runs", async () => {
  const { address, others, drop, target } = await external();
  const { sql } = openDatabase(target);
  await sql`insert into users (username, username_key) values ('ali', 'ali')`;
  const settings = { DATA_DIR: dataDir, ...others };
  expect((await runCommand("move", address, settings)).errors).toContain("holds data already");
  await sql`delete from users`;
  await sql.end();
  await withServer({ DATA_DIR: dataDir }, async () => {
    expect((await runCommand("move", address, settings)).errors).toContain("Another server is running");
  });
  await withServer({ DATABASE_URL: address, ...others, JWT_SECRET: secret, DATA_DIR: dataDir }, async () => {
    const back = { ...settings, DATABASE_URL: address, JWT_SECRET: secret };
    expect((await runCommand("move", join(base, "none"), back)).errors).toContain("A server is running");
  });
  await drop();
});
