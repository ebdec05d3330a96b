// Files in a bucket, on a server program that speaks S3.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { callRaw, createUpload, noise, patchUpload, startFileServer, uploadForm } from "../../support/files.ts";
import { expectRefusal, type User } from "../../support/harness.ts";
import { imageOf } from "../../support/images.ts";
import { S3_KEY, startS3 } from "../../support/s3.ts";

const KEYS = `${S3_KEY}:${S3_KEY}`;
let s3: Awaited<ReturnType<typeof startS3>>;
let server: Awaited<ReturnType<typeof startFileServer>>;
let user: User;
beforeAll(async () => {
  s3 = await startS3("chat");
  server = await startFileServer({ filesUrl: `s3://${KEYS}@chat/uploads?endpoint=${encodeURIComponent(s3.url)}` });
  user = await server.newUser();
});
afterAll(async () => {
  await server.close();
  await s3.stop();
});

const objects = async () => (await s3.client.list()).contents?.map(({ key }) => key) ?? [];

test("an upload in pieces is put together in the bucket, and read by an address that is signed", async () => {
  const bytes = noise(7 * 1024 ** 2, 9);
  const path = (await createUpload(server, user, bytes.length, { filename: "a.bin" })).headers.get("location")!;
  const cut = 6 * 1024 ** 2;
  expect((await patchUpload(server, user, path, 0, bytes.slice(0, cut))).status).toBe(204);
  expect((await patchUpload(server, user, path, cut, bytes.slice(cut))).status).toBe(204);
  expect((await callRaw(server, user, "GET", path)).body.data).toMatchObject({ state: "ready", size: bytes.length });
  expect(await objects()).toHaveLength(1);
  const token = (await user.post("/files/token")).body.data.token;
  const redirect = await callRaw(server, null, "GET", `${path}/content?token=${token}`);
  expect(redirect.status).toBe(302);
  const address = redirect.headers.get("location")!;
  expect(address).toStartWith(s3.url);
  const seconds = Number(new URL(address).searchParams.get("X-Amz-Expires"));
  expect(seconds).toBeWithin(3_500, 3_601);
  const stored = new Uint8Array(await (await fetch(address)).arrayBuffer());
  expect(Buffer.compare(stored, bytes)).toBe(0);
  const range = await fetch(address, { headers: { range: "bytes=10-19" } });
  expect([range.status, Buffer.compare(new Uint8Array(await range.arrayBuffer()), bytes.slice(10, 20))]).toEqual([
    206, 0,
  ]);
  expectRefusal(await callRaw(server, await server.newUser(), "GET", `${path}/content`), 404, "not_found");
  await callRaw(server, user, "DELETE", path);
  expect(await objects()).toEqual([]);
});

test("the web client may show what is in the bucket, and ask it for nothing else", async () => {
  const policy = (await fetch(server.url)).headers.get("content-security-policy")!;
  const { origin } = new URL(s3.url);
  for (const directive of ["img-src 'self' data: blob:", "media-src 'self' blob:"])
    expect(policy).toContain(`${directive} ${origin};`);
  expect(policy.split(origin)).toHaveLength(3);
});

test("an image is there rewritten, with its thumbnail, and its original is not", async () => {
  const { body } = await uploadForm(server, user, new Blob([await imageOf("jpeg", 600, 300)]), "a.jpg", {
    kind: "image",
  });
  expect(body.data).toMatchObject({ state: "ready", mime: "image/webp", width: 600, height: 300 });
  expect((await objects()).map((key) => key.split("/").at(-1)).sort()).toEqual(["image", "thumbnail"]);
  for (const what of ["content", "thumbnail"]) {
    const { headers } = await callRaw(server, user, "GET", `/files/${body.data.id}/${what}`);
    const response = await fetch(headers.get("location")!);
    expect(await new Bun.Image(await response.arrayBuffer()).metadata()).toMatchObject({ format: "webp" });
  }
});

test("while the bucket is away uploads are unavailable or can go on later, and the server lives", async () => {
  const away = await startFileServer({
    filesUrl: `s3://${KEYS}@chat?endpoint=http://127.0.0.1:9`,
    logLevel: "silent",
  });
  const somebody = await away.newUser();
  const path = (await createUpload(away, somebody, 5)).headers.get("location")!;
  const refused = await patchUpload(away, somebody, path, 0, "hello");
  expectRefusal(refused, 503, "unavailable");
  expect((await away.call("GET", "/health")).status).toBe(200);
  await away.close();
});
