// `bun run backup` and `bun run restore`: of a server that people write to, and interrupted at whatever moment.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, open, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { call } from "../support/client.ts";
import { startMain } from "../support/main-process.ts";
import { mountDisk, unmountDisk } from "../support/small-disk.ts";
import { type Command, download, history, logIn, newRoom, runCommand, startCommand, upload } from "./commands.ts";

const POLL_MS = 1;

let base: string;
let main: ReturnType<typeof startMain>;
let url: string;

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "chat-backup-"));
  // The database's user must be able to enter.
  await chmod(base, 0o755);
  main = startMain({ DATA_DIR: join(base, "data"), LOG_LEVEL: "silent" });
  url = await main.listening();
});
afterAll(async () => {
  await main.stop();
  await rm(base, { recursive: true, force: true });
});

/** A path in the test's directory. */
const at = (...path: string[]) => join(base, ...path);

const start = (command: Command, dir: string, dataDir = at("data")) =>
  startCommand(command, dir, { DATA_DIR: dataDir });
const run = (command: Command, dir: string, dataDir = at("data")) => runCommand(command, dir, { DATA_DIR: dataDir });

async function backUp(name: string): Promise<string> {
  expect(await run("backup", at(name))).toMatchObject({ code: 0, errors: "" });
  return at(name);
}

test("what was answered before it began is in the backup, once and in order, with the files", async () => {
  const { ali, veli, path } = await newRoom(url);
  const bytes = crypto.getRandomValues(new Uint8Array(300_000));
  const file = await upload(url, ali, bytes);
  await ali.post(path, { body: "with a file", attachments: [file.id] });
  const answered: string[] = [];
  let writing = true;
  const write = async (user: typeof ali, name: string) => {
    for (let n = 0; writing; n++) {
      const body = `${name} ${n}`;
      const { status } = await user.post(path, { body });
      if (status === 201) answered.push(body);
      if (n % 20 === 0) await upload(url, user, bytes.slice(0, 50_000));
    }
  };
  const writers = [write(ali, "ali"), write(veli, "veli")];
  while (answered.length < 50) await Bun.sleep(POLL_MS);
  const before = [...answered];
  const dir = await backUp("under-load");
  writing = false;
  await Promise.all(writers);

  expect(await run("restore", dir, at("elsewhere"))).toMatchObject({ code: 0, errors: "" });
  const restored = startMain({ DATA_DIR: at("elsewhere"), LOG_LEVEL: "silent" });
  const there = await restored.listening();
  try {
    expect((await call(there, "GET", "/me", undefined, { authorization: `Bearer ${ali.token}` })).status).toBe(401);
    const reader = await logIn(there, ali.username);
    const messages = await history(reader, path);
    const bodies = messages.map(({ body }) => body);
    expect(new Set(bodies).size).toBe(bodies.length);
    expect(before.filter((body) => !bodies.includes(body))).toEqual([]);
    expect(bodies.slice(1).filter((body) => !answered.includes(body))).toEqual([]);
    expect(messages.map(({ seq }) => seq)).toEqual(messages.map((_, n) => messages[0]!.seq + n));
    expect(await download(there, reader, file.id)).toEqual(bytes);
    // It goes on from there.
    expect((await reader.post(path, { body: "after the restore" })).status).toBe(201);
  } finally {
    await restored.stop();
  }
});

/** What has appeared of a draft when the command that fills it is killed, in this order. */
const MOMENTS = [
  "",
  "postgres",
  "postgres/base",
  "postgres/pg_xact",
  "postgres/global/pg_control",
  "postgres/backup_label",
  "postgres-password",
  "postgres.log",
  "postgres/postmaster.pid",
  "backup.json",
];

/** Kills the command as soon as this is in its draft; true when it was still running then. */
async function killAt(
  child: ReturnType<typeof startCommand>,
  dir: string,
  prefix: string,
  moment: string,
): Promise<boolean> {
  while (child.exitCode === null) {
    const draft = (await readdir(dir)).find((name) => name.startsWith(prefix));
    if (draft && existsSync(join(dir, draft, moment))) break;
    await Bun.sleep(POLL_MS);
  }
  child.kill("SIGKILL");
  await child.exited;
  return child.signalCode === "SIGKILL";
}

