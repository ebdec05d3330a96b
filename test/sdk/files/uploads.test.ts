// Uploads by the SDK: over bad connections, in and out of pauses, over reloads, and what is refused.
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Upload, UploadState } from "../../../src/sdk/index.ts";
import { noise, startFileServer } from "../../support/files.ts";
import { startServer, type User } from "../../support/harness.ts";
import { imageOf } from "../../support/images.ts";
import { Chance } from "../../support/random.ts";
import { TcpProxy } from "../../support/tcp-proxy.ts";
import { chatOf, closeChats, isOpen, memoryStorage, until } from "../chats.ts";
import { uploadStorage } from "./storage.ts";

const MiB = 1024 ** 2;

let server: Awaited<ReturnType<typeof startFileServer>>;
let proxy: TcpProxy;
beforeAll(async () => {
  server = await startFileServer({ fileMaxSize: 32 * MiB, fileQuota: 64 * MiB });
  proxy = await TcpProxy.start(server.url);
});
afterEach(() => {
  proxy.onSent = null;
  closeChats();
});
afterAll(async () => {
  await proxy.close();
  await server.close();
});

const reached = (upload: Upload, ...states: UploadState[]) =>
  until(upload, states.join(" or "), ({ state }) => states.includes(state));

/** That the server has exactly these bytes. */
async function expectStored(user: User, fileId: number, bytes: Uint8Array, from = server.url) {
  const response = await fetch(`${from}/files/${fileId}/content`, {
    headers: { authorization: `Bearer ${user.token}` },
  });
  expect(response.status).toBe(200);
  expect(Buffer.compare(await response.bytes(), bytes)).toBe(0);
}

const filesOf = async ({ id }: User) =>
  server.core.sql<{ id: number; state: string; received: number }[]>`
    select id, state, received from files where owner_id = ${id} and state <> 'deleted' order by id`;

/** Calls `then` once clients have sent so many bytes. */
function afterSent(bytes: number, then: () => void) {
  let sent = 0;
  proxy.onSent = (length) => {
    sent += length;
    if (sent < bytes) return;
    proxy.onSent = null;
    then();
  };
}

test("a file is uploaded byte for byte, and what it is comes from its type", async () => {
  const user = await server.newUser();
  const chat = chatOf(user, server.url);
  const bytes = noise(3 * MiB + 7);
  const upload = chat.files.upload(new File([bytes], "../folder/report.pdf"));
  expect(upload).toMatchObject({ name: "report.pdf", kind: "file", size: bytes.length });
  expect(chat.files.pending.getSnapshot()).toEqual([upload]);
  const file = await upload.untilReady();
  expect(file).toMatchObject({ kind: "file", name: "report.pdf", size: bytes.length, state: "ready" });
  expect(upload.getSnapshot()).toMatchObject({ state: "ready", sent: bytes.length, error: null });
  await expectStored(user, file.id, bytes);
  expect(chat.files.pending.getSnapshot()).toEqual([]);

  const photo = chat.files.upload(new Blob([await imageOf("jpeg", 320, 200)], { type: "image/jpeg" }), {
    alt: "A gradient",
  });
  expect(await photo.untilReady()).toMatchObject({ kind: "image", name: "file.webp", alt: "A gradient", width: 320 });
  const video = chat.files.upload(new File(["…"], "çay.mp4", { type: "video/mp4" }), { width: 1280, height: 720 });
  expect(await video.untilReady()).toMatchObject({ kind: "video", name: "çay.mp4", width: 1280, height: 720 });
  const empty = chat.files.upload(new File([], "empty.txt"));
  await expectStored(user, (await empty.untilReady()).id, new Uint8Array(0));
  const heic = chat.files.upload(new File(["…"], "a.heic", { type: "image/heic" }));
  expect(await heic.untilReady()).toMatchObject({ kind: "file", name: "a.heic" });
});

