// What a message may have besides its text: formatting and mentions, and the message that it replies to. The same in conversations
// and in groups.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { ENTITIES_LIMIT, MENTIONS_LIMIT, QUOTE_LIMIT } from "../../../src/protocol/limits.ts";
import { expectInvalid, expectRefusal, type Json, startServer, type TestServer } from "../../support/harness.ts";
import { KINDS, type Kind, newRoom, type Room } from "./rooms.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

const PLAIN_FIELDS = {
  conversation: "id conversation_id sender_id body client_id seq created_at edited_at deleted_at delivered_at read_at",
  group: "id group_id sender_name sender_id body client_id seq created_at edited_at deleted_at delivered_at read_at",
};
const BOLD = { type: "bold", offset: 0, length: 5 };

const command = (kind: Kind, room: Room, fields: object) =>
  kind === "conversation"
    ? { type: "message.send", conversation_id: room.id, ...fields }
    : { type: "group.message.send", group_id: room.id, ...fields };
const frameOf = (kind: Kind, what: "new" | "updated" | "deleted") =>
  kind === "conversation" ? `message.${what}` : `group.message.${what}`;

describe.each(KINDS)("in a %s", (kind) => {
  const send = async (room: Room, fields: object, by = room.author): Promise<Json> => {
    const answer = await by.post(room.path, fields);
    expect([answer.status, answer.body.detail]).toEqual([201, undefined]);
    return answer.body.data;
  };
  const only = async (room: Room): Promise<Json> => (await room.other.get(`${room.path}?limit=1`)).body.data[0];

  test("a plain message has the fields that it always had, and no others", async () => {
    const room = await newRoom(server, kind);
    const socket = await (await server.connect(room.other, "/ws")).ready();
    const sent = await send(room, { body: "hello", entities: [] });
    const frame = await socket.next(frameOf(kind, "new"));
    for (const message of [sent, frame.data, await only(room)]) {
      expect(Object.keys(message)).toEqual(PLAIN_FIELDS[kind].split(" "));
    }
  });

  test("entities come back in the answer, live, in history and in a replay as they were sent", async () => {
    const room = await newRoom(server, kind);
    const socket = await (await server.connect(room.other, "/ws")).ready();
    const author = await (await server.connect(room.author, "/ws")).ready();
    const entities = [
      { type: "quote", offset: 0, length: 12 },
      { type: "mention", offset: 0, length: 4, user_id: room.other.id },
      BOLD,
      { type: "pre", offset: 13, length: 1, language: "ts" },
      { type: "link", offset: 15, length: 1, url: "https://example.com/?q=1" },
    ].sort((a, b) => a.offset - b.offset || b.length - a.length);
    author.send(command(kind, room, { body: "Veli 👍🏽 hey, x y", entities, ref: "1" }));
    await author.next("ack");
    const { data, seq } = await socket.next(frameOf(kind, "new"));
    expect(data.entities).toEqual(entities);
    expect((await only(room)).entities).toEqual(entities);
    const again = await server.connect(room.other, "/ws");
    again.send({ type: "resume", rooms: { [`${kind}:${room.id}`]: seq! - 1 } });
    expect((await again.next(frameOf(kind, "new"))).data).toEqual(data);
  });

  test.each([
    ["past the end of the text", [{ ...BOLD, length: 6 }], "entities.0.length"],
    [
      "past its end in code points, though not in code units",
      [{ ...BOLD, offset: 3 }],
      "entities.0.length",
      "ab👍🏽👍",
    ],
    [
      "out of order",
      [
        { ...BOLD, offset: 1, length: 1 },
        { ...BOLD, length: 1 },
      ],
      "entities.1.offset",
    ],
    [
      "half over another",
      [
        { ...BOLD, length: 3 },
        { type: "italic", offset: 2, length: 3 },
      ],
      "entities.1.length",
    ],
    ["a link that runs a script", [{ ...BOLD, type: "link", url: "javascript:alert(1)" }], "entities.0.url"],
    ["a link to nowhere", [{ ...BOLD, type: "link" }], "entities.0.url"],
    ["a mention of nobody", [{ ...BOLD, type: "mention" }], "entities.0.user_id"],
    ["an unknown type", [{ ...BOLD, type: "blink" }], "entities.0.type"],
    ["an empty range", [{ ...BOLD, length: 0 }], "entities.0.length"],
    ["a negative offset", [{ ...BOLD, offset: -1 }], "entities.0.offset"],
    ["a language that is none", [{ ...BOLD, type: "pre", language: "a b" }], "entities.0.language"],
    ["too many", Array(ENTITIES_LIMIT + 1).fill(BOLD), "entities"],
    ["too many mentions", Array(MENTIONS_LIMIT + 1).fill({ ...BOLD, type: "mention", user_id: 1 }), "entities"],
    ["no entities", ["bold"], "entities.0.type"],
    ["beside a text that is not trimmed", [BOLD], "body", " hello"],
    [
      "more than fits beside a message",
      Array(9).fill({ ...BOLD, type: "link", url: `https://example.com/${"a".repeat(2_000)}` }),
      "entities",
    ],
  ] as [string, unknown[], string, string?][])(
    "entities %s are refused by their path, and nothing is stored",
    async (...[, entities, field, body = "hello"]) => {
      const room = await newRoom(server, kind);
      expectInvalid(await room.author.post(room.path, { body, entities }), field);
      expect((await room.other.get(room.path)).body.data).toEqual([]);
    },
  );

  test("fields that an entity does not have are not kept", async () => {
    const room = await newRoom(server, kind);
    await send(room, { body: "hello", entities: [{ ...BOLD, url: "https://example.com", extra: 1 }] });
    expect((await only(room)).entities).toEqual([BOLD]);
  });

  test("a reply quotes the message as it stands: edited, then deleted", async () => {
    const room = await newRoom(server, kind);
    const socket = await (await server.connect(room.other, "/ws")).ready();
    const first = await send(room, { body: `${"x".repeat(QUOTE_LIMIT - 1)}👍🏽` });
    const quote = {
      id: first.id,
      seq: first.seq,
      sender_id: room.author.id,
      sender_name: room.author.username,
      body: `${"x".repeat(QUOTE_LIMIT - 1)}👍`,
    };
    const reply = await send(room, { body: "yes", reply_to: first.id }, room.other);
    expect(reply.reply_to).toEqual(quote);
    const live = await socket.next(frameOf(kind, "new"), ({ data }) => data.id === reply.id);
    expect(live.data.reply_to).toEqual(quote);
    await room.author.put(`${room.path}/${first.id}`, { body: "changed" });
    expect((await only(room)).reply_to).toEqual({ ...quote, body: "changed" });
    const { body } = await room.author.delete(`${room.path}/${first.id}`);
    expect((await only(room)).reply_to).toEqual({ ...quote, body: "", deleted_at: body.data.deleted_at });
  });

  test("a quote has the formatting of what it quotes: cut where that is, without links, and as it stands", async () => {
    const room = await newRoom(server, kind);
    const entities = [
      { type: "quote", offset: 0, length: QUOTE_LIMIT + 5 },
      { type: "spoiler", offset: QUOTE_LIMIT - 1, length: 2 },
      { type: "bold", offset: QUOTE_LIMIT, length: 1 },
    ];
    const link = { type: "link", offset: 1, length: 1, url: "https://example.com" };
    const text = `👍${"x".repeat(QUOTE_LIMIT + 4)}`;
    const first = await send(room, { body: text, entities: entities.toSpliced(1, 0, link) });
    const shown = [
      { type: "quote", offset: 0, length: QUOTE_LIMIT },
      { type: "spoiler", offset: QUOTE_LIMIT - 1, length: 1 },
    ];
    const reply = await send(room, { body: "yes", reply_to: first.id }, room.other);
    expect(reply.reply_to.entities).toEqual(shown);
    expect((await only(room)).reply_to.entities).toEqual(shown);
    await room.author.put(`${room.path}/${first.id}`, { body: text, entities: [link] });
    expect((await only(room)).reply_to).not.toHaveProperty("entities");
    await room.author.put(`${room.path}/${first.id}`, { body: text, entities });
    await room.author.delete(`${room.path}/${first.id}`);
    expect((await only(room)).reply_to).not.toHaveProperty("entities");
  });

  test("a reply to what is not in the room, or not a message, or deleted, is not_found and stores nothing", async () => {
    const room = await newRoom(server, kind);
    const elsewhere = await newRoom(server, kind);
    const foreign = await send(elsewhere, { body: "secret" });
    const gone = await send(room, { body: "gone" });
    await room.author.delete(`${room.path}/${gone.id}`);
    for (const reply_to of [foreign.id, gone.id, 9_000_000_000]) {
      expectRefusal(await room.author.post(room.path, { body: "hello", reply_to }), 404, "not_found");
    }
    expect((await room.other.get(room.path)).body.data).toHaveLength(1);
    const after = await send(room, { body: "next" });
    expect(after.seq).toBe(gone.seq + 2);
  });

  test("a reply sent again is stored once, even after its target was deleted", async () => {
    const room = await newRoom(server, kind);
    const first = await send(room, { body: "first" });
    const client_id = crypto.randomUUID();
    const reply = await send(room, { body: "reply", reply_to: first.id, client_id });
    await room.author.delete(`${room.path}/${first.id}`);
    const again = await room.author.post(room.path, { body: "reply", reply_to: first.id, client_id });
    expect([again.status, again.body.data.id]).toEqual([200, reply.id]);
    expect(again.body.data.reply_to).toMatchObject({ id: first.id, body: "" });
  });

  test("many at once, plain and rich, good and bad, keep their order without a gap", async () => {
    const room = await newRoom(server, kind);
    const first = await send(room, { body: "first" });
    const socket = await (await server.connect(room.other, "/ws")).ready();
    const author = await (await server.connect(room.author, "/ws")).ready();
    const extras = [{}, { entities: [{ ...BOLD, length: 1 }] }, { reply_to: first.id }, { reply_to: 9_000_000_000 }];
    // (Without a client_id none waits for those before it.)
    for (let i = 0; i < 60; i++) author.send(command(kind, room, { body: `${i}`, ref: `${i}`, ...extras[i % 4] }));
    for (let i = 0; i < 60; i++) {
      const result = await author.find("result", ({ ref }) => ref !== undefined);
      expect([result.type, result.code]).toEqual(
        Number(result.ref) % 4 === 3 ? ["error", "not_found"] : ["ack", undefined],
      );
    }
    const stored = (await room.other.get(room.path)).body.data.slice(1);
    expect(stored).toHaveLength(45);
    expect(stored.map(({ seq }: Json) => seq)).toEqual(stored.map((_: Json, i: number) => first.seq + 1 + i));
    for (const message of stored) {
      const { data, seq } = await socket.next(frameOf(kind, "new"));
      expect(data).toEqual({ ...message, delivered_at: data.delivered_at });
      expect(seq).toBe(message.seq);
      expect(Boolean(data.entities)).toBe(Number(data.body) % 4 === 1);
      expect(data.reply_to?.id).toBe(Number(data.body) % 4 === 2 ? first.id : undefined);
    }
  });

  test("an edit brings its own entities or clears them, and keeps the quote", async () => {
    const room = await newRoom(server, kind);
    const socket = await (await server.connect(room.other, "/ws")).ready();
    const first = await send(room, { body: "first" });
    const reply = await send(room, { body: "hello", entities: [BOLD], reply_to: first.id });
    const edited = await room.author.put(`${room.path}/${reply.id}`, {
      body: "hello",
      entities: [{ ...BOLD, type: "italic" }],
    });
    expect(edited.body.data).toMatchObject({ entities: [{ ...BOLD, type: "italic" }], reply_to: { id: first.id } });
    const { data } = await socket.next(frameOf(kind, "updated"));
    expect(data).toEqual({ ...edited.body.data, delivered_at: data.delivered_at });
    const cleared = await room.author.put(`${room.path}/${reply.id}`, { body: "hello" });
    expect(cleared.body.data.entities).toBeUndefined();
    expect(await only(room)).toMatchObject({ reply_to: { id: first.id } });
    expect((await only(room)).entities).toBeUndefined();
    expectInvalid(
      await room.author.put(`${room.path}/${reply.id}`, { body: "he", entities: [BOLD] }),
      "entities.0.length",
    );
  });

  test("an edit that changes nothing takes no place", async () => {
    const room = await newRoom(server, kind);
    const message = await send(room, { body: "hello", entities: [BOLD] });
    await room.author.put(`${room.path}/${message.id}`, { body: "hello", entities: [BOLD] });
    expect((await send(room, { body: "next" })).seq).toBe(message.seq + 1);
  });

  test("a deletion takes formatting and quote with the text", async () => {
    const room = await newRoom(server, kind);
    const first = await send(room, { body: "first" });
    const reply = await send(room, { body: "hello", entities: [BOLD], reply_to: first.id });
    const { body } = await room.author.delete(`${room.path}/${reply.id}`);
    for (const message of [body.data, await only(room)]) {
      expect(Object.keys(message)).toEqual(PLAIN_FIELDS[kind].split(" "));
    }
  });
});