test("a backup that is killed at any of ten moments leaves the server as it was, and no backup", async () => {
  const { ali, path } = await newRoom(url);
  let killed = 0;
  for (const [n, moment] of MOMENTS.entries()) {
    if (await killAt(start("backup", at("killed"), at("data")), base, "killed.new-", moment)) {
      killed++;
      expect(existsSync(at("killed"))).toBeFalse();
    } else await rm(at("killed"), { recursive: true });
    expect((await ali.post(path, { body: `message ${n}` })).status).toBe(201);
  }
  // The last moments are short; a busy machine may miss one.
  expect(killed).toBeGreaterThanOrEqual(MOMENTS.length - 2);
  const { printed } = await run("backup", at("killed"));
  expect(printed).toContain("Removed what an interrupted backup had left behind.");
  expect((await readdir(base)).filter((name) => name.includes(".new-"))).toEqual([]);
  expect((await history(ali, path)).map(({ body }) => body)).toEqual(MOMENTS.map((_, n) => `message ${n}`));
});

test("a backup that is interrupted by hand removes what it has begun", async () => {
  const child = start("backup", at("interrupted"), at("data"));
  while (!(await readdir(base)).some((name) => name.startsWith("interrupted.new-"))) await Bun.sleep(POLL_MS);
  child.kill("SIGINT");
  expect(await child.exited).toBe(130);
  expect((await readdir(base)).filter((name) => name.startsWith("interrupted"))).toEqual([]);
});

test("a backup that does not fit leaves nothing on the disk, and says so", async () => {
  const small = at("small");
  await mkdir(small);
  const isMounted = mountDisk(small, 16 * 1024 ** 2);
  // Where no such disk can be made, something else is in the way.
  if (!isMounted) await writeFile(join(small, "one"), "");
  const { code, errors } = await run("backup", join(small, "one"));
  expect(code).toBe(1);
  if (isMounted) expect(errors).toBe("There is too little space on the disk; nothing was changed.\n");
  expect((await readdir(small)).filter((name) => name !== "one" || isMounted)).toEqual([]);
  if (isMounted) unmountDisk(small);
});

test("a restore that is killed is run again, and the backup stays as it is", async () => {
  const { ali, path } = await newRoom(url);
  await ali.post(path, { body: "before" });
  const dir = await backUp("to-restore");
  const manifest = await readFile(join(dir, "backup.json"), "utf8");
  const again = at("again");
  await mkdir(again);
  for (const moment of ["", "postgres/base", "postgres/postmaster.pid"]) {
    expect(await killAt(start("restore", dir, again), again, "restore.new-", moment)).toBeTrue();
    expect(existsSync(join(again, "postgres"))).toBeFalse();
  }
  expect(await run("restore", dir, at("again"))).toMatchObject({ code: 0, errors: "" });
  expect(await readFile(join(dir, "backup.json"), "utf8")).toBe(manifest);
  expect((await readdir(at("again"))).toSorted()).toEqual(["files", "jwt-secret", "postgres", "postgres-password"]);
});

test("neither command touches what is there already", async () => {
  const dir = await backUp("once");
  expect((await run("backup", dir)).errors).toContain("exists already");
  expect((await run("restore", dir)).errors).toContain("There is data in");
  expect((await run("backup", at("none"), at("no-data"))).errors).toContain("There is no database");
  expect((await run("restore", at("."), at("no-data"))).errors).toContain("is not a backup");
});

test("a backup that was damaged since is not restored", async () => {
  const { ali, path } = await newRoom(url);
  const file = await upload(url, ali, crypto.getRandomValues(new Uint8Array(10_000)));
  await ali.post(path, { body: "x", attachments: [file.id] });
  const dir = await backUp("damaged");
  const objects = (await readdir(join(dir, "files"), { recursive: true, withFileTypes: true })).filter((entry) =>
    entry.isFile(),
  );
  const object = join(objects[0]!.parentPath, objects[0]!.name);
  const bytes = await readFile(object);
  await writeFile(object, bytes.subarray(1));
  expect((await run("restore", dir, at("from-damaged"))).errors).toContain("is not whole");
  await writeFile(object, bytes);
  await flipByte(await largestTable(join(dir, "postgres/base")));
  const { code, errors } = await run("restore", dir, at("from-damaged"));
  expect([code, errors]).toEqual([1, expect.stringMatching(/can't be read|did not start/)]);
  expect(existsSync(at("from-damaged/postgres"))).toBeFalse();
});

/** The largest file of the server's own database. */
async function largestTable(dir: string): Promise<string> {
  const databases = (await readdir(dir)).map(Number).sort((a, b) => b - a);
  const folder = join(dir, String(databases[0]));
  const sized = await Promise.all(
    (await readdir(folder)).map(async (name) => ({
      path: join(folder, name),
      size: Bun.file(join(folder, name)).size,
    })),
  );
  return sized.sort((a, b) => b.size - a.size)[0]!.path;
}

async function flipByte(path: string) {
  const file = await open(path, "r+");
  const byte = new Uint8Array(1);
  await file.read(byte, 0, 1, 4_096);
  await file.write(new Uint8Array([byte[0]! ^ 0xff]), 0, 1, 4_096);
  await file.close();
}
