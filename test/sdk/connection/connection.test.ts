// Connecting, reconnecting and giving up: against a server that the test plays, and against the real one.
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { ChatError, createChat } from "../../../src/sdk/index.ts";
import { logIn, startServer, type TestServer } from "../../support/harness.ts";
import { chatOf, closeChats, FakeSocket, isOpen, QUICK, until } from "../chats.ts";

let server: TestServer;
/** A chat whose token lasts two seconds, and how it did; begun early so that the other tests pass the time. */
let lasting: Awaited<ReturnType<typeof last>>;
beforeAll(async () => {
  server = await startServer();
  lasting = await last();
});
afterEach(() => {
  closeChats();
  FakeSocket.made = [];
});
afterAll(() => server.close());

async function last() {
  const short = await startServer({ tokenTtl: 2 }, server.target);
  const user = await server.newUser();
  const tokens: string[] = [];
  const renewToken = async () => {
    tokens.push(await logIn(short.url, user.username));
    return tokens.at(-1)!;
  };
  const begun = Date.now();
  const chat = createChat({ url: short.url, token: await renewToken(), renewToken });
  await isOpen(chat);
  const states: string[] = [];
  chat.connection.subscribe(() => states.push(chat.connection.getSnapshot().state));
  // Longer than the first token lives.
  const outcome = Bun.sleep(begun + 2_300 - Date.now()).then(() => ({ states: [...states], tokens: tokens.length }));
  return { chat, outcome, short };
}

const answer = (status: number, body: object) => ({ ok: status < 300, status, text: async () => JSON.stringify(body) });
const ME = { id: 1, username: "ali", email: "ali@example.com", created_at: "2026-01-01T00:00:00.000000+00:00" };
/** HTTP of the server that the test plays. */
const fetch = async (url: string) => answer(200, { data: url.endsWith("/me") ? ME : [], next_cursor: null });

/** A chat with a server that the test plays. */
const played = (options: object = {}) =>
  chatOf({ token: "token-1" }, "http://chat.test", { WebSocket: FakeSocket, fetch, ...options });
const socket = () => FakeSocket.made.at(-1)!;

test("a connection authenticates by a frame, never in the address, and resumes", async () => {
  const chat = played();
  expect(chat.connection.getSnapshot()).toEqual({ state: "connecting", retryAt: null, reason: null, queued: 0 });
  await isOpen(chat);
  expect(socket().url).toBe("ws://chat.test/ws?resume=1");
  expect(socket().sent).toEqual([
    { type: "auth", token: "token-1", ref: expect.any(String) },
    { type: "resume", rooms: {}, ref: expect.any(String) },
  ]);
});

test.each([
  [1006, ""],
  [1001, ""],
  [1009, "frame_too_large"],
  [1013, "unavailable"],
  [1013, "too_many_sockets"],
  [1013, "too_slow"],
])("after a close with %i %s the SDK reconnects", async (code, reason) => {
  const chat = played();
  await isOpen(chat);
  socket().end(code, reason);
  const { state, retryAt } = chat.connection.getSnapshot();
  expect(state).toBe("waiting");
  expect(retryAt).toBeGreaterThanOrEqual(Date.now() - 5);
  expect(chat.connection.getSnapshot().reason).toBe(reason || "network");
  await isOpen(chat);
  expect(FakeSocket.made).toHaveLength(2);
});

test.each(["unauthorized", "forbidden", "slow_down"])("a close with 1008 %s is final", async (reason) => {
  const chat = played();
  await isOpen(chat);
  socket().end(1008, reason);
  expect(chat.connection.getSnapshot()).toMatchObject({ state: "closed", reason, retryAt: null });
  chat.reconnect();
  await Bun.sleep(QUICK.capMs * 2);
  expect(FakeSocket.made).toHaveLength(1);
  expect(chat.searchUsers("a")).rejects.toMatchObject({ code: "closed" });
});

test("the waits grow with full jitter, up to the cap, and end early on reconnect()", async () => {
  const random = Math.random;
  try {
    Math.random = () => 0.999;
    const chat = played({ backoff: { baseMs: 10, capMs: 35 }, WebSocket: class extends FakeSocket {} });
    const waits: number[] = [];
    for (let i = 0; i < 4; i++) {
      while (FakeSocket.made.length <= i) await Bun.sleep(1);
      socket().end(1006);
      waits.push(chat.connection.getSnapshot().retryAt! - Date.now());
    }
    for (const [i, full] of [10, 20, 35, 35].entries()) {
      expect(waits[i]).toBeLessThanOrEqual(full);
      expect(waits[i]).toBeGreaterThan(full - 4);
    }
    Math.random = () => 0;
    while (FakeSocket.made.length <= 4) await Bun.sleep(1);
    socket().end(1006);
    expect(chat.connection.getSnapshot().retryAt! - Date.now()).toBeLessThanOrEqual(0);
    Math.random = () => 0.999;
    while (FakeSocket.made.length <= 5) await Bun.sleep(1);
    socket().end(1006);
    chat.reconnect();
    expect(chat.connection.getSnapshot().state).toBe("connecting");
    expect(FakeSocket.made).toHaveLength(7);
  } finally {
    Math.random = random;
  }
});

