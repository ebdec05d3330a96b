// The server's own PostgreSQL: made on first use, kept, taken over, brought back, and refused in plain words.
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openDatabase } from "../../../src/db/client.ts";
import { accountFor } from "../../../src/db/embedded/account.ts";
import { call, connect, logIn, newUser, type User } from "../../support/client.ts";
import { newDir, ServerProcess } from "../../support/server-process.ts";

// One sentence, and nothing else: no stack, no second line.
const SENTENCE = /^[A-Z/][^\n]+\.\n$/;

let template: string;
let ali: User;
const opened: ServerProcess[] = [];
const dirs: string[] = [];

async function open(dataDir?: string): Promise<ServerProcess> {
  const server = await ServerProcess.create(dataDir);
  opened.push(server);
  return server;
}

/** A copy of a data directory with one account in it, that nothing serves. */
async function usedDataDir(): Promise<string> {
  const dir = await newDir();
  dirs.push(dir);
  await Bun.$`cp -a ${template} ${dir}/data`.quiet();
  return join(dir, "data");
}

async function refusal(server: ServerProcess): Promise<string> {
  const child = server.spawn();
  const [stderr, printed] = await Promise.all([new Response(child.stderr).text(), server.printed()]);
  expect([await child.exited, printed]).toEqual([1, ""]);
  expect(stderr).toMatch(SENTENCE);
  return stderr;
}

beforeAll(async () => {
  const base = await newDir();
  dirs.push(base);
  template = join(base, "data");
  const server = await ServerProcess.create(template);
  try {
    await server.start();
    ali = await newUser(server.url, "ali");
    expect(await server.end("SIGTERM")).toBe(0);
  } finally {
    await server.remove();
  }
});
afterEach(async () => {
  for (const server of opened.splice(0)) await server.remove();
});
afterAll(async () => {
  for (const dir of dirs) await rm(dir, { recursive: true, force: true });
});

/** Kills its PostgreSQL and waits until there is another. */
async function killDatabase(server: ServerProcess) {
  const pid = server.databasePid()!;
  process.kill(pid, "SIGKILL");
  while ((server.databasePid() ?? pid) === pid) await Bun.sleep(5);
}

const knowsAli = async ({ url }: ServerProcess) =>
  (await call(url, "GET", "/me", undefined, { authorization: `Bearer ${ali.token}` })).body.data?.username === "ali";

test("the first start says that it takes longer, makes everything, closed to others, and nothing listens on the network", async () => {
  const server = await open();
  await server.start();
  for (const secret of ["postgres-password", "jwt-secret"]) {
    expect((await stat(join(server.dataDir, secret))).mode & 0o777).toBe(0o600);
  }
  expect((await stat(join(server.dataDir, "postgres"))).mode & 0o077).toBe(0);
  expect((await stat(join(server.dataDir, "run"))).mode & 0o077).toBe(0);
  const { sql } = openDatabase(await server.target());
  const [settings] = await sql`select current_setting('fsync') as fsync, current_setting('full_page_writes') as pages,
    current_setting('synchronous_commit') as commit, current_setting('listen_addresses') as addresses`;
  await sql.end();
  expect(settings).toEqual({ fsync: "on", pages: "on", commit: "on", addresses: "" });
  expect(await server.end("SIGTERM")).toBe(0);
  expect(await server.printed()).toStartWith("Creating the database");
});

test("the next start on the same directory finds accounts and sessions as they were", async () => {
  const server = await open(await usedDataDir());
  await server.start();
  expect(await knowsAli(server)).toBe(true);
  await logIn(server.url, "ali");
  expect(await server.end("SIGTERM")).toBe(0);
  expect(await server.printed()).toStartWith("Chat is served");
  expect(server.databasePid()).toBeNull();
});

test("a database that outlived its killed server is taken over as it runs", async () => {
  const server = await open(await usedDataDir());
  await server.start();
  const pid = server.databasePid();
  await server.end("SIGKILL");
  await server.start();
  expect(server.databasePid()).toBe(pid);
  expect(await knowsAli(server)).toBe(true);
  expect(await server.end("SIGTERM")).toBe(0);
  expect(server.databasePid()).toBeNull();
});

test("lock files whose number belongs to another program by now keep nothing from starting", async () => {
  const dataDir = await usedDataDir();
  const account = accountFor(join(dataDir, "postgres"));
  // PostgreSQL takes a program of its own user for itself.
  const other = Bun.spawn(["sleep", "60"], { ...account?.ids });
  try {
    const run = join(dataDir, "run");
    const lock = `${other.pid}\n${join(dataDir, "postgres")}\n1\n5432\n${run}\n`;
    for (const path of [join(dataDir, "postgres", "postmaster.pid"), join(run, ".s.PGSQL.5432.lock")]) {
      await writeFile(path, lock, { mode: 0o600 });
      if (account) await Bun.$`chown ${account.uid}:${account.gid} ${path}`.quiet();
    }
    const server = await open(dataDir);
    await server.start();
    expect(await knowsAli(server)).toBe(true);
  } finally {
    other.kill();
  }
});

