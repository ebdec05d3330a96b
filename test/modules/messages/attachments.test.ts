// Files that messages bring: whose they are, once each, and gone with the message. How they get there is told in test/modules/files.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { ATTACHMENTS_LIMIT } from "../../../src/protocol/limits.ts";
import {
  expectInvalid,
  expectRefusal,
  type Json,
  startServer,
  type TestServer,
  type User,
} from "../../support/harness.ts";
import { KINDS, newRoom, type Room, seqOf } from "./rooms.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

/** A file as an upload leaves it. */
async function newFile(owner: User, fields: { state?: string; kind?: string } = {}): Promise<number> {
  const { state = "ready", kind = "image" } = fields;
  const [file] = await server.core.sql`
    insert into files (owner_id, key, kind, name, mime, size, received, state, meta)
    values (${owner.id}, ${crypto.randomUUID()}, ${kind}, 'cat "1".webp', 'image/webp', 1000, 1000, ${state},
      '{"width": 4, "height": 3}')
    returning id`;
  return file!.id;
}
const stateOf = async (id: number): Promise<Json> =>
  (await server.core.sql`select state, used_at is not null as used from files where id = ${id}`)[0];
const shownOf = (id: number) => ({
  id,
  kind: "image",
  name: 'cat "1".webp',
  mime: "image/webp",
  size: 1000,
  width: 4,
  height: 3,
});