test("a refused token is renewed once and the socket opened again; a renewed one that is refused is final", async () => {
  let renewals = 0;
  const chat = played({ renewToken: async () => `token-${++renewals + 1}` });
  await isOpen(chat);
  socket().end(1008, "unauthorized");
  await isOpen(chat);
  expect(socket().sent[0]).toMatchObject({ type: "auth", token: "token-2" });
  expect(renewals).toBe(1);
  const { send } = FakeSocket.prototype;
  FakeSocket.prototype.send = function () {
    this.end(1008, "unauthorized");
  };
  try {
    socket().end(1008, "unauthorized");
    await until(chat.connection, "closed", ({ state }) => state === "closed");
    expect(renewals).toBe(2);
  } finally {
    FakeSocket.prototype.send = send;
  }
});

test("1008 for a token that was replaced meanwhile leads to another attempt with the new one", async () => {
  const chat = played();
  await isOpen(chat);
  chat.setToken("token-new");
  socket().end(1008, "unauthorized");
  await isOpen(chat);
  expect(socket().sent[0]).toMatchObject({ token: "token-new" });
});

test("a renewal without a network is repeated; one that is refused is final", async () => {
  const outcomes = [new TypeError("fetch failed"), new ChatError("bad_credentials", "The password is wrong.", 401)];
  const chat = played({
    renewToken: async () => {
      throw outcomes.shift();
    },
  });
  await isOpen(chat);
  socket().end(1008, "unauthorized");
  await until(chat.connection, "waiting", ({ state }) => state === "waiting");
  while (FakeSocket.made.length < 2) await Bun.sleep(1);
  await isOpen(chat);
  socket().end(1008, "unauthorized");
  await until(chat.connection, "closed", ({ state, reason }) => state === "closed" && reason === "unauthorized");
});

test("a connection that has died in silence is detected, also while an ack is awaited", async () => {
  const chat = played({ heartbeatMs: 40, responseTimeoutMs: 40 });
  await isOpen(chat);
  await until(chat.connection, "given up", ({ state }) => state === "waiting");
  expect(FakeSocket.made[0]!.sent.at(-1)).toEqual({ type: "ping" });
  expect(FakeSocket.made[0]!.isClosed).toBe(true);
  await isOpen(chat);
  chat.room("group:1").send("hello");
  const talk = setInterval(() => socket().tell({ type: "pong" }), 5);
  const made = FakeSocket.made.length;
  while (FakeSocket.made.length === made) await Bun.sleep(1);
  clearInterval(talk);
  await isOpen(chat);
  const [first, second] = FakeSocket.made.slice(-2).map(({ sent }) => sent.find(({ type }) => type.endsWith("send")));
  expect(second).toMatchObject({ client_id: first!.client_id, body: "hello" });
});

test.each(["slow_down", "unavailable"])(
  "answered %s, a message is sent again first, ahead of those behind it",
  async (code) => {
    const chat = played();
    await isOpen(chat);
    const room = chat.room("group:1");
    const [one, two] = [room.send("one"), room.send("two")];
    const sends = () => socket().sent.filter(({ type }) => type === "group.message.send");
    expect(sends()).toMatchObject([{ client_id: one, group_id: 1 }]);
    socket().tell({ type: "error", ref: sends()[0]!.ref, code, detail: "Wait.", retry_after: 0 });
    while (sends().length < 2) await Bun.sleep(1);
    expect(sends()[1]).toMatchObject({ client_id: one });
    expect(room.getSnapshot().messages.map(({ state }) => state)).toEqual(["sending", "sending"]);
    expect(chat.connection.getSnapshot().queued).toBe(2);
    const data = { id: 5, group_id: 1, sender_name: "ali", sender_id: 1, body: "one", client_id: one, seq: 1 };
    socket().tell({ type: "ack", ref: sends()[1]!.ref, data });
    while (sends().length < 3) await Bun.sleep(1);
    expect(sends()[2]).toMatchObject({ client_id: two });
  },
);

test("a token is renewed before it expires, on the open connection, and nothing is missed", async () => {
  const { chat, outcome, short } = lasting;
  expect(await outcome).toEqual({ states: [], tokens: 2 });
  expect((await chat.searchUsers("x")).data).toBeArray();
  chat.close();
  await short.close();
});

test.each([
  ["ahead by more than the token's life", -60_000, 0],
  ["ahead by nearly its life", 60, 1],
])("a clock that is %s does not lead to repeated renewals", async (_, left, expected) => {
  const { endOf } = FakeSocket;
  FakeSocket.endOf = () => new Date(Date.now() + left).toISOString();
  try {
    let renewals = 0;
    const chat = played({ renewToken: async () => `token-${++renewals + 1}` });
    await isOpen(chat);
    await Bun.sleep(300);
    expect(renewals).toBe(expected);
    // The server knows when it is over.
    socket().end(1008, "unauthorized");
    await isOpen(chat);
    expect(socket().sent[0]).toMatchObject({ token: `token-${expected + 2}` });
  } finally {
    FakeSocket.endOf = endOf;
  }
});
