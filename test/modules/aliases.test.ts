// What frontends for another server's code send instead of the contract's names: taken on the way in, never given out.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { LISTS, newScene, rawCall } from "../support/endpoints.ts";
import {
  newGroup,
  newPair,
  PASSWORD,
  type Socket,
  startServer,
  type TestServer,
  type User,
} from "../support/harness.ts";

let server: TestServer;
let ali: User;
let veli: User;
let conversationId: number;
let owner: User;
let member: User;
let groupId: number;
beforeAll(async () => {
  server = await startServer();
  ({ ali, veli, conversationId } = await newPair(server));
  const group = await newGroup(server, 2);
  ({ owner, groupId } = group);
  member = group.others[0]!;
});
afterAll(() => server.close());

describe("a frame", () => {
  const sockets = async (user: User, room: string): Promise<[string, Socket][]> => [
    ["/ws", await (await server.connect(user, "/ws")).ready()],
    [room, await (await server.connect(user, `/ws/${room}`)).ready()],
  ];

  test("group.message.sent with `content` and ids as texts sends to a group", async () => {
    for (const [path, socket] of await sockets(member, `groups/${groupId}`)) {
      socket.send({ type: "group.message.sent", group_id: String(groupId), content: `from ${path}`, ref: "1" });
      const { data } = await socket.next("group.message.new", ({ data }) => data.body === `from ${path}`);
      expect(data).toMatchObject({ group_id: groupId, body: `from ${path}`, sender_id: member.id });
      expect(data).not.toHaveProperty("content");
      expect((await socket.next("ack")).ref).toBe("1");
    }
  });

  test("message.send with `content` and ids as texts sends to a conversation", async () => {
    for (const [path, socket] of await sockets(ali, `conversations/${conversationId}`)) {
      socket.send({ type: "message.send", conversation_id: String(conversationId), content: `from ${path}`, ref: "1" });
      const { data } = await socket.next("message.new", (frame) => frame.data.body === `from ${path}`);
      expect(data).toMatchObject({ conversation_id: conversationId, sender_id: ali.id });
      await socket.next("ack");
    }
  });

  test("with `body` beside `content` sends the body", async () => {
    const socket = await (await server.connect(ali, `/ws/conversations/${conversationId}`)).ready();
    socket.send({ type: "message.send", body: "this", content: "not that", ref: "1" });
    expect((await socket.next("ack")).data.body).toBe("this");
  });

  test("group.read without an id, or with null, reads up to the newest; with a text, up to that", async () => {
    const send = async (body: string) => (await owner.post(`/groups/${groupId}/messages`, { body })).body.data.id;
    const [[, account], [, room]] = (await sockets(member, `groups/${groupId}`)) as [
      [string, Socket],
      [string, Socket],
    ];
    const reads: [Socket, object, number][] = [];
    const [first, second] = [await send("one"), await send("two")];
    reads.push([account, { group_id: groupId, last_message_id: String(first) }, first]);
    reads.push([room, {}, second]);
    for (const [socket, fields, id] of reads) {
      socket.send({ type: "group.read", ...fields, ref: "r" });
      expect((await socket.next("ack")).data).toMatchObject({ last_message_id: id });
    }
    const third = await send("three");
    account.send({ type: "group.read", group_id: String(groupId), last_message_id: null, ref: "r" });
    expect((await account.next("ack")).data).toMatchObject({ last_message_id: third });
  });

  test.each<[string, object, string]>([
    ["group.message.sent on a conversation's socket", { type: "group.message.sent", content: "x" }, "bad_request"],
    ["a text of digits that is no id", { type: "message.send", conversation_id: "007", body: "x" }, "invalid"],
    [
      "a text of digits for another room",
      { type: "message.send", conversation_id: "999999", body: "x" },
      "bad_request",
    ],
    ["content that is empty", { type: "message.send", content: " " }, "invalid"],
    ["a read of a conversation without an id", { type: "conversation.read" }, "invalid"],
  ])("of %s is refused", async (_what, frame, code) => {
    const socket = await (await server.connect(veli, `/ws/conversations/${conversationId}`)).ready();
    socket.send({ ...frame, ref: "1" });
    expect(await socket.next("error")).toMatchObject({ ref: "1", code });
  });
});

