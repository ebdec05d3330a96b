// Uploads by tus 1.0 and as a form.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  type Body,
  callRaw,
  createUpload,
  noise,
  patchUpload,
  startFileServer,
  TUS,
  uploadForm,
} from "../../support/files.ts";
import { expectInvalid, expectRefusal } from "../../support/harness.ts";

let server: Awaited<ReturnType<typeof startFileServer>>;
beforeAll(async () => {
  server = await startFileServer({ fileMaxSize: 4 * 1024 ** 2 });
});
afterAll(() => server.close());

describe("an upload by tus", () => {
  test("is created, goes on where it is, and is there byte for byte", async () => {
    const user = await server.newUser();
    const bytes = noise(300_000);
    const created = await createUpload(server, user, bytes.length, { filename: "note.bin", alt: "ä" });
    expect(created.status).toBe(201);
    expect(created.headers.get("tus-resumable")).toBe("1.0.0");
    expect(Date.parse(created.headers.get("upload-expires")!)).toBeGreaterThan(Date.now());
    const path = created.headers.get("location")!;
    expect(path).toMatch(/^files\/\d+$/);
    const first = await patchUpload(server, user, path, 0, bytes.slice(0, 100_000));
    expect([first.status, first.headers.get("upload-offset")]).toEqual([204, "100000"]);
    const head = await callRaw(server, user, "HEAD", path, { headers: TUS });
    expect([head.status, head.headers.get("upload-offset"), head.headers.get("upload-length")]).toEqual([
      200,
      "100000",
      "300000",
    ]);
    expect((await callRaw(server, user, "GET", path)).body.data).toMatchObject({
      state: "uploading",
      received: 100_000,
    });
    expect((await patchUpload(server, user, path, 100_000, bytes.slice(100_000))).status).toBe(204);
    expect((await callRaw(server, user, "GET", path)).body).toEqual({
      data: {
        id: Number(path.slice("files/".length)),
        kind: "file",
        name: "note.bin",
        mime: "application/octet-stream",
        size: 300_000,
        received: 300_000,
        state: "ready",
        alt: "ä",
      },
    });
    const content = await callRaw(server, user, "GET", `${path}/content`);
    expect(content.status).toBe(200);
    expect(Buffer.compare(content.bytes, bytes)).toBe(0);
  });

  test("at another offset is wrong_offset, and stays as it was", async () => {
    const user = await server.newUser();
    const path = (await createUpload(server, user, 10)).headers.get("location")!;
    const refused = await patchUpload(server, user, path, 5, "hello");
    expectRefusal(refused, 409, "wrong_offset");
    expect(refused.headers.get("tus-resumable")).toBe("1.0.0");
    expect((await callRaw(server, user, "HEAD", path, { headers: TUS })).headers.get("upload-offset")).toBe("0");
  });

  test("with the same client_id is the same one", async () => {
    const user = await server.newUser();
    const client_id = crypto.randomUUID();
    const [first, second] = await Promise.all([1, 2].map(() => createUpload(server, user, 10, { client_id })));
    expect(first!.headers.get("location")).toBe(second!.headers.get("location")!);
    const other = await createUpload(server, await server.newUser(), 10, { client_id });
    expect(other.headers.get("location")).not.toBe(first!.headers.get("location"));
  });

  test("takes its first bytes with the creation, once", async () => {
    const user = await server.newUser();
    const headers = { ...TUS, "upload-length": "8", "content-type": "application/offset+octet-stream" };
    const withId = {
      ...headers,
      "upload-metadata": `client_id ${Buffer.from(crypto.randomUUID()).toString("base64")}`,
    };
    const first = await callRaw(server, user, "POST", "/files", { headers: withId, body: "half" });
    expect([first.status, first.headers.get("upload-offset")]).toEqual([201, "4"]);
    const again = await callRaw(server, user, "POST", "/files", { headers: withId, body: "half" });
    expect([again.status, again.headers.get("upload-offset")]).toEqual([201, "4"]);
    const path = first.headers.get("location")!;
    expect((await patchUpload(server, user, path, 4, "full")).status).toBe(204);
    const content = await callRaw(server, user, "GET", `${path}/content`);
    expect(new TextDecoder().decode(content.bytes)).toBe("halffull");
    expect(content.headers.get("content-type")).toBe("text/plain");
  });

  test("may be empty", async () => {
    const user = await server.newUser();
    const path = (await createUpload(server, user, 0)).headers.get("location")!;
    expect((await callRaw(server, user, "GET", path)).body.data).toMatchObject({ state: "ready", size: 0 });
    expect((await callRaw(server, user, "GET", `${path}/content`)).bytes.length).toBe(0);
  });

  test("that is given up is gone", async () => {
    const user = await server.newUser();
    const path = (await createUpload(server, user, 10)).headers.get("location")!;
    await patchUpload(server, user, path, 0, "hello");
    expect((await callRaw(server, user, "DELETE", path, { headers: TUS })).status).toBe(204);
    expectRefusal(await callRaw(server, user, "GET", path), 404, "not_found");
    expectRefusal(await callRaw(server, user, "DELETE", path), 404, "not_found");
    expectRefusal(await patchUpload(server, user, path, 5, "hello"), 404, "not_found");
    expect((await callRaw(server, user, "HEAD", path, { headers: TUS })).status).toBe(404);
  });

  test("is its owner's alone", async () => {
    const user = await server.newUser();
    const other = await server.newUser();
    const path = (await createUpload(server, user, 10)).headers.get("location")!;
    expectRefusal(await patchUpload(server, other, path, 0, "hello"), 404, "not_found");
    expectRefusal(await callRaw(server, other, "GET", path), 404, "not_found");
    expectRefusal(await callRaw(server, other, "DELETE", path), 404, "not_found");
    expect((await callRaw(server, other, "HEAD", path, { headers: TUS })).status).toBe(404);
    expectRefusal(await callRaw(server, null, "PATCH", path, { headers: TUS }), 401, "unauthorized");
    expect((await callRaw(server, user, "HEAD", path, { headers: TUS })).headers.get("upload-offset")).toBe("0");
  });

  test("that is too large, or brings more than it said, is too_large", async () => {
    const user = await server.newUser();
    expectRefusal(await createUpload(server, user, 4 * 1024 ** 2 + 1), 413, "too_large");
    const path = (await createUpload(server, user, 4)).headers.get("location")!;
    expectRefusal(await patchUpload(server, user, path, 0, "hello"), 413, "too_large");
  });

  test("names what is wrong with its metadata", async () => {
    const user = await server.newUser();
    for (const [values, field] of [
      [{ kind: "picture" }, "kind"],
      [{ client_id: "1" }, "client_id"],
      [{ duration_ms: "long" }, "duration_ms"],
      [{ waveform: "1,2,99" }, "waveform.2"],
      [{ filename: "x".repeat(256) }, "filename"],
      [{ alt: "x".repeat(1001) }, "alt"],
    ] as const)
      expectInvalid(await createUpload(server, user, 1, values as Record<string, string>), field);
    expectRefusal(await createUpload(server, user, 1, {}, { "upload-metadata": "a b c" }), 400, "bad_request");
    expectRefusal(await createUpload(server, user, 1, {}, { "tus-resumable": "0.2.0" }), 400, "bad_request");
  });

  test("has what a recording says of itself", async () => {
    const user = await server.newUser();
    const values = { kind: "voice", filename: "../../a\u202eb/voice.ogg", duration_ms: "4200", waveform: "0,12,31" };
    const path = (await createUpload(server, user, 4, values)).headers.get("location")!;
    await patchUpload(server, user, path, 0, "OggS");
    expect((await callRaw(server, user, "GET", path)).body.data).toMatchObject({
      kind: "voice",
      name: "voice.ogg",
      duration_ms: 4200,
      waveform: [0, 12, 31],
    });
  });

  test("of a video has the size that its uploader says, and of nothing else", async () => {
    const user = await server.newUser();
    const create = async (values: Record<string, string>) => {
      const size = { width: "1280", height: "720" };
      const path = (await createUpload(server, user, 4, { ...values, ...size })).headers.get("location")!;
      await patchUpload(server, user, path, 0, "abcd");
      return (await callRaw(server, user, "GET", path)).body.data;
    };
    expect(await create({ kind: "video", filename: "a.mp4" })).toMatchObject({ width: 1280, height: 720 });
    expect((await create({ kind: "file", filename: "a.mp4" })).width).toBeUndefined();
    expectRefusal(
      await uploadForm(server, user, new Blob(["no image"]), "a.jpg", { kind: "image", width: "9", height: "9" }),
      415,
      "unsupported",
    );
    expectInvalid(await createUpload(server, user, 4, { kind: "video", width: "0" }), "width");
  });
});