test("connections that are cut at any byte lose and double nothing", async () => {
  const user = await server.newUser();
  const chat = chatOf(user, proxy.url);
  const bytes = noise(16 * MiB, 2);
  const chance = new Chance(1, "cuts");
  const before = proxy.cuts;
  const cut = () => {
    proxy.cut("reset");
    if (proxy.cuts - before < 20) afterSent(1 + Math.floor(chance.next() * 3 * MiB), cut);
  };
  afterSent(Math.floor(chance.next() * MiB), cut);
  const file = await chat.files.upload(new Blob([bytes])).untilReady();
  expect(proxy.cuts).toBeGreaterThan(before + 5);
  await expectStored(user, file.id, bytes);
  expect(await filesOf(user)).toHaveLength(1);
});

test("a response that is lost after the server has done it doubles nothing", async () => {
  const user = await server.newUser();
  const chat = chatOf(user, proxy.url);
  await isOpen(chat);
  const bytes = noise(200 * 1024, 3);
  // The request that begins the upload brings all of it.
  afterSent(bytes.length, () => proxy.silence("answers"));
  const upload = chat.files.upload(new Blob([bytes]));
  while ((await filesOf(user))[0]?.state !== "ready") await Bun.sleep(10);
  expect(upload.getSnapshot().state).not.toBe("ready");
  proxy.cut("reset");
  const file = await upload.untilReady();
  await expectStored(user, file.id, bytes);
  expect(await filesOf(user)).toHaveLength(1);
});

test("a pause stops an upload where it is, and it goes on from there", async () => {
  const user = await server.newUser();
  const chat = chatOf(user, proxy.url);
  const bytes = noise(12 * MiB, 4);
  const upload = chat.files.upload(new Blob([bytes]));
  await new Promise<void>((resolve) => afterSent(5 * MiB, () => resolve(upload.pause())));
  expect(upload.getSnapshot().state).toBe("paused");
  let sent = 0;
  proxy.onSent = (length) => {
    sent += length;
  };
  const [before] = await filesOf(user);
  expect(before!.state).toBe("uploading");
  expect(upload.getSnapshot().state).toBe("paused");
  upload.resume();
  expect(upload.getSnapshot().state).toBe("waiting");
  const file = await upload.untilReady();
  expect(sent).toBeLessThan(11 * MiB);
  await expectStored(user, file.id, bytes);
});

test("an upload that is canceled is gone here and on the server, before and after it is ready", async () => {
  const user = await server.newUser();
  const chat = chatOf(user, proxy.url);
  const upload = chat.files.upload(new Blob([noise(12 * MiB, 5)]));
  const over = upload.untilReady().catch((error) => error.code);
  await new Promise<void>((resolve) => afterSent(5 * MiB, () => resolve(upload.cancel())));
  expect(await over).toBe("canceled");
  expect(chat.files.pending.getSnapshot()).toEqual([]);
  while ((await filesOf(user)).length > 0) await Bun.sleep(10);
  const early = chat.files.upload(new Blob(["early"]));
  early.cancel();
  const ready = chat.files.upload(new Blob(["ready"]), { draft: "somewhere" });
  await ready.untilReady();
  ready.cancel();
  while ((await filesOf(user)).length > 0) await Bun.sleep(10);
  expect(early.getSnapshot().state).toBe("canceled");
  expect(chat.files.pending.getSnapshot()).toEqual([]);
});

test("of many uploads three move at once, and all of them arrive", async () => {
  const user = await server.newUser();
  const chat = chatOf(user, server.url);
  const all = Array.from({ length: 8 }, (_, i) => ({ bytes: noise(MiB + i, 10 + i) }));
  let most = 0;
  const uploads = all.map(({ bytes }) => chat.files.upload(new Blob([bytes])));
  for (const upload of uploads)
    upload.subscribe(() => {
      const moving = uploads.filter((other) => ["uploading", "processing"].includes(other.getSnapshot().state));
      most = Math.max(most, moving.length);
    });
  const files = await Promise.all(uploads.map((upload) => upload.untilReady()));
  expect(most).toBe(3);
  await Promise.all(files.map((file, i) => expectStored(user, file.id, all[i]!.bytes)));
});

