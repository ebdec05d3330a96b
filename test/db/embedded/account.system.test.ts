// As whom the server's own PostgreSQL runs, and where. What only root can set up is tested where root runs the tests.
import { afterAll, afterEach, expect, test } from "bun:test";
import { readdirSync, statSync } from "node:fs";
import { chmod, chown, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { canReach } from "../../../src/db/embedded/account.ts";
import { newUser } from "../../support/client.ts";
import { type Launch, newDir, ServerProcess } from "../../support/server-process.ts";
import { copyCheckout } from "./checkout.ts";

const isRoot = process.getuid?.() === 0;
// The last account of all on every system; it need not have a name.
const NOBODY = { uid: 65534, gid: 65534 };
const ours = { command: [process.execPath], checkout: join(import.meta.dir, "../../..") };

const opened: ServerProcess[] = [];
const dirs: string[] = [];

async function open(dataDir: string, launch: Launch): Promise<ServerProcess> {
  const server = await ServerProcess.create(dataDir, launch);
  opened.push(server);
  return server;
}

async function newPlace(): Promise<string> {
  const dir = await newDir();
  dirs.push(dir);
  return dir;
}

/** Someone without privileges, with a server that they may run. */
async function ordinaryUser(): Promise<Launch> {
  if (!isRoot) return { ...ours, ids: null };
  const nobody = { name: "nobody", ...NOBODY, ids: NOBODY };
  if (canReach(nobody, process.execPath) && canReach(nobody, ours.checkout)) return { ...ours, ids: NOBODY };
  const { bun, checkout } = await copyCheckout(await newPlace());
  return { command: [bun], checkout, ids: NOBODY };
}

async function refusal(server: ServerProcess): Promise<string> {
  const child = server.spawn();
  expect(await child.exited).toBe(1);
  const stderr = await new Response(child.stderr).text();
  expect(stderr).toMatch(/^[A-Z][^\n]+\.\n$/);
  return stderr;
}

afterEach(async () => {
  for (const server of opened.splice(0)) await server.remove();
});
afterAll(async () => {
  for (const dir of dirs) await rm(dir, { recursive: true, force: true });
});

test("an ordinary user needs nobody's help, and owns everything that is made", async () => {
  const launch = await ordinaryUser();
  const home = await newPlace();
  if (launch.ids) await chown(home, launch.ids.uid, launch.ids.gid);
  const server = await open(join(home, "data"), launch);
  await server.start();
  await newUser(server.url);
  const uid = launch.ids?.uid ?? process.getuid!();
  for (const name of [".", ...readdirSync(server.dataDir), "postgres/postmaster.pid"]) {
    expect([name, statSync(join(server.dataDir, name)).uid]).toEqual([name, uid]);
  }
  expect(await server.end("SIGTERM")).toBe(0);
  expect(server.databasePid()).toBeNull();
});

if (isRoot) {
  test("as root the database runs as an account without privileges, and the secrets stay root's", async () => {
    const server = await open(join(await newPlace(), "data"), { ...ours, ids: null });
    await server.start();
    expect(statSync(join(server.dataDir, "postgres", "postmaster.pid")).uid).not.toBe(0);
    for (const secret of ["postgres-password", "jwt-secret"]) {
      const { uid, mode } = statSync(join(server.dataDir, secret));
      expect([uid, mode & 0o777]).toEqual([0, 0o600]);
    }
  });

  test("an ordinary user is refused the data of another in one sentence", async () => {
    const launch = await ordinaryUser();
    const home = await newPlace();
    const dataDir = join(home, "data");
    await mkdir(join(dataDir, "postgres"), { recursive: true });
    expect(await refusal(await open(dataDir, launch))).toContain("belongs to another user");
  });

  test("a data directory that the database's account may not enter is refused in one sentence", async () => {
    const closed = await newPlace();
    await chmod(closed, 0o700);
    const server = await open(join(closed, "data"), { ...ours, ids: null });
    expect(await refusal(server)).toContain("may not enter");
  });

  test("a checkout that is closed to others serves all the same: the programs are copied beside the data, once", async () => {
    const closed = await newPlace();
    await chmod(closed, 0o700);
    const { bun, checkout } = await copyCheckout(closed);
    const server = await open(join(await newPlace(), "data"), { command: [bun], checkout, ids: null });
    await server.start();
    await newUser(server.url);
    const programs = () => readdirSync(server.dataDir).filter((name) => name.startsWith("postgresql-"));
    expect(programs()).toHaveLength(1);
    const copiedAt = statSync(join(server.dataDir, programs()[0]!)).ctimeMs;
    expect(await server.end("SIGTERM")).toBe(0);
    await server.start();
    expect(programs().map((name) => statSync(join(server.dataDir, name)).ctimeMs)).toEqual([copiedAt]);
  });

  // /var/lib is the machine's: the server sees an empty one in its place, where the kernel lets us arrange that.
  const inside = ["unshare", "--mount", "sh", "-c"];
  const mounted = "mount -t tmpfs -o mode=755 none /var/lib";
  if (Bun.spawnSync([...inside, mounted], { stderr: "ignore" }).exitCode === 0) {
    test("a closed checkout without a DATA_DIR keeps its data in /var/lib/realtime-chat, and says so", async () => {
      const closed = await newPlace();
      await chmod(closed, 0o700);
      const { bun, checkout } = await copyCheckout(closed);
      const script = `${mounted} && cd "$0" && unset DATA_DIR && exec "$@"`;
      const launch = { command: [...inside, script, checkout, bun], checkout, ids: null };
      const server = await open(join(closed, "unused"), launch);
      await server.start();
      await newUser(server.url);
      expect(await server.end("SIGTERM")).toBe(0);
      expect(await server.printed()).toContain("Its data is kept in /var/lib/realtime-chat\n");
    });
  }
}
