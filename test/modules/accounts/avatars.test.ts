// Pictures of people: which file one is made of, who sees it and where, and what becomes of the one before.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { deflateSync } from "node:zlib";
import { PROTECTION } from "../../../src/files/protection.ts";
import { callRaw, createUpload, startFileServer, uploadForm } from "../../support/files.ts";
import { expectRefusal, type Json, newName, newPair, type User } from "../../support/harness.ts";
import { PATIENCE_MS } from "../../support/patience.ts";

let server: Awaited<ReturnType<typeof startFileServer>>;
beforeAll(async () => {
  server = await startFileServer();
});
afterAll(() => server.close());

/** A PNG of one colour. */
function png(side: number, colour = 0x33): Uint8Array<ArrayBuffer> {
  const chunk = (type: string, data: Uint8Array) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(Bun.hash.crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([8, 2], 8);
  const rows = Buffer.alloc(side * (1 + 3 * side), colour);
  for (let row = 0; row < side; row++) rows[row * (1 + 3 * side)] = 0;
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const parts = [chunk("IHDR", header), chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0))];
  return new Uint8Array(Buffer.concat([signature, ...parts]));
}

async function upload(user: User, bytes = png(600), fields: Record<string, string> = { kind: "image" }) {
  const { status, body } = await uploadForm(server, user, new Blob([bytes]), "me.png", fields);
  expect([status, body.data?.state]).toEqual([201, "ready"]);
  return body.data.id as number;
}

async function show(user: User, fileId: number): Promise<string> {
  const { status, body } = await user.put("/me/avatar", { file_id: fileId });
  expect(status).toBe(200);
  return body.data.avatar;
}

const picture = (user: { id: number }, avatar: string) => callRaw(server, null, "GET", `/avatars/${user.id}/${avatar}`);
const avatarOf = async (user: User): Promise<string | undefined> => (await user.get("/me")).body.data.avatar;
const stateOf = async (id: number) =>
  (await server.core.sql<{ state: string }[]>`select state from files where id = ${id}`)[0]?.state;

/** Of a removed file a row without bytes stays for some minutes. */
const remainsOf = async (id: number) =>
  (await server.core.sql<{ state: string; size: number }[]>`select state, size from files where id = ${id}`)[0];

describe("a picture of a bot", () => {
  const newBot = async (owner: User) =>
    (await owner.post("/bots", { username: newName() })).body.data as { id: number; username: string };

  test("is an image that its owner has uploaded; it is the bot's from then on, and goes with the next one", async () => {
    const owner = await server.newUser();
    const bot = await newBot(owner);
    const first = await upload(owner);
    const shown = await owner.put(`/bots/${bot.id}/avatar`, { file_id: first });
    expect(shown.body.data).toMatchObject({ id: bot.id, username: bot.username });
    expect((await picture(bot, shown.body.data.avatar)).status).toBe(200);
    expect((await owner.put(`/bots/${bot.id}/avatar`, { file_id: first })).body.data).toEqual(shown.body.data);
    // Neither a message of the owner's nor their own picture may have it, nor can they delete it.
    expectRefusal(await owner.put("/me/avatar", { file_id: first }), 404, "not_found");
    expectRefusal(await owner.delete(`/files/${first}`), 404, "not_found");
    await owner.put(`/bots/${bot.id}/avatar`, { file_id: await upload(owner, png(600, 0x77)) });
    expect(await stateOf(first)).toBe("deleted");
    expect((await owner.delete(`/bots/${bot.id}/avatar`)).body.data).not.toHaveProperty("avatar");
    expect((await owner.delete(`/bots/${bot.id}/avatar`)).status).toBe(200);
  });

  test("goes with the bot", async () => {
    const owner = await server.newUser();
    const bot = await newBot(owner);
    const file = await upload(owner);
    await owner.put(`/bots/${bot.id}/avatar`, { file_id: file });
    await owner.delete(`/bots/${bot.id}`);
    for (const end = Date.now() + PATIENCE_MS; (await remainsOf(file))?.state === "ready"; await Bun.sleep(20))
      if (Date.now() > end) throw new Error("the picture stays");
  });

  test("is set by its owner alone, of what is an image of theirs", async () => {
    const [owner, other] = await Promise.all([server.newUser(), server.newUser()]);
    const bot = await newBot(owner);
    const [own, foreign] = [await upload(owner), await upload(other)];
    expectRefusal(await other.put(`/bots/${bot.id}/avatar`, { file_id: foreign }), 404, "not_found");
    expectRefusal(await other.delete(`/bots/${bot.id}/avatar`), 404, "not_found");
    expectRefusal(await owner.put(`/bots/${bot.id}/avatar`, { file_id: foreign }), 404, "not_found");
    expectRefusal(await owner.put(`/bots/${other.id}/avatar`, { file_id: own }), 404, "not_found");
    const text = await upload(owner, new Uint8Array([1, 2, 3]), { kind: "file" });
    expectRefusal(await owner.put(`/bots/${bot.id}/avatar`, { file_id: text }), 415, "unsupported");
    expect((await owner.put("/me/avatar", { file_id: own })).status).toBe(200);
  });
});