test("a reload goes on with what it finds, paused or not, and keeps a draft's files until they are sent", async () => {
  const user = await server.newUser();
  const stored = uploadStorage();
  const options = { storage: memoryStorage(), uploadStorage: stored };
  const first = chatOf(user, proxy.url, options);
  const bytes = noise(12 * MiB, 6);
  const upload = first.files.upload(new Blob([bytes]), { name: "long.bin", draft: "group:9" });
  const paused = first.files.upload(new Blob(["paused"]), { name: "paused.txt", draft: "group:9" });
  paused.pause();
  await new Promise<void>((resolve) => afterSent(6 * MiB, resolve));
  while (stored.kept.size < 2) await Bun.sleep(5);
  first.close();
  expect(upload.getSnapshot()).toMatchObject({ state: "failed", error: { code: "closed" } });

  let sent = 0;
  proxy.onSent = (length) => {
    sent += length;
  };
  const second = chatOf(user, proxy.url, options);
  const found = await until(second.files.pending, "both", ({ length }) => length === 2);
  expect(found.map(({ name, draft, size }) => [name, draft, size])).toEqual([
    ["long.bin", "group:9", bytes.length],
    ["paused.txt", "group:9", 6],
  ]);
  const file = await found[0]!.untilReady();
  expect(sent).toBeLessThan(11 * MiB);
  await expectStored(user, file.id, bytes);
  expect(found[1]!.getSnapshot().state).toBe("paused");
  second.close();

  const third = chatOf(user, proxy.url, options);
  const again = await until(third.files.pending, "both", ({ length }) => length === 2);
  expect((await again[0]!.untilReady()).id).toBe(file.id);
  again[1]!.resume();
  await again[1]!.untilReady();
  expect(await filesOf(user)).toHaveLength(2);
  await third.logout();
  expect(stored.kept.size).toBe(0);
});

test("what another user of the device has begun is not found", async () => {
  const [ali, veli] = [await server.newUser(), await server.newUser()];
  const stored = uploadStorage();
  const first = chatOf(ali, server.url, { storage: memoryStorage(), uploadStorage: stored });
  await first.files.upload(new Blob(["mine"]), { draft: "group:9" }).untilReady();
  first.close();
  const second = chatOf(veli, server.url, { storage: memoryStorage(), uploadStorage: stored });
  const own = second.files.upload(new Blob(["own"]), { draft: "group:9" });
  await own.untilReady();
  second.files.pending.subscribe(() => {});
  while (stored.kept.size < 2) await Bun.sleep(5);
  await second.logout();
  expect([...stored.kept.values()].map(({ upload }) => upload.size)).toEqual([4]);
  expect(second.files.pending.getSnapshot()).toEqual([own]);
});

test("a file whose upload was not gone on with for a day is uploaded anew", async () => {
  const user = await server.newUser();
  const stored = uploadStorage();
  const options = { storage: memoryStorage(), uploadStorage: stored };
  const first = chatOf(user, proxy.url, options);
  const bytes = noise(6 * MiB, 7);
  const upload = first.files.upload(new Blob([bytes]));
  await new Promise<void>((resolve) => afterSent(3 * MiB, resolve));
  while (stored.kept.size === 0) await Bun.sleep(5);
  first.close();
  const [begun] = await filesOf(user);
  await server.core.files.delete(user.id, begun!.id);
  const second = chatOf(user, proxy.url, options);
  const [found] = await until(second.files.pending, "one", ({ length }) => length === 1);
  expect(found!.id).toBe(upload.id);
  const file = await found!.untilReady();
  expect(file.id).not.toBe(begun!.id);
  await expectStored(user, file.id, bytes);
});

