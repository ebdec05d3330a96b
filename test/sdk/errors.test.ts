// What a developer sees when something is wrong: errors that say why, and the debug hook.
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { type ChatError, createChat, type DebugEntry, signIn } from "../../src/sdk/index.ts";
import { newPair, startServer, type TestServer } from "../support/harness.ts";
import { chatOf, closeChats, FakeSocket, isOpen, look, QUICK, until } from "./chats.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterEach(closeChats);
afterAll(() => server.close());

const account = { username: "nobody", password: "nothing at all" };
const page = globalThis as { location?: unknown };
const caught = (work: Promise<unknown>): Promise<ChatError> =>
  work.then(
    () => Promise.reject("was taken"),
    (error) => error,
  );

test("`cause` is the underlying error", async () => {
  const thrown = new TypeError("fetch failed");
  const fetch = () => Promise.reject(thrown);
  const error = await caught(signIn({ url: server.url, ...account, fetch }));
  expect(error).toMatchObject({ name: "ChatError", code: "network", isTransient: true });
  expect(error.cause).toBe(thrown);
  const refused = await caught(signIn({ url: server.url, ...account }));
  expect([refused.code, refused.cause]).toEqual(["bad_credentials", undefined]);
});

test.each([
  ["https://app.example.org/chat", "https://chat.example.org", new TypeError("Failed to fetch"), true],
  ["http://localhost:5173/", "http://localhost:8000", new TypeError("Failed to fetch"), true],
  ["https://chat.example.org/app", "https://chat.example.org", new TypeError("Failed to fetch"), false],
  ["https://app.example.org/", "https://chat.example.org", new DOMException("timed out", "TimeoutError"), false],
  [null, "https://chat.example.org", new TypeError("fetch failed"), false],
])(
  "on a page at %p, the error for %p, which can't be reached, names CORS if that is likely",
  async (href, url, thrown, isNamed) => {
    if (href) page.location = new URL(href);
    try {
      const { detail, cause } = await caught(signIn({ url, ...account, fetch: () => Promise.reject(thrown) }));
      expect(cause).toBe(thrown);
      expect(detail).toStartWith("The server can't be reached.");
      expect(detail.includes("CORS_ORIGINS")).toBe(isNamed);
      if (isNamed) expect(detail).toContain(new URL(href!).origin);
    } finally {
      delete page.location;
    }
  },
);

test.each([
  ["https://chat.example.org?room=1", /query or a fragment/],
  ["https://chat.example.org/#top", /query or a fragment/],
  ["https://ali:secret@chat.example.org", /user or a password/],
  ["chat.example.org", /no address.*https:\/\//],
  ["localhost:8000", /not one of http/],
  ["ftp://chat.example.org", /not one of http/],
  ["", /no address/],
  ["/", /no address/],
])("the url %p is refused at once, by an error that says why", async (url, why) => {
  expect(() => createChat({ url, token: "", WebSocket: FakeSocket })).toThrow(why);
  expect(signIn({ url, ...account })).rejects.toThrow(why);
});

test.each([
  ["ws://chat.test", "http://chat.test", "ws://chat.test/ws?resume=1"],
  ["wss://chat.test/", "https://chat.test", "wss://chat.test/ws?resume=1"],
  ["https://chat.test/chat//", "https://chat.test/chat", "wss://chat.test/chat/ws?resume=1"],
  ["HTTP://chat.test:8000", "http://chat.test:8000", "ws://chat.test:8000/ws?resume=1"],
])("the url %p works", async (url, base, socketUrl) => {
  const called: string[] = [];
  const me = { id: 1, username: "ali", email: "ali@example.com", created_at: "" };
  const fetch = async (address: string) => {
    called.push(address);
    const body = JSON.stringify({ data: address.endsWith("/me") ? me : [], next_cursor: null });
    return { ok: true, status: 200, text: async () => body };
  };
  await isOpen(chatOf({ token: "token-1" }, url, { WebSocket: FakeSocket, fetch }));
  expect(called).toContain(`${base}/me`);
  expect(FakeSocket.made.at(-1)!.url).toBe(socketUrl);
});

test("a relative url is resolved against the page, without the page's query and fragment", async () => {
  page.location = new URL("https://host.test/app/index.html?tab=1#top");
  try {
    for (const [url, socketUrl] of [
      ["/", "wss://host.test/ws?resume=1"],
      ["/chat/", "wss://host.test/chat/ws?resume=1"],
      [".", "wss://host.test/app/ws?resume=1"],
    ]) {
      const chat = chatOf({ token: "t" }, url!, {
        WebSocket: FakeSocket,
        fetch: () => Promise.reject(new TypeError()),
      });
      expect(FakeSocket.made.at(-1)!.url).toBe(socketUrl!);
      chat.close();
    }
  } finally {
    delete page.location;
  }
});

test("`debug` shows states, frames and calls, never a token", async () => {
  const { ali, conversationId } = await newPair(server);
  const entries: DebugEntry[] = [];
  const chat = chatOf(ali, server.url, {
    backoff: QUICK,
    debug: (entry) => entries.push(entry),
  });
  const room = await look(chat, `conversation:${conversationId}`);
  room.send("hello");
  await until(room, "sent", ({ messages }) => messages[0]?.state === "sent");
  expect((await caught(room.edit(999_999, "x"))).code).toBe("not_found");
  const entriesOf = (type: DebugEntry["type"]) => entries.filter((entry) => entry.type === type);
  expect(entriesOf("state").map((entry) => "state" in entry && entry.state)).toEqual(["connecting", "open"]);
  expect(entriesOf("sent")).toContainEqual({
    type: "sent",
    frame: { type: "auth", token: "…", ref: expect.any(String) },
  });
  expect(entriesOf("sent")).toContainEqual(
    expect.objectContaining({ frame: expect.objectContaining({ body: "hello" }) }),
  );
  expect(entriesOf("received")).toContainEqual(
    expect.objectContaining({ frame: expect.objectContaining({ type: "message.new" }) }),
  );
  const call: DebugEntry = {
    type: "call",
    method: "GET",
    path: "/me",
    status: 200,
    ms: expect.any(Number),
    error: null,
  };
  expect(entriesOf("call")).toContainEqual(call);
  const path = `/messages/${conversationId}/999999`;
  expect(entriesOf("call")).toContainEqual({ ...call, method: "PUT", path, status: 404, error: "not_found" });
  expect(JSON.stringify(entries)).not.toContain(ali.token);
});