describe("a picture", () => {
  test("is an uploaded image, written anew and small, which whoever knows its address may keep", async () => {
    const user = await server.newUser();
    const avatar = await show(user, await upload(user));
    expect(avatar).toMatch(/^[\w-]{16}$/);
    const { status, headers, bytes } = await picture(user, avatar);
    expect([status, headers.get("content-type"), headers.get("x-content-type-options")]).toEqual([
      200,
      "image/webp",
      "nosniff",
    ]);
    expect(headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    expect(headers.get("content-security-policy")).toBe(PROTECTION["content-security-policy"]);
    // Another origin's page shows it, and any file that its user may read.
    expect(headers.get("cross-origin-resource-policy")).toBe("cross-origin");
    const content = await callRaw(server, user, "GET", `files/${await upload(user)}/content`);
    expect(content.headers.get("cross-origin-resource-policy")).toBe("cross-origin");
    const { format, width, height } = await new Bun.Image(bytes).metadata();
    expect([format, width, height]).toEqual(["webp", 480, 480]);
  });

  test("is shown wherever the person is, also to whom they block, and told to others", async () => {
    const { ali, veli, conversationId } = await newPair(server);
    const socket = await (await server.connect(veli, "/ws")).ready();
    const avatar = await show(ali, await upload(ali));
    const person = { id: ali.id, username: ali.username, avatar };
    expect((await socket.next("user.updated")).data).toEqual(person);
    expect((await veli.get(`/users/${ali.id}`)).body.data).toEqual(person);
    expect((await veli.get("/conversations")).body.data[0].peer).toEqual(person);
    expect((await veli.get(`/users?query=${ali.username}`)).body.data).toEqual([person]);
    await ali.put(`/blocks/${veli.id}`);
    expect((await veli.get(`/users?ids=${ali.id}`)).body.data).toEqual([person]);
    await ali.delete(`/blocks/${veli.id}`);
    expect((await ali.delete("/me/avatar")).body.data.avatar).toBeUndefined();
    expect((await socket.next("user.updated")).data).toEqual({ id: ali.id, username: ali.username });
    // No message holds it.
    await ali.post(`/messages/${conversationId}`, { body: "hello" });
    expect(JSON.stringify((await socket.next("message.new")).data)).not.toContain(avatar);
  });

  test("gives way to another one, at another address, and is gone with its file", async () => {
    const user = await server.newUser();
    const [first, second] = [await upload(user), await upload(user, png(64, 0x77))];
    const before = await show(user, first);
    const after = await show(user, second);
    expect(after).not.toBe(before);
    expectRefusal(await picture(user, before), 404, "not_found");
    expect((await picture(user, after)).status).toBe(200);
    await server.core.files.sweep();
    expect(await remainsOf(first)).toEqual({ state: "deleted", size: 0 });
    expect((await user.delete("/me/avatar")).status).toBe(200);
    expectRefusal(await picture(user, after), 404, "not_found");
    expect((await user.delete("/me/avatar")).status).toBe(200);
    await server.core.files.sweep();
    expect(await remainsOf(second)).toEqual({ state: "deleted", size: 0 });
    expect(await avatarOf(user)).toBeUndefined();
  });

  test("that is set once more is the same one, and outlives what is swept", async () => {
    const user = await server.newUser();
    const id = await upload(user);
    const socket = await (await server.connect(user, "/ws")).ready();
    const avatar = await show(user, id);
    await socket.next("user.updated");
    expect(await show(user, id)).toBe(avatar);
    await server.core.sql`update files set touched_at = touched_at - interval '30 days' where id = ${id}`;
    await server.core.files.sweep();
    expect((await picture(user, avatar)).status).toBe(200);
    await socket.expectSilence();
  });

  test("of several set at once one is shown, and no file of the others is left", async () => {
    const user = await server.newUser();
    const ids = await Promise.all([1, 2, 3, 4].map((n) => upload(user, png(32, n))));
    await Promise.all(ids.map((id) => user.put("/me/avatar", { file_id: id })));
    expect((await picture(user, (await avatarOf(user))!)).status).toBe(200);
    const states = await Promise.all(ids.map(stateOf));
    expect(states.filter((state) => state === "ready")).toHaveLength(1);
  });

  test("is found under its name and its person's alone", async () => {
    const [user, other] = [await server.newUser(), await server.newUser()];
    const avatar = await show(user, await upload(user));
    for (const [owner, name] of [
      [other, avatar],
      [user, "AAAAAAAAAAAAAAAA"],
      [user, `${avatar}x`],
      [user, avatar.toLowerCase() === avatar ? avatar.toUpperCase() : avatar.toLowerCase()],
    ] as const)
      expectRefusal(await picture(owner, name), 404, "not_found");
  });
});

describe("nothing changes for", () => {
  test.each<[string, (user: User) => Promise<number>, number, string]>([
    ["somebody else's file", async () => upload(await server.newUser()), 404, "not_found"],
    ["a file that is not there", async () => 999_999_999, 404, "not_found"],
    [
      "an image that is not complete",
      async (user) => {
        const { headers } = await createUpload(server, user, 100, { kind: "image" });
        return Number(headers.get("location")!.slice("files/".length));
      },
      409,
      "not_ready",
    ],
    ["a file that is no image", (user) => upload(user, png(8), { kind: "file" }), 415, "unsupported"],
    [
      "an image that a message has",
      async (user) => {
        const id = await upload(user);
        const group = (await user.post("/groups", { name: "With an image" })).body.group_id;
        const sent = await user.post(`/groups/${group}/messages`, { body: "", attachments: [id] });
        expect(sent.status).toBe(201);
        return id;
      },
      404,
      "not_found",
    ],
    [
      "an image that was deleted",
      async (user) => {
        const id = await upload(user);
        await callRaw(server, user, "DELETE", `files/${id}`);
        return id;
      },
      404,
      "not_found",
    ],
  ])("%s", async (_what, fileOf, status, code) => {
    const user = await server.newUser();
    const avatar = await show(user, await upload(user));
    const id = await fileOf(user);
    expectRefusal(await user.put("/me/avatar", { file_id: id }), status, code);
    expect(await avatarOf(user)).toBe(avatar);
    expect((await picture(user, avatar)).status).toBe(200);
  });
});

test("the image of a picture is in no message, and can't be given up as a file", async () => {
  const user = await server.newUser();
  const id = await upload(user);
  const avatar = await show(user, id);
  const group = (await user.post("/groups", { name: "Without" })).body.group_id;
  expectRefusal(await user.post(`/groups/${group}/messages`, { body: "", attachments: [id] }), 404, "not_found");
  expectRefusal(await callRaw(server, user, "DELETE", `files/${id}`), 404, "not_found");
  const { status }: { status: number; body: Json } = await picture(user, avatar);
  expect(status).toBe(200);
});
