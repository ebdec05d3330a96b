// A disk that runs full while files are stored: whoever uploads is told so, nothing of what did not fit is left, and it goes on where it was
// once there is room. Such disks only root can make.
import { afterAll, afterEach, beforeEach, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { readdirSync, statfsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { callRaw, createUpload, noise, patchUpload, startFileServer, uploadForm } from "../../support/files.ts";
import { expectRefusal } from "../../support/harness.ts";
import { mountDisk, unmountDisk } from "../../support/small-disk.ts";

const MIB = 1024 * 1024;
const DISK = 8 * MIB;
const dir = await mkdtemp(join(tmpdir(), "chat-full-"));
const mount = () => mountDisk(dir, DISK);
const unmount = () => unmountDisk(dir);
const canMount = mount();
if (canMount) unmount();
afterAll(() => rm(dir, { recursive: true, force: true }));

if (canMount) {
  let server: Awaited<ReturnType<typeof startFileServer>>;
  beforeEach(async () => {
    mount();
    server = await startFileServer({ filesDir: dir, fileMaxSize: 64 * MIB });
  });
  afterEach(async () => {
    await server.close();
    unmount();
  });
  const used = () => {
    const { blocks, bfree, bsize } = statfsSync(dir);
    return (blocks - bfree) * bsize;
  };
  const objects = () => readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const openFiles = () => readdirSync("/proc/self/fd").length;

  test("an upload that does not fit is unavailable, leaves nothing, and goes on when there is room", async () => {
    const user = await server.newUser();
    const bytes = noise(9 * MIB);
    const path = (await createUpload(server, user, bytes.length)).headers.get("location")!;
    expect((await patchUpload(server, user, path, 0, bytes.slice(0, MIB))).status).toBe(204);
    const before = { used: used(), objects: objects().length, open: openFiles() };
    for (let i = 0; i < 3; i++)
      expectRefusal(await patchUpload(server, user, path, MIB, bytes.slice(MIB)), 503, "unavailable");
    expect({ used: used(), objects: objects().length }).toEqual({ used: before.used, objects: before.objects });
    expect(openFiles()).toBeLessThan(before.open + 3);
    const { headers } = await callRaw(server, user, "HEAD", path, { headers: { "tus-resumable": "1.0.0" } });
    expect(headers.get("upload-offset")).toBe(String(MIB));
    spawnSync("mount", ["-o", `remount,size=${4 * DISK}`, dir]);
    expect((await patchUpload(server, user, path, MIB, bytes.slice(MIB))).status).toBe(204);
    const content = await callRaw(server, user, "GET", `${path}/content`);
    expect(Buffer.compare(content.bytes, bytes)).toBe(0);
  });

  test("a form that does not fit leaves nothing, and counts against no quota", async () => {
    const user = await server.newUser();
    for (let i = 0; i < 2; i++) {
      const answer = await uploadForm(server, user, new Blob([noise(9 * MIB)]));
      expectRefusal(answer, 503, "unavailable");
    }
    expect(objects()).toEqual([]);
    const [kept] = await server.core.sql`
      select coalesce(sum(size), 0)::int as size from files where owner_id = ${user.id} and state <> 'deleted'`;
    expect(kept!.size).toBe(0);
    expect((await uploadForm(server, user, new Blob([noise(MIB)]))).status).toBe(201);
  });

  test("a file whose pieces fit, but not once more as one, is neither lost nor half there", async () => {
    const user = await server.newUser();
    const bytes = noise(5 * MIB);
    const path = (await createUpload(server, user, bytes.length)).headers.get("location")!;
    for (const offset of [0, 2 * MIB]) {
      const piece = bytes.slice(offset, offset === 0 ? 2 * MIB : bytes.length);
      expect((await patchUpload(server, user, path, offset, piece)).status).toBe(204);
    }
    expect((await callRaw(server, user, "GET", `/${path}`)).body.data.state).toBe("checking");
    expect(objects()).toHaveLength(2);
    spawnSync("mount", ["-o", `remount,size=${4 * DISK}`, dir]);
    while ((await callRaw(server, user, "GET", `/${path}`)).body.data.state !== "ready") await Bun.sleep(50);
    const content = await callRaw(server, user, "GET", `/${path}/content`);
    expect(Buffer.compare(content.bytes, bytes)).toBe(0);
    expect(objects()).toHaveLength(1);
  });
} else {
  test("a disk that is full can only be made by root", () => {
    expect(canMount).toBe(false);
  });
}