test("a second server on a live directory is refused, and the first is not disturbed", async () => {
  const first = await open(await usedDataDir());
  await first.start();
  const pid = first.databasePid();
  const second = await open(first.dataDir);
  expect(await refusal(second)).toContain("Another server is running");
  expect(first.databasePid()).toBe(pid);
  expect(await knowsAli(first)).toBe(true);
});

test("of two servers that start at once on an empty directory one serves and the other is refused", async () => {
  const first = await open();
  const second = await open(first.dataDir);
  const children = [first.spawn(), second.spawn()];
  const stderr = children.map((child) => new Response(child.stderr).text());
  const gone = await Promise.race(children.map((child, i) => child.exited.then(() => i)));
  expect(await stderr[gone]).toMatch(SENTENCE);
  expect(children[gone]!.exitCode).toBe(1);
  const left = [first, second][1 - gone]!;
  while (!(await left.isHealthy())) {
    expect(children[1 - gone]!.exitCode).toBeNull();
    await Bun.sleep(10);
  }
  await newUser(left.url);
  expect(readdirSync(first.dataDir).filter((name) => name.includes(".new-"))).toEqual([]);
});

test("a database that dies under a running server is started again; sockets stay open and carry on", async () => {
  const server = await open(await usedDataDir());
  await server.start();
  const veli = await newUser(server.url);
  const path = `/ws/conversations/${(await veli.post("/conversations/1")).body.conversation_id}`;
  const [a, v] = await Promise.all([ali, veli].map(({ token }) => connect(`${server.url}${path}?token=${token}`)));
  await Promise.all([a!.ready(), v!.ready()]);
  for (let round = 1; round <= 3; round++) {
    await killDatabase(server);
    // Its sender waits for the database rather than being refused.
    a!.send({ type: "message.send", body: `round ${round}`, ref: String(round) });
    expect((await a!.nextOf("ack", "error")).type).toBe("ack");
    expect(await v!.next("message.new")).toMatchObject({ seq: round, data: { body: `round ${round}` } });
  }
  await Promise.all([a!.expectSilence(), v!.expectSilence()]);
  expect(await server.isHealthy()).toBe(true);
  expect(await server.end("SIGTERM")).toBe(0);
  expect(server.databasePid()).toBeNull();
});

test("a kill while the database is being made leaves nothing in the way of the next start", async () => {
  const server = await open();
  server.spawn();
  const drafts = () =>
    existsSync(server.dataDir) ? readdirSync(server.dataDir).filter((name) => name.startsWith("postgres.new-")) : [];
  while (drafts().length === 0) await Bun.sleep(1);
  await server.end("SIGKILL");
  await server.start();
  await newUser(server.url);
  // The orphan may have been at work still; by the next start it is over.
  await server.end("SIGTERM");
  await server.start();
  expect(drafts()).toEqual([]);
});

test("a directory whose path is too long for a socket will do", async () => {
  const dir = join(await usedDataDir(), "..", "d".repeat(120));
  await Bun.$`mv ${join(dir, "..", "data")} ${dir}`.quiet();
  const server = await open(dir);
  await server.start();
  expect(await knowsAli(server)).toBe(true);
  const { socket } = await server.target();
  await killDatabase(server);
  while (!(await server.isHealthy())) await Bun.sleep(5);
  expect(await server.end("SIGTERM")).toBe(0);
  expect(existsSync(join(socket, ".."))).toBe(false);
});

test.each<[string, (dataDir: string) => Promise<unknown>, string]>([
  [
    "written by another PostgreSQL",
    (dataDir) => writeFile(join(dataDir, "postgres", "PG_VERSION"), "17\n"),
    "was written by PostgreSQL 17; this server runs 18",
  ],
  [
    "where the database's place is taken by something else",
    async (dataDir) => {
      await rm(join(dataDir, "postgres"), { recursive: true });
      await mkdir(join(dataDir, "postgres"));
      await writeFile(join(dataDir, "postgres", "holiday.jpg"), "");
    },
    "holds something else than a database",
  ],
  [
    "with another password than the database's",
    (dataDir) => writeFile(join(dataDir, "postgres-password"), "x".repeat(43)),
    "does not fit the database",
  ],
  ["with a damaged secret", (dataDir) => writeFile(join(dataDir, "jwt-secret"), ""), "jwt-secret"],
  [
    "that is a file",
    async (dataDir) => {
      await rm(dataDir, { recursive: true });
      await writeFile(dataDir, "");
    },
    "can't be created",
  ],
])("a data directory %s is refused in one sentence, and left as it is", async (_name, spoil, words) => {
  const dataDir = await usedDataDir();
  await spoil(dataDir);
  const server = await open(dataDir);
  expect(await refusal(server)).toContain(words);
  expect(server.databasePid()).toBeNull();
  if (existsSync(join(dataDir, "postgres-password"))) {
    expect((await readFile(join(dataDir, "postgres-password"), "utf8")).length).toBe(43);
  }
});
