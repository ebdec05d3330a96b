// Whatever a client sends, it gets a clear error, nothing is stored, and nobody else hears of it.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { newPair, type Socket, startServer, type TestServer, type User } from "../support/harness.ts";

let server: TestServer;
let ali: User;
let conversationId: number;
let a: Socket;
let v: Socket;

beforeAll(async () => {
  server = await startServer();
  const pair = await newPair(server);
  ({ ali, conversationId } = pair);
  const path = `/ws/conversations/${conversationId}`;
  a = await (await server.connect(pair.ali, path)).ready();
  v = await (await server.connect(pair.veli, path)).ready();
});
afterAll(() => server.close());

const uuid = "0b9f1f5e-6f0b-4d3f-9a51-3a1c2f6f8a10";
const send = (fields: object) => ({ type: "message.send", body: "hello", ...fields });

test.each<[string, unknown, string]>([
  ["a binary frame", new Uint8Array([123, 125]), "bad_request"],
  ["an empty frame", "", "bad_request"],
  ["broken JSON", '{"type": "ping"', "bad_request"],
  ["an array", "[]", "bad_request"],
  ["a number", "123", "bad_request"],
  ["null", "null", "bad_request"],
  ["a text", '"ping"', "bad_request"],
  ["no type", "{}", "bad_request"],
  ["an unknown type", { type: "message.shout" }, "bad_request"],
  ["a type that objects have by nature", { type: "constructor" }, "bad_request"],
  ["another type that objects have by nature", { type: "toString" }, "bad_request"],
  ["a type that is the prototype", '{"type": "__proto__"}', "bad_request"],
  ["a type that is no text", { type: { type: "ping" } }, "bad_request"],
  ["a command of the other kind of room", { type: "group.message.send", body: "hello" }, "bad_request"],
  [
    "JSON nested 20,000 deep",
    `{"type":"message.send","body":${"[".repeat(20_000)}${"]".repeat(20_000)}}`,
    "bad_request",
  ],
  [
    "nesting where nothing is expected",
    `{"type":"nonsense","deep":${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}}`,
    "bad_request",
  ],
  ["a ref with NUL", '{"type":"ping","ref":"a\\u0000b"}', "invalid"],
  ["a body that is an object", send({ body: { toString: "hello" } }), "invalid"],
  ["a body that is a list", send({ body: ["hello"] }), "invalid"],
  ["a body that is null", send({ body: null }), "invalid"],
  ["no body", send({ body: undefined }), "invalid"],
  ["a body that is no text", send({ body: 5 }), "invalid"],
  ["an empty body", send({ body: "" }), "invalid"],
  ["a body of white space", send({ body: " \n\t " }), "invalid"],
  ["a body of 4,001 characters", send({ body: "x".repeat(4001) }), "invalid"],
  ["a body of 4,001 emoji", send({ body: "😀".repeat(4001) }), "invalid"],
  ["a body with NUL", '{"type":"message.send","body":"a\\u0000b"}', "invalid"],
  ["a body with a lone surrogate", '{"type":"message.send","body":"a\\ud800b"}', "invalid"],
  ["a client_id that is no UUID", send({ client_id: "1" }), "invalid"],
  ["a client_id that is null", send({ client_id: null }), "invalid"],
  ["a ref of 65 characters", send({ ref: "r".repeat(65) }), "invalid"],
  ["a ref that is no text", send({ ref: 1 }), "invalid"],
  ["a read without a message", { type: "conversation.read" }, "invalid"],
  ["a read of message 0", { type: "conversation.read", last_message_id: 0 }, "invalid"],
  ["a read of message -1", { type: "conversation.read", last_message_id: -1 }, "invalid"],
  ["a read of message 1.5", { type: "conversation.read", last_message_id: 1.5 }, "invalid"],
  ["a read past 2^53", '{"type":"conversation.read","last_message_id":9007199254740993}', "invalid"],
  ["a read of a text", { type: "conversation.read", last_message_id: "01" }, "invalid"],
  ["a read of a list", { type: "conversation.read", last_message_id: ["1"] }, "invalid"],
  ["a text under another name that is no text", { type: "message.send", content: 5 }, "invalid"],
])("%s", async (_name, frame, code) => {
  a.send(frame);
  const error = await a.next("error");
  expect(error.code).toBe(code);
  expect(error.detail.length).toBeGreaterThan(0);
  await Promise.all([a.expectSilence(), v.expectSilence()]);
  expect(
    (await ali.get(`/messages/${conversationId}`)).body.data.every(({ body }: { body: string }) => body !== "hello"),
  ).toBe(true);
});

test.each([
  ["4,000 characters", "x".repeat(4000)],
  ["4,000 emoji", "😀".repeat(4000)],
  ["4,000 characters amid white space", `  ${"x".repeat(4000)}\n`],
  ["markup", "<b onclick=alert(1)>'; drop table users; --"],
])("a body of %s is stored as it is, trimmed", async (_name, body) => {
  a.send(send({ body }));
  expect((await v.next("message.new")).data.body).toBe(body.trim());
});