test("what is refused fails at once and says why, and goes on when it may", async () => {
  const user = await server.newUser();
  const requests: string[] = [];
  const fetching = (url: string, init: RequestInit) => {
    requests.push(`${init.method} ${new URL(url).pathname}`);
    return fetch(url, init);
  };
  const chat = chatOf(user, server.url, { fetch: fetching as never });
  const failed = (upload: Upload) => reached(upload, "failed").then(({ error }) => [error!.code, error!.detail]);
  const large = chat.files.upload(new Blob([new Uint8Array(33 * MiB)]));
  expect(await failed(large)).toEqual(["too_large", "The file is larger than 32 MiB."]);
  expect(await failed(chat.files.upload(new Blob(["not a jpeg"], { type: "image/jpeg" })))).toEqual([
    "unsupported",
    expect.any(String),
  ]);
  const uploads = [1, 2].map((seed) => chat.files.upload(new Blob([noise(30 * MiB, seed)])));
  const [kept] = await Promise.all(uploads.map((upload) => upload.untilReady()));
  requests.length = 0;
  const over = chat.files.upload(new Blob([noise(5 * MiB)]));
  expect((await failed(over))[0]).toBe("quota");
  expect(requests.filter((request) => request.startsWith("P"))).toEqual(["POST /files"]);
  await chat.files.remove(kept!.id);
  over.resume();
  await over.untilReady();
});

test("a token that has ended is renewed in the middle of an upload; without another one it fails", async () => {
  const user = await server.newUser();
  const another = await server.core.sessions.create(user.id, "test");
  const chat = chatOf(user, proxy.url, { renewToken: async () => another.token });
  const bytes = noise(8 * MiB, 8);
  const upload = chat.files.upload(new Blob([bytes]));
  await new Promise<void>((resolve) => afterSent(3 * MiB, resolve));
  await user.post("/logout");
  const file = await upload.untilReady();
  await expectStored({ ...user, token: another.token }, file.id, bytes);
  const last = chat.files.upload(new Blob([bytes]));
  await new Promise<void>((resolve) => afterSent(3 * MiB, resolve));
  await server.call("POST", "/logout", undefined, { authorization: `Bearer ${another.token}` });
  const { error } = await reached(last, "failed");
  expect(["unauthorized", "closed"]).toContain(error!.code);
});

test("the server may be another one in between", async () => {
  const database = server.target;
  const user = await server.newUser();
  const second = await startServer({ filesDir: server.filesDir, jwtSecret: "s".repeat(32) }, database);
  try {
    const chat = chatOf(user, proxy.url);
    const bytes = noise(12 * MiB, 9);
    const upload = chat.files.upload(new Blob([bytes]));
    await new Promise<void>((resolve) => afterSent(5 * MiB, resolve));
    proxy.isUp = false;
    proxy.cut("reset");
    await until(upload, "waiting", ({ state, error }) => state === "waiting" && error?.code === "network");
    proxy.moveTo(second.url);
    proxy.isUp = true;
    const file = await upload.untilReady();
    await expectStored(user, file.id, bytes);
  } finally {
    proxy.isUp = true;
    proxy.moveTo(server.url);
    await second.close();
  }
});

test("a proxy that lets through smaller requests gets smaller ones", async () => {
  const user = await server.newUser();
  const refused: number[] = [];
  const narrow = async (url: string, init: RequestInit) => {
    const size = init.body instanceof Blob ? init.body.size : 0;
    if (size <= 600 * 1024) return fetch(url, init);
    refused.push(size);
    return new Response("<h1>413 Request Entity Too Large</h1>", { status: 413 });
  };
  const chat = chatOf(user, server.url, { fetch: narrow as never });
  const bytes = noise(3 * MiB, 11);
  const file = await chat.files.upload(new Blob([bytes])).untilReady();
  await expectStored(user, file.id, bytes);
  expect(refused).toEqual([MiB]);
});

test("a chat that is closed before it reaches its server ends its uploads quietly", async () => {
  const options = { storage: memoryStorage(), uploadStorage: uploadStorage() };
  const chat = chatOf({ token: "x".repeat(40) }, "http://127.0.0.1:1", options);
  chat.files.pending.subscribe(() => {});
  chat.files.token.subscribe(() => {});
  const upload = chat.files.upload(new Blob(["never"]));
  const over = upload.untilReady().catch((error) => error.code);
  await until(upload, "waiting for the network", ({ error }) => error?.code === "network");
  chat.close();
  expect(await over).toBe("closed");
  expect(
    await chat.files
      .upload(new Blob(["later"]))
      .untilReady()
      .catch((error) => error.code),
  ).toBe("closed");
});