describe("a body", () => {
  test("with `content` sends a message", async () => {
    for (const [user, path] of [
      [ali, `/messages/${conversationId}`],
      [member, `/groups/${groupId}/messages`],
    ] as const) {
      const { status, body } = await user.post(path, { content: "hello" });
      expect([status, body.data.body, body.data.content]).toEqual([201, "hello", undefined]);
      expect((await user.post(path, { body: "this", content: "not that" })).body.data.body).toBe("this");
      for (const wrong of [{ content: 5 }, { content: "" }, { content: null }, {}])
        expect((await user.post(path, wrong)).body).toMatchObject({ code: "invalid", errors: [{ field: "body" }] });
    }
  });

  test("with a description of null makes or leaves a group without one", async () => {
    const made = await owner.post("/groups", { name: "Weekend", description: null });
    expect([made.status, made.body.data.description]).toEqual([201, ""]);
    const path = `/groups/${made.body.group_id}`;
    await owner.put(path, { description: "Where to?" });
    expect((await owner.put(path, { name: "Weekend", description: null })).body.data.description).toBe("");
  });

  const boundary = "----WebKitFormBoundary7MA4YWxkTrZu0gW";
  const part = (name: string, value: string) =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  const logIn = (...parts: string[]) =>
    rawCall(server.url, "POST", "/login", `${parts.join("")}--${boundary}--\r\n`, {
      "content-type": `multipart/form-data; boundary=${boundary}`,
    });

  test("as multipart/form-data logs in", async () => {
    const username = `multi_${ali.id}`;
    await server.call("POST", "/register", { username, email: `${username}@example.com`, password: PASSWORD });
    const answer = await logIn(part("username", username), part("password", PASSWORD), part("grant_type", "password"));
    expect([answer.status, answer.body.token_type?.toLowerCase()]).toEqual([200, "bearer"]);
  });

  test("as multipart/form-data that is wrong is refused", async () => {
    expect((await logIn(part("username", "a"))).body.code).toBe("invalid");
    expect((await logIn(part("username", "a"), part("username", "b"), part("password", PASSWORD))).body.code).toBe(
      "bad_request",
    );
    const file = `--${boundary}\r\nContent-Disposition: form-data; name="password"; filename="p.txt"\r\n\r\n${PASSWORD}\r\n`;
    expect((await logIn(part("username", "a"), file)).body.code).toBe("bad_request");
    for (const type of [
      "multipart/form-data",
      "multipart/form-data; boundary=",
      "multipart/form-data; boundary=other",
    ]) {
      const answer = await rawCall(server.url, "POST", "/login", part("username", "a"), { "content-type": type });
      expect([400, 422]).toContain(answer.status);
    }
  });
});

describe("a limit or page beyond its bounds counts as the nearest inside", () => {
  test("in lists", async () => {
    const scene = await newScene(server);
    for (const endpoint of LISTS) {
      const path = scene.fill(endpoint.path);
      const ask = (limit: string) => scene.send(endpoint, `${path}${path.includes("?") ? "&" : "?"}limit=${limit}`);
      for (const limit of ["0", "-1", "101", "99999999999999999999"]) expect((await ask(limit)).status).toBe(200);
    }
  });

  test("in histories", async () => {
    const room = await newPair(server);
    const path = `/messages/${room.conversationId}`;
    for (const body of ["one", "two", "three"]) await room.ali.post(path, { body });
    const read = async (query: string) =>
      (await room.ali.get(`${path}?${query}`)).body.data.map(({ body }: { body: string }) => body);
    expect(await read("limit=0")).toEqual(["three"]);
    expect(await read("limit=-7")).toEqual(["three"]);
    expect(await read("limit=5000")).toEqual(["one", "two", "three"]);
    expect(await read("page=-1&limit=2")).toEqual(["two", "three"]);
    expect(await read("page=5000&limit=2")).toEqual([]);
  });
});
