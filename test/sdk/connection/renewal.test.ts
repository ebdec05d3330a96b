// A session that is used goes on: the SDK renews it at the server by itself, and tells of the new token.
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { createChat } from "../../../src/sdk/index.ts";
import { logIn, startServer, type TestServer } from "../../support/harness.ts";
import { chatOf, closeChats, FakeSocket, isOpen, until } from "../chats.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ tokenTtl: 4 });
});
afterEach(closeChats);
afterAll(() => server.close());

test("a session outlives its first token on the open connection, and each new token is handed over", async () => {
  const user = await server.newUser();
  const tokens: string[] = [];
  const states: string[] = [];
  const token = await logIn(server.url, user.username);
  const chat = createChat({ url: server.url, token, onToken: (renewed) => tokens.push(renewed) });
  await isOpen(chat);
  chat.connection.subscribe(() => states.push(chat.connection.getSnapshot().state));
  while (tokens.length === 0) await Bun.sleep(20);
  expect(states).toEqual([]);
  const { data } = await chat.sessions.list();
  expect(data.filter(({ is_current }) => is_current)).toHaveLength(1);
  chat.close();
  // Kept by the application, it opens the next chat.
  const next = chatOf({ token: tokens[0]! }, server.url);
  await isOpen(next);
});

test("other devices are listed and logged out, and their chats close", async () => {
  const user = await server.newUser();
  const [here, there] = [
    chatOf({ token: await logIn(server.url, user.username) }, server.url),
    chatOf({ token: await logIn(server.url, user.username) }, server.url),
  ];
  await Promise.all([isOpen(here), isOpen(there)]);
  const [newest] = (await here.sessions.list()).data;
  expect(newest!.is_current).toBe(false);
  await here.sessions.end(newest!.id);
  await until(there.connection, "closed", ({ reason }) => reason === "unauthorized");
  await here.sessions.endOthers();
  expect((await here.sessions.list()).data).toHaveLength(1);
});

const answer = (status: number, body: object) => ({ ok: status < 300, status, text: async () => JSON.stringify(body) });
const ME = { id: 1, username: "ali", email: "ali@example.com", created_at: "2026-01-01T00:00:00.000000+00:00" };
const tokenFor = (seconds: number, id = "") => {
  const iat = Math.floor(Date.now() / 1000);
  return `e30.${Buffer.from(JSON.stringify({ iat, exp: iat + seconds, id })).toString("base64url")}.x`;
};

/** A chat with a server that the test plays; `renew` answers POST /sessions/renew. */
function played(token: string, endsIn: number, renew: () => ReturnType<typeof answer>) {
  FakeSocket.endOf = () => new Date(Date.now() + endsIn).toISOString();
  const fetch = async (url: string) => {
    if (url.endsWith("/sessions/renew")) return renew();
    return answer(200, { data: url.endsWith("/me") ? ME : [], next_cursor: null });
  };
  return chatOf({ token }, "http://chat.test", { WebSocket: FakeSocket, fetch });
}

test.each([
  ["in the first half of its life is left alone", 1_000, 600_000, 0],
  ["in the second half is renewed at once", 1_000, 400_000, 1],
  ["that does not say how long it lives is renewed at half of what is left", 0, 600_000, 0],
])("a token %s", async (_, seconds, endsIn, expected) => {
  const { endOf } = FakeSocket;
  try {
    let renewals = 0;
    const token = seconds ? tokenFor(seconds) : "token";
    const chat = played(token, endsIn, () => {
      renewals++;
      FakeSocket.endOf = () => new Date(Date.now() + 1_000_000).toISOString();
      return answer(200, { access_token: tokenFor(1_000, "new") });
    });
    await isOpen(chat);
    // Timers of no length have run by then.
    for (let turn = 0; turn < 50; turn++) await Bun.sleep(1);
    expect(renewals).toBe(expected);
  } finally {
    FakeSocket.endOf = endOf;
  }
});

test("a server that can't renew is asked once, and the chat goes on", async () => {
  const { endOf } = FakeSocket;
  try {
    let renewals = 0;
    const chat = played(tokenFor(1_000), 400_000, () => {
      renewals++;
      return answer(404, { code: "not_found", detail: "There is nothing at this address." });
    });
    await isOpen(chat);
    for (let turn = 0; turn < 50; turn++) await Bun.sleep(1);
    expect(renewals).toBe(1);
    expect(chat.connection.getSnapshot().state).toBe("open");
  } finally {
    FakeSocket.endOf = endOf;
  }
});