test("what is spoken of uploads can be asked for", async () => {
  const answer = await callRaw(server, null, "OPTIONS", "/files");
  expect(answer.status).toBe(204);
  expect(answer.headers.get("tus-extension")).toBe("creation,creation-with-upload,termination,expiration");
  expect(answer.headers.get("tus-max-size")).toBe(String(4 * 1024 ** 2));
});

describe("a file as a form", () => {
  test("is there at once, whichever way round its fields stand", async () => {
    const user = await server.newUser();
    const bytes = noise(200_000, 7);
    const form = new FormData();
    form.set("file", new Blob([bytes]), "a.bin");
    form.set("kind", "file");
    form.set("alt", "noise");
    const uploaded = await callRaw(server, user, "POST", "/files", { body: form });
    expect(uploaded.status).toBe(201);
    expect(uploaded.body.data).toMatchObject({
      name: "a.bin",
      alt: "noise",
      size: 200_000,
      received: 200_000,
      state: "ready",
    });
    const content = await callRaw(server, user, "GET", `/files/${uploaded.body.data.id}/content`);
    expect(Buffer.compare(content.bytes, bytes)).toBe(0);
  });

  test("with the same client_id is stored once", async () => {
    const user = await server.newUser();
    const client_id = crypto.randomUUID();
    const first = await uploadForm(server, user, new Blob(["one"]), "a.txt", { client_id });
    const second = await uploadForm(server, user, new Blob(["two"]), "a.txt", { client_id });
    expect(second.body.data).toEqual(first.body.data);
  });

  test("is refused without a file, with two, too large, or broken", async () => {
    const user = await server.newUser();
    const post = (body: Body, headers = {}) => callRaw(server, user, "POST", "/files", { body, headers });
    const without = new FormData();
    without.set("kind", "file");
    expectRefusal(await post(without), 400, "bad_request");
    const two = new FormData();
    two.append("file", new Blob(["a"]), "a");
    two.append("file", new Blob(["b"]), "b");
    expectRefusal(await post(two), 400, "bad_request");
    expectRefusal(await uploadForm(server, user, new Blob([noise(4 * 1024 ** 2 + 1)])), 413, "too_large");
    expectRefusal(await post("--x\r\n", { "content-type": "multipart/form-data; boundary=x" }), 400, "bad_request");
    expectRefusal(await post("", { "content-type": "multipart/form-data; boundary=x" }), 400, "bad_request");
    // It ends within the file, before anybody has begun to read that.
    const head = '--x\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\n';
    for (const body of [head, `${head}cut`, `${head}${"x".repeat(100_000)}`])
      expectRefusal(await post(body, { "content-type": "multipart/form-data; boundary=x" }), 400, "bad_request");
    expectRefusal(await post("{}", { "content-type": "application/json" }), 400, "bad_request");
    expectInvalid(await uploadForm(server, user, new Blob(["a"]), "a", { kind: "picture" }), "kind");
    expectRefusal(await callRaw(server, null, "POST", "/files", { body: two }), 401, "unauthorized");
  });
});