test("a frame may be 64 KiB long, and a ref 64 characters, whatever they are", async () => {
  const ref = "😀".repeat(64);
  const frame = JSON.stringify({ type: "ping", ref, padding: "" });
  const padding = "x".repeat(64 * 1024 - Buffer.byteLength(frame));
  a.send({ type: "ping", ref, padding });
  expect(await a.next("ack")).toEqual({ type: "ack", ref, data: {} });
});

test("what a frame brings beside its fields is let be, and can't pass for one of them", async () => {
  a.send(`{"type":"message.send","body":"shown","__proto__":{"ref":"r"},"sender_id":1,"seq":99,"id":1,"kind":"group"}`);
  const { data } = await v.next("message.new");
  expect([data.sender_id, data.body]).toEqual([ali.id, "shown"]);
  expect(data.id).not.toBe(99);
  await a.next("message.new");
  await a.expectSilence();
});

test.each<[string, unknown]>([
  ["a command", { type: "ping" }],
  ["broken JSON", "{"],
  ["a list", "[]"],
  ["null", "null"],
  ["an empty frame", ""],
  ["a token that is no text", { type: "auth", token: { sub: 1 } }],
  ["a token without end", { type: "auth", token: "x".repeat(5_000) }],
])("a first frame that should say who it is but is %s ends the connection", async (_name, frame) => {
  const socket = await server.connect(null, `/ws/conversations/${conversationId}`);
  socket.send(frame);
  expect(await socket.closed).toEqual({ code: 1008, reason: "unauthorized" });
  expect(socket.frames).toEqual([]);
});

test("an error says which field, and carries the ref", async () => {
  a.send(send({ body: 5, ref: "mine", client_id: uuid }));
  expect(await a.next("error")).toMatchObject({
    ref: "mine",
    code: "invalid",
    errors: [{ field: "body", message: "must be string" }],
  });
});

test("a frame of more than 64 KiB ends the connection with 1009, and no other", async () => {
  for (const frame of ["x".repeat(200_000), new Uint8Array(200_000), "é".repeat(40_000)]) {
    const socket = await (await server.connect(ali, `/ws/conversations/${conversationId}`)).ready();
    socket.send(frame);
    expect(await socket.closed).toEqual({ code: 1009, reason: "frame_too_large" });
  }
  await Promise.all([a.expectSilence(), v.expectSilence()]);
});

test("a flood past the limit of sends is told to slow down and, if it does not listen, is cut off", async () => {
  const limited = await startServer({ rateLimits: true }, server.target);
  try {
    const pair = await newPair(limited);
    const path = `/ws/conversations/${pair.conversationId}`;
    const flood = await (await limited.connect(pair.ali, path)).ready();
    const listener = await (await limited.connect(pair.veli, path)).ready();
    for (let i = 0; i < 2_000; i++) flood.send(send({}));
    expect(await flood.next("error")).toMatchObject({ code: "slow_down" });
    expect(await flood.closed).toEqual({ code: 1008, reason: "slow_down" });
    await listener.next("message.new");
    listener.send(send({ ref: "fine" }));
    expect((await listener.next("ack")).ref).toBe("fine");
  } finally {
    await limited.close();
  }
});

test.each<[string, unknown]>([
  ["pings", { type: "ping" }],
  ["frames that are no JSON", "nonsense"],
  ["binary frames", new Uint8Array([1, 2, 3])],
])("%s that never cease are refused, and then their socket is cut off", async (_name, frame) => {
  const limited = await startServer({ rateLimits: true }, server.target);
  try {
    const user = await limited.newUser();
    const flood = await (await limited.connect(user, "/ws")).ready();
    let isOpen = true;
    flood.closed.then(() => (isOpen = false));
    // Not all at once, so that tokens come back meanwhile and some of them are answered as they should be.
    for (let i = 0; isOpen && i < 400; i++) {
      for (let k = 0; k < 20; k++) flood.send(frame);
      await Bun.sleep(2);
    }
    expect(await flood.closed).toEqual({ code: 1008, reason: "slow_down" });
  } finally {
    await limited.close();
  }
});

test("one who sends somewhat too fast is told so again and again, and stays", async () => {
  const limited = await startServer({ rateLimits: true }, server.target);
  try {
    const { ali: eager, conversationId: room } = await newPair(limited);
    const socket = await (await limited.connect(eager, `/ws/conversations/${room}`)).ready();
    for (let wave = 0; wave < 3; wave++) {
      for (let i = 0; i < 150; i++) socket.send(send({ ref: "r" }));
      for (let i = 0; i < 150; i++) await socket.nextOf("ack", "error");
    }
    socket.send({ type: "ping" });
    await socket.next("pong");
  } finally {
    await limited.close();
  }
});
