// Images are written anew: what is served of them holds the picture and nothing else.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { callRaw, startFileServer, uploadForm } from "../../support/files.ts";
import { expectRefusal, type User } from "../../support/harness.ts";
import { type Format, imageOf, withExif } from "../../support/images.ts";

let server: Awaited<ReturnType<typeof startFileServer>>;
let user: User;
beforeAll(async () => {
  server = await startFileServer();
  user = await server.newUser();
});
afterAll(() => server.close());

const send = (image: Uint8Array<ArrayBuffer>, name: string, kind = "image") =>
  uploadForm(server, user, new Blob([image]), name, { kind });
const read = async (id: number, what: "content" | "thumbnail" = "content") =>
  (await callRaw(server, user, "GET", `/files/${id}/${what}`)).bytes;

describe.each(["jpeg", "png", "webp"] as Format[])("a %s", (format) => {
  test("loses its EXIF data and the place in it, and is turned upright", async () => {
    const image = withExif(format, await imageOf(format, 300, 200));
    const marks = ["SECRET CAMERA", "Exif", "GPS"];
    expect(Buffer.from(image).includes("SECRET CAMERA")).toBe(true);
    const { status, body } = await send(image, "holiday.jpg");
    expect(status).toBe(201);
    expect(body.data).toMatchObject({ kind: "image", name: "holiday.webp", mime: "image/webp", state: "ready" });
    expect(body.data.preview).toStartWith("data:image/");
    expect(body.data.preview.length).toBeLessThan(1024);
    for (const what of ["content", "thumbnail"] as const) {
      const bytes = await read(body.data.id, what);
      expect(await new Bun.Image(bytes).metadata()).toMatchObject({ format: "webp" });
      for (const mark of marks) expect([what, mark, Buffer.from(bytes).includes(mark)]).toEqual([what, mark, false]);
    }
    // Orientation 6 lies on its side; only JPEG says so in a way that viewers follow.
    const upright = format === "jpeg" ? { width: 200, height: 300 } : { width: 300, height: 200 };
    expect(body.data).toMatchObject(upright);
    expect(await new Bun.Image(await read(body.data.id)).metadata()).toMatchObject(upright);
  });

  test("sent as a file stays byte for byte", async () => {
    const image = withExif(format, await imageOf(format, 30, 20));
    const { body } = await send(image, "holiday", "file");
    expect(Buffer.compare(await read(body.data.id), image)).toBe(0);
    expect(body.data).toMatchObject({ mime: `image/${format}`, size: image.length });
    expect(body.data.width).toBeUndefined();
  });
});

test("an image is at most 2,560 pixels wide and high, and its thumbnail 480", async () => {
  const { body } = await send(await imageOf("png", 3000, 1500), "wide.png");
  expect(body.data).toMatchObject({ width: 2560, height: 1280 });
  const bytes = await read(body.data.id);
  expect(bytes.length).toBe(body.data.size);
  expect(await new Bun.Image(bytes).metadata()).toMatchObject({ width: 2560, height: 1280 });
  expect(await new Bun.Image(await read(body.data.id, "thumbnail")).metadata()).toMatchObject({
    width: 480,
    height: 240,
  });
});

test("a GIF stays as it is, with a still thumbnail", async () => {
  const gif = Buffer.from("R0lGODlhAQABAIAAAP8AAP///yH5BAAKAAAALAAAAAABAAEAAAICRAEAOw==", "base64");
  const { status, body } = await send(new Uint8Array(gif), "dance.gif");
  expect(status).toBe(201);
  expect(body.data).toMatchObject({ name: "dance.gif", mime: "image/gif", width: 1, height: 1 });
  expect(Buffer.compare(await read(body.data.id), gif)).toBe(0);
  expect(await new Bun.Image(await read(body.data.id, "thumbnail")).metadata()).toMatchObject({ format: "webp" });
});

test("what is no image, or has too many pixels, is unsupported", async () => {
  const huge = await imageOf("png", 16, 16);
  // 30,000 by 30,000 pixels, as its header says.
  new DataView(huge.buffer).setUint32(16, 30_000);
  new DataView(huge.buffer).setUint32(20, 30_000);
  new DataView(huge.buffer).setUint32(29, Number(BigInt.asUintN(32, BigInt(Bun.hash.crc32(huge.subarray(12, 29))))));
  for (const image of [
    new TextEncoder().encode("hello"),
    new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg"/>'),
    new Uint8Array(0),
    huge,
    (await imageOf("jpeg", 300, 200)).slice(0, 40),
  ])
    expectRefusal(await send(image as Uint8Array<ArrayBuffer>, "cat.jpg"), 415, "unsupported");
  expect((await server.call("GET", "/live")).status).toBe(200);
});

/** A sample; `bun run test:images` takes 2,000. */
const CORRUPTED = Number(process.env.CORRUPTED_IMAGES ?? 60);

test(
  "corrupted images do no harm",
  async () => {
    const outcomes = new Set<number>();
    const originals = await Promise.all((["jpeg", "png", "webp"] as Format[]).map((format) => imageOf(format, 64, 64)));
    let state = 7;
    const random = (below: number) => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return (state >>> 8) % below;
    };
    for (let i = 0; i < CORRUPTED; i++) {
      const image = originals[i % 3]!.slice();
      for (let n = 0; n <= random(8); n++) image[random(image.length)] = random(256);
      outcomes.add((await send(random(4) === 0 ? image.slice(0, random(image.length)) : image, "x")).status);
    }
    for (const status of outcomes) expect([201, 415]).toContain(status);
    expect(outcomes.has(415)).toBe(true);
    expect((await server.call("GET", "/live")).status).toBe(200);
  },
  CORRUPTED * 1_000,
);
