// A data directory whose disk is full or read-only is said in one sentence. Such disks only root can make; others test by permissions.
import { afterAll, afterEach, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { chmod, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { newDir, ServerProcess } from "../support/server-process.ts";

const dirs: string[] = [];
const mounts: string[] = [];
const servers: ServerProcess[] = [];

const isRoot = process.getuid?.() === 0;
const mount = (dir: string, options: string) =>
  spawnSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", dir]).status === 0;

afterEach(async () => {
  for (const server of servers.splice(0)) await server.remove();
  for (const dir of mounts.splice(0)) spawnSync("umount", [dir]);
});
afterAll(async () => {
  for (const dir of dirs) await rm(dir, { recursive: true, force: true });
});

async function refusal(dataDir: string): Promise<string> {
  const server = await ServerProcess.create(dataDir);
  servers.push(server);
  const child = server.spawn();
  const stderr = await new Response(child.stderr).text();
  expect(await child.exited).toBe(1);
  expect(stderr).toMatch(/^[^\n]+\.\n$/);
  return stderr;
}

async function newPlace() {
  const dir = await newDir();
  dirs.push(dir);
  return dir;
}

const canMount = await (async () => {
  const dir = await newPlace();
  if (!isRoot || !mount(dir, "size=64k")) return false;
  spawnSync("umount", [dir]);
  return true;
})();

if (canMount) {
  async function disk(size: string) {
    const dir = await newPlace();
    mount(dir, `size=${size},mode=755`);
    mounts.push(dir);
    return dir;
  }

  test.each(["4k", "2m", "20m"])("a disk of %s that is too small for a new database", async (size) => {
    expect(await refusal(await disk(size))).toContain("can't be used: the disk is full");
  });

  test("a read-only disk without a database, and with one", async () => {
    const dir = await disk("200m");
    const remount = (mode: string) => spawnSync("mount", ["-o", `remount,${mode}`, dir]);
    remount("ro");
    expect(await refusal(dir)).toContain("can't be used: the file system is read-only");
    remount("rw");
    const server = await ServerProcess.create(dir);
    servers.push(server);
    await server.start();
    expect(await server.end("SIGTERM")).toBe(0);
    remount("ro");
    expect(await refusal(dir)).toContain("can't be used: the file system is read-only");
  });

  test("a disk that has run full under a database", async () => {
    const dir = await disk("120m");
    const server = await ServerProcess.create(dir);
    servers.push(server);
    await server.start();
    expect(await server.end("SIGTERM")).toBe(0);
    await writeFile(join(dir, "ballast"), Buffer.alloc(120 * 1024 * 1024)).catch(() => {});
    expect(await refusal(dir)).toContain("can't be used: the disk is full");
  });
}

if (!isRoot) {
  test("a directory that this user may not write", async () => {
    const dir = await newPlace();
    await chmod(dir, 0o555);
    expect(await refusal(dir)).toContain("can't be used: this user may not write there");
  });
}
