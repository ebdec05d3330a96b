// Clients of tus as they come from npm, on connections that are cut.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { Upload } from "tus-js-client";
import { callRaw, noise, startFileServer } from "../../support/files.ts";
import type { Json, User } from "../../support/harness.ts";
import { Chance } from "../../support/random.ts";
import { TcpProxy } from "../../support/tcp-proxy.ts";

let server: Awaited<ReturnType<typeof startFileServer>>;
let proxy: TcpProxy;
beforeAll(async () => {
  server = await startFileServer();
  proxy = await TcpProxy.start(server.url);
});
afterAll(async () => {
  await proxy.close();
  await server.close();
});

const SIZE = 24 * 1024 ** 2;
const CUTS = 8;

/** Cuts the connection whenever an upload has come past another one of some points at random. */
function cutter(seed: number) {
  const chance = new Chance(seed, "cuts");
  const points = Array.from({ length: CUTS }, () => Math.floor(chance.next() * SIZE)).sort((a, b) => a - b);
  return {
    onProgress(sent: number) {
      if (points.length === 0 || sent < points[0]!) return;
      while (points.length > 0 && sent >= points[0]!) points.shift();
      proxy.cut("reset");
    },
    isDone: () => points.length === 0,
  };
}

const common = (user: User) => ({
  endpoint: `${proxy.url}/files`,
  headers: { Authorization: `Bearer ${user.token}` },
  retryDelays: Array(CUTS * 4).fill(20) as number[],
});

async function expectStored(user: User, url: string, bytes: Uint8Array) {
  const path = new URL(url).pathname;
  const { body } = await callRaw(server, user, "GET", path);
  expect(body.data).toMatchObject({ state: "ready", size: SIZE, received: SIZE });
  const content = await callRaw(server, user, "GET", `${path}/content`);
  expect(Buffer.compare(content.bytes, bytes)).toBe(0);
}

test("tus-js-client uploads over connections that are cut at any byte, and every byte is there once", async () => {
  const user = await server.newUser();
  const bytes = noise(SIZE, 3);
  const cuts = cutter(1);
  const before = proxy.cuts;
  const upload = await new Promise<Upload>((resolve, reject) => {
    const upload = new Upload(Buffer.from(bytes), {
      ...common(user),
      metadata: { filename: "noise.bin", client_id: crypto.randomUUID() },
      onProgress: cuts.onProgress,
      onError: reject,
      onSuccess: () => resolve(upload),
    });
    upload.start();
  });
  expect(cuts.isDone()).toBe(true);
  expect(proxy.cuts).toBeGreaterThan(before);
  await expectStored(user, upload.url!, bytes);
});

test("tus-js-client goes on with an upload that another run of it began", async () => {
  const user = await server.newUser();
  const bytes = noise(SIZE, 4);
  const first = await new Promise<string>((resolve, reject) => {
    const upload = new Upload(Buffer.from(bytes), {
      ...common(user),
      chunkSize: 1024 ** 2,
      onChunkComplete: (_size, accepted) => {
        if (accepted >= SIZE / 2) void upload.abort().then(() => resolve(upload.url!));
      },
      onError: reject,
    });
    upload.start();
  });
  let sent = 0;
  await new Promise<void>((resolve, reject) => {
    const upload = new Upload(Buffer.from(bytes), {
      ...common(user),
      uploadUrl: first,
      onAfterResponse: (request) => {
        if (request.getMethod() === "PATCH") sent = Number(request.getHeader("Upload-Offset"));
      },
      onError: reject,
      onSuccess: () => resolve(),
    });
    upload.start();
  });
  expect(sent).toBeGreaterThanOrEqual(SIZE / 2);
  await expectStored(user, first, bytes);
});

test("Uppy uploads a file, cut on its way", async () => {
  // By name, for its types bring those of browsers into the whole program.
  const load = async (name: string) => (await import(name)).default;
  const [Uppy, UppyTus] = await Promise.all(["@uppy/core", "@uppy/tus"].map(load));
  const user = await server.newUser();
  const bytes = noise(SIZE, 5);
  const cuts = cutter(2);
  const uppy = new Uppy({ autoProceed: false }).use(UppyTus, { ...common(user), storeFingerprintForResuming: false });
  uppy.on("upload-progress", (_file: unknown, { bytesUploaded }: Json) => cuts.onProgress(bytesUploaded));
  // Outside of browsers its client takes a Buffer, while it asks for the size of a Blob.
  const data = Object.assign(Buffer.from(bytes), { size: SIZE });
  uppy.addFile({ name: "noise.bin", type: "application/octet-stream", data });
  const result = await uppy.upload();
  expect(result.failed).toEqual([]);
  expect(cuts.isDone()).toBe(true);
  await expectStored(user, result.successful[0].uploadURL, bytes);
});