test("a file that can't be read any more fails", async () => {
  const user = await server.newUser();
  const path = join(tmpdir(), `chat-upload-${crypto.randomUUID()}`);
  await Bun.write(path, noise(6 * MiB, 12));
  const chat = chatOf(user, proxy.url);
  const upload = chat.files.upload(Bun.file(path));
  await new Promise<void>((resolve) => afterSent(2 * MiB, resolve));
  await rm(path);
  const { error } = await reached(upload, "failed");
  expect(error!.code).toBe("unreadable");
});

test("a file that is checked for long is processing until then, over a cut as well", async () => {
  const asked = Promise.withResolvers<void>();
  const verdict = Promise.withResolvers<number>();
  const checker = Bun.serve({
    port: 0,
    async fetch() {
      asked.resolve();
      return new Response(null, { status: await verdict.promise });
    },
  });
  const own = await startFileServer({ fileCheckUrl: checker.url.href });
  const between = await TcpProxy.start(own.url);
  try {
    const user = await own.newUser();
    const chat = chatOf(user, between.url);
    await isOpen(chat);
    const upload = chat.files.upload(new Blob(["hello"]));
    await asked.promise;
    between.cut("reset");
    await reached(upload, "processing");
    verdict.resolve(204);
    expect(await upload.untilReady()).toMatchObject({ state: "ready", size: 5 });
  } finally {
    await between.close();
    await own.close();
    await checker.stop(true);
  }
});

test("a draft's file is uploaded anew before the server forgets it", async () => {
  const user = await server.newUser();
  const renewals: (() => void)[] = [];
  const real = globalThis.setTimeout;
  // The clock of a page that stays open for a day.
  globalThis.setTimeout = ((run: () => void, ms?: number, ...rest: unknown[]) =>
    ms === 23 * 3_600_000 ? renewals.push(run) : real(run, ms, ...rest)) as typeof setTimeout;
  try {
    const chat = chatOf(user, server.url);
    const upload = chat.files.upload(new Blob(["kept"]), { name: "kept.txt", draft: "group:9" });
    const first = await upload.untilReady();
    expect(renewals).toHaveLength(1);
    renewals.pop()!();
    expect(upload.getSnapshot()).toMatchObject({ state: "waiting", file: null });
    const second = await upload.untilReady();
    expect(second.id).not.toBe(first.id);
    expect(await filesOf(user)).toMatchObject([{ id: second.id, state: "ready" }]);
    await expectStored(user, second.id, new TextEncoder().encode("kept"));
    // And on, as long as the draft is there.
    expect(renewals).toHaveLength(1);
    upload.cancel();
    renewals.pop()!();
    expect(upload.getSnapshot().state).toBe("canceled");
  } finally {
    globalThis.setTimeout = real;
  }
});

test("a draft's file that was kept for a week fails once by that reason, instead of being gone", async () => {
  const user = await server.newUser();
  const stored = uploadStorage();
  const options = { storage: memoryStorage(), uploadStorage: stored };
  const first = chatOf(user, server.url, options);
  await first.files.upload(new Blob(["old"]), { name: "old.txt", draft: "group:9" }).untilReady();
  while (stored.kept.size === 0) await Bun.sleep(5);
  first.close();
  for (const { upload } of stored.kept.values()) Object.assign(upload, { createdAt: Date.now() - 8 * 24 * 3_600_000 });
  const second = chatOf(user, server.url, options);
  const [found] = await until(second.files.pending, "one", ({ length }) => length === 1);
  expect(found!.name).toBe("old.txt");
  expect(found!.getSnapshot()).toMatchObject({ state: "failed", error: { code: "unreadable" } });
  while (stored.kept.size > 0) await Bun.sleep(5);
  found!.cancel();
  await until(second.files.pending, "none", ({ length }) => length === 0);
});
