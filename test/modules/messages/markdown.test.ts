// A message whose text is given as Markdown. The same in conversations and in groups.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { BODY_LIMIT } from "../../../src/protocol/limits.ts";
import { expectInvalid, startServer, type TestServer } from "../../support/harness.ts";
import { KINDS, newRoom } from "./rooms.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

describe.each(KINDS)("in a %s", (kind) => {
  test("it is stored as text with entities, and everyone sees it so", async () => {
    const room = await newRoom(server, kind);
    const socket = await (await server.connect(room.other, "/ws")).ready();
    const { username } = room.other;
    const body = ` **Done**, @${username.toUpperCase()}: [see](https://example.com/a)\n\`\`\`ts\nlet a = 1;\n\`\`\` `;
    const sent = await room.author.post(room.path, { body, format: "markdown" });
    expect(sent.status).toBe(201);
    const start = 6 + username.length + 3;
    const expected = {
      body: `Done, @${username.toUpperCase()}: see\nlet a = 1;`,
      entities: [
        { type: "bold", offset: 0, length: 4 },
        { type: "mention", offset: 6, length: username.length + 1, user_id: room.other.id },
        { type: "link", offset: start, length: 3, url: "https://example.com/a" },
        { type: "pre", offset: start + 4, length: 10, language: "ts" },
      ],
    };
    expect(sent.body.data).toMatchObject(expected);
    expect((await socket.next(kind === "group" ? "group.message.new" : "message.new")).data).toMatchObject(expected);
    const { body: inbox } = await room.other.get("/mentions");
    expect(inbox.data[0]).toMatchObject({ kind: "mention", message: { id: sent.body.data.id } });
  });

  test("a name of somebody outside, and what is no markup, stay text", async () => {
    const room = await newRoom(server, kind);
    const body = `@${room.outsider.username} 2 * 3 * 4 snake_case_name [a](javascript:alert(1))`;
    const { data } = (await room.author.post(room.path, { body, format: "markdown" })).body;
    expect(data.body).toBe(body);
    expect(data).not.toHaveProperty("entities");
  });

  test("@all means everyone", async () => {
    const room = await newRoom(server, kind);
    const { data } = (await room.author.post(room.path, { body: "@all hi", format: "markdown" })).body;
    expect(data.entities).toEqual([{ type: "mention_all", offset: 0, length: 4 }]);
  });

  test("together with entities it is refused, and so is another format", async () => {
    const room = await newRoom(server, kind);
    const bold = [{ type: "bold", offset: 0, length: 1 }];
    for (const entities of [bold, []])
      expectInvalid(await room.author.post(room.path, { body: "a", entities, format: "markdown" }), "format");
    expectInvalid(await room.author.post(room.path, { body: "a", format: "html" }), "format");
    expect((await room.other.get(room.path)).body.data).toEqual([]);
  });

  test("an edit takes it as well", async () => {
    const room = await newRoom(server, kind);
    const { data } = (await room.author.post(room.path, { body: "a" })).body;
    const path = `${room.path}/${data.id}`;
    const edited = await room.author.put(path, { body: "*b*", format: "markdown" });
    expect(edited.body.data).toMatchObject({ body: "b", entities: [{ type: "italic", offset: 0, length: 1 }] });
    const plain = await room.author.put(path, { content: "c", format: "markdown" });
    expect(plain.body.data.body).toBe("c");
    expect(plain.body.data).not.toHaveProperty("entities");
    expectInvalid(await room.author.put(path, { body: "*d*", entities: [], format: "markdown" }), "format");
  });

  test("the limit of a text is that of what is stored", async () => {
    const room = await newRoom(server, kind);
    const long = "a".repeat(BODY_LIMIT);
    const sent = await room.author.post(room.path, { body: `**${long}**`, format: "markdown" });
    expect([sent.status, sent.body.data.body]).toEqual([201, long]);
    expectInvalid(await room.author.post(room.path, { body: `**${long}a**`, format: "markdown" }), "body");
  });
});