describe.each(KINDS)("in a %s", (kind) => {
  const send = (room: Room, fields: object) => room.author.post(room.path, { body: "", ...fields });

  test("come in their order, with what is shown of them, in the answer, live, in history and in a replay", async () => {
    const room = await newRoom(server, kind);
    const socket = await (await server.connect(room.other, "/ws")).ready();
    const ids = [await newFile(room.author), await newFile(room.author)].reverse();
    const { status, body } = await send(room, { attachments: ids });
    expect([status, body.data?.body]).toEqual([201, ""]);
    expect(body.data.attachments).toEqual(ids.map(shownOf));
    const type = kind === "group" ? "group.message.new" : "message.new";
    const { data, seq } = await socket.next(type);
    expect(data.attachments).toEqual(ids.map(shownOf));
    expect((await room.other.get(room.path)).body.data[0].attachments).toEqual(ids.map(shownOf));
    const again = await server.connect(room.other, "/ws");
    again.send({ type: "resume", rooms: { [`${kind}:${room.id}`]: seq! - 1 } });
    expect((await again.next(type)).data).toEqual(data);
    expect(await stateOf(ids[0]!)).toEqual({ state: "ready", used: true });
  });

  test("another's file, one that is attached already, gone or refused is not found; one under way is not ready", async () => {
    const room = await newRoom(server, kind);
    const used = await newFile(room.author);
    await send(room, { attachments: [used] });
    const seq = await seqOf(server, room);
    const lost = [used, await newFile(room.other), 9_000_000_000];
    for (const state of ["refused", "deleted"]) lost.push(await newFile(room.author, { state }));
    for (const id of lost) expectRefusal(await send(room, { attachments: [id] }), 404, "not_found");
    const good = await newFile(room.author);
    for (const state of ["uploading", "checking"]) {
      const id = await newFile(room.author, { state });
      expectRefusal(await send(room, { attachments: [good, id] }), 409, "not_ready");
    }
    expect(await seqOf(server, room)).toBe(seq);
    expect(await stateOf(good)).toEqual({ state: "ready", used: false });
    expect((await send(room, { attachments: [good] })).status).toBe(201);
  });

  test.each([
    ["none", [], "attachments"],
    ["too many", Array.from({ length: ATTACHMENTS_LIMIT + 1 }, (_, i) => i + 1), "attachments"],
    ["twice the same", [1, 1], "attachments"],
    ["no ids", ["x"], "attachments.0"],
  ])("a list of %s is invalid", async (_, attachments, field) => {
    const room = await newRoom(server, kind);
    expectInvalid(await send(room, { attachments }), field);
  });

  test("a text is needed where there is no file", async () => {
    const room = await newRoom(server, kind);
    expectInvalid(await send(room, {}), "body");
  });

  test("the same message again has the same files; the same file twice at once is in one message", async () => {
    const room = await newRoom(server, kind);
    const attachments = [await newFile(room.author)];
    const client_id = crypto.randomUUID();
    const first = await send(room, { attachments, client_id });
    const again = await send(room, { attachments, client_id });
    expect([again.status, again.body.data]).toEqual([
      200,
      { ...first.body.data, delivered_at: again.body.data.delivered_at },
    ]);
    const contested = [await newFile(room.author)];
    const answers = await Promise.all([1, 2, 3, 4].map(() => send(room, { attachments: contested })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 404, 404, 404]);
  });

  test("an edit keeps those that it names, in their order, and the others are gone with the next request", async () => {
    const room = await newRoom(server, kind);
    const ids = [await newFile(room.author), await newFile(room.author), await newFile(room.author)];
    const [first, second, third] = ids as [number, number, number];
    const { body } = await send(room, {
      body: "look",
      attachments: ids,
      entities: [{ type: "bold", offset: 0, length: 4 }],
    });
    const path = `${room.path}/${body.data.id}`;
    const emoji = `${path}/reactions/${encodeURIComponent("👍")}`;
    await room.other.put(emoji);
    const socket = await (await server.connect(room.other, "/ws")).ready();
    const edited = await room.author.put(path, { body: "", attachments: [third, first] });
    expect(edited.body.data).toMatchObject({ body: "", attachments: [shownOf(first), shownOf(third)] });
    expect(edited.body.data.entities).toBeUndefined();
    const type = kind === "group" ? "group.message.updated" : "message.updated";
    expect((await socket.next(type)).data.attachments).toEqual([shownOf(first), shownOf(third)]);
    const page = (await room.other.get(room.path)).body.data;
    expect(page[0]).toMatchObject({
      attachments: [shownOf(first), shownOf(third)],
      reactions: [{ emoji: "👍", count: 1 }],
    });
    expect(await stateOf(second)).toEqual({ state: "deleted", used: true });
    for (const id of [first, third]) expect(await stateOf(id)).toEqual({ state: "ready", used: true });
    const uses = await server.core.sql`select file_id from file_uses where event_id = ${body.data.id} order by file_id`;
    expect(uses.map(({ file_id }: Json) => file_id)).toEqual([first, third]);
    // The same once more changes nothing, whatever was lost.
    const seq = await seqOf(server, room);
    expect((await room.author.put(path, { body: "", attachments: [first, third] })).status).toBe(200);
    expect(await seqOf(server, room)).toBe(seq);
    const none = await room.author.put(path, { body: "never mind", attachments: [] });
    expect([none.status, none.body.data.attachments]).toEqual([200, undefined]);
    expect(await stateOf(first)).toEqual({ state: "deleted", used: true });
    expect((await room.other.get(room.path)).body.data[0].reactions).toHaveLength(1);
    await socket.close();
  });

  test("an edit adds none, takes none of others, and leaves no empty message", async () => {
    const room = await newRoom(server, kind);
    const [own, unused] = [await newFile(room.author), await newFile(room.author)];
    const { body } = await send(room, { body: "look", attachments: [own] });
    const elsewhere = await newFile(room.author);
    await send(room, { attachments: [elsewhere] });
    const path = `${room.path}/${body.data.id}`;
    const seq = await seqOf(server, room);
    for (const attachments of [[unused], [own, unused], [elsewhere], [9_000_000_000]])
      expectRefusal(await room.author.put(path, { body: "see", attachments }), 404, "not_found");
    expectRefusal(await room.other.put(path, { body: "see", attachments: [] }), 403, "forbidden");
    expectInvalid(await room.author.put(path, { body: "", attachments: [] }), "body");
    expectInvalid(await room.author.put(path, { body: "see", attachments: [own, own] }), "attachments");
    expect(await seqOf(server, room)).toBe(seq);
    for (const id of [own, elsewhere]) expect(await stateOf(id)).toEqual({ state: "ready", used: true });
    expect(await stateOf(unused)).toEqual({ state: "ready", used: false });
  });

  test("an edit that names none may empty the text of a message with files, and of no other", async () => {
    const room = await newRoom(server, kind);
    const id = await newFile(room.author);
    const { body } = await send(room, { body: "look", attachments: [id] });
    const socket = await (await server.connect(room.other, "/ws")).ready();
    const edited = await room.author.put(`${room.path}/${body.data.id}`, { body: " " });
    expect(edited.status).toBe(200);
    expect(edited.body.data).toMatchObject({ body: "", attachments: [shownOf(id)] });
    const frame = await socket.next(kind === "conversation" ? "message.updated" : "group.message.updated");
    expect(frame.data).toEqual(edited.body.data);
    const plain = await send(room, { body: "no file" });
    expectInvalid(await room.author.put(`${room.path}/${plain.body.data.id}`, { body: "" }), "body");
    // Its last file has gone meanwhile, on another device.
    await room.author.put(`${room.path}/${body.data.id}`, { body: "see", attachments: [] });
    expectInvalid(await room.author.put(`${room.path}/${body.data.id}`, { body: "" }), "body");
    await socket.close();
  });

  test("go with a deletion of their message, and stay through an edit", async () => {
    const room = await newRoom(server, kind);
    const id = await newFile(room.author);
    const { body } = await send(room, { body: "look", attachments: [id] });
    const reply = await room.other.post(room.path, { body: "nice", reply_to: body.data.id });
    expect(reply.body.data.reply_to).toMatchObject({ body: "look", kind: "image" });
    const edited = await room.author.put(`${room.path}/${body.data.id}`, { body: "see" });
    expect(edited.body.data.attachments).toEqual([shownOf(id)]);
    expect((await room.author.delete(`${room.path}/${body.data.id}`)).body.data.attachments).toBeUndefined();
    expect(await stateOf(id)).toEqual({ state: "deleted", used: true });
  });
});
