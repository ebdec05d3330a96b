// Who may connect, how they say who they are, and what ends a connection.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { logIn, newGroup, newPair, PASSWORD, startServer, type TestServer } from "../support/harness.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ corsOrigins: ["https://chat.example.org"] });
});
afterAll(() => server.close());

/** The default of SOCKETS_PER_USER. */
const SOCKETS_PER_USER = 20;

const UNAUTHORIZED = { code: 1008, reason: "unauthorized" };
const FORBIDDEN = { code: 1008, reason: "forbidden" };
const NOT_FOUND = { code: 1008, reason: "not_found" };

test("a token is taken from the address, from the header, or from a first frame", async () => {
  const { ali, conversationId } = await newPair(server);
  const path = `/ws/conversations/${conversationId}`;
  await (await server.connect(ali, path)).ready();
  await (await server.connect(null, path, { authorization: `Bearer ${ali.token}` })).ready();
  const socket = await server.connect(null, path);
  socket.send({ type: "auth", token: ali.token, ref: "who" });
  // What is sent at once is answered in order, after the room is joined.
  socket.send({ type: "message.send", body: "hello", ref: "what" });
  expect((await socket.next("ack")).ref).toBe("who");
  expect((await socket.next("ack")).ref).toBe("what");
});

test.each([
  ["a forged token", async () => "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"],
  ["no token at all", async () => ""],
  [
    "the token of a session that was ended",
    async () => {
      const user = await server.newUser();
      await user.post("/logout");
      return user.token;
    },
  ],
])("%s is accepted and closed at once as unauthorized", async (_name, token) => {
  const { conversationId } = await newPair(server);
  const path = `/ws/conversations/${conversationId}`;
  const given = await token();
  if (given) expect(await (await server.connect({ token: given }, path)).closed).toEqual(UNAUTHORIZED);
  const socket = await server.connect(null, path);
  socket.send(given ? { type: "auth", token: given } : { type: "message.send", body: "hello" });
  expect(await socket.closed).toEqual(UNAUTHORIZED);
});

test("rooms of others, of the other kind, and impossible ones are not there; a public group not joined is forbidden", async () => {
  const { ali, conversationId } = await newPair(server);
  const stranger = await server.newUser();
  const hidden = await newGroup(server, 1);
  const open = await newGroup(server, 1, { is_private: false });
  const tries: [string, typeof NOT_FOUND][] = [
    [`/ws/conversations/${conversationId}`, NOT_FOUND],
    [`/ws/groups/${hidden.groupId}`, NOT_FOUND],
    [`/ws/groups/${open.groupId}`, FORBIDDEN],
    ...["0", "-1", "1.5", "1e3", "01", "abc", "9007199254740993", "99999999999999999999", "%00", "%ff"].flatMap(
      (id): [string, typeof NOT_FOUND][] => [
        [`/ws/groups/${id}`, NOT_FOUND],
        [`/ws/conversations/${id}`, NOT_FOUND],
      ],
    ),
  ];
  for (const [path, refusal] of tries)
    expect([path, await (await server.connect(stranger, path)).closed]).toEqual([path, refusal]);
  expect(await (await server.connect(ali, `/ws/groups/${conversationId}`)).closed).toEqual(NOT_FOUND);
  expect(await (await server.connect(hidden.owner, `/ws/conversations/${hidden.groupId}`)).closed).toEqual(NOT_FOUND);
});

test("only this server's own origin and those allowed may connect from a browser", async () => {
  const { ali, conversationId } = await newPair(server);
  const path = `/ws/conversations/${conversationId}`;
  for (const origin of ["https://chat.example.org", server.url])
    await (await server.connect(ali, path, { origin })).ready();
  for (const origin of ["https://evil.example.org", "null", "https://chat.example.org.evil.org"]) {
    expect([origin, await (await server.connect(ali, path, { origin })).closed]).toEqual([origin, FORBIDDEN]);
  }
});

test("a logout closes the sockets of that session and of no other", async () => {
  const { ali, conversationId } = await newPair(server);
  const path = `/ws/conversations/${conversationId}`;
  const phone = { token: await logIn(server.url, ali.username) };
  const [here, there] = await Promise.all([server.connect(ali, path), server.connect(phone, path)]);
  await Promise.all([here.ready(), there.ready()]);
  await ali.post("/logout");
  expect(await here.closed).toEqual(UNAUTHORIZED);
  await there.expectSilence();
});

test("a new password closes the sockets of every other session", async () => {
  const { ali, conversationId } = await newPair(server);
  const path = `/ws/conversations/${conversationId}`;
  const phone = { token: await logIn(server.url, ali.username) };
  const [here, there] = await Promise.all([server.connect(ali, path), server.connect(phone, path)]);
  await Promise.all([here.ready(), there.ready()]);
  await ali.put("/me/password", { current_password: PASSWORD, new_password: "EvenStronger456" });
  expect(await there.closed).toEqual(UNAUTHORIZED);
  await here.expectSilence();
});

test("a session that expires closes its socket, unless it was renewed on it", async () => {
  const brief = await startServer({ tokenTtl: 4 }, server.target);
  try {
    // From the other server, which shares the database and the secret, and gives longer sessions.
    const { ali, conversationId } = await newPair(server);
    const short = await brief.core.sessions.create(ali.id, "test");
    const path = `/ws/conversations/${conversationId}`;
    const [renewed, lapsed] = await Promise.all([brief.connect(short, path), brief.connect(short, path)]);
    renewed.send({ type: "auth", token: ali.token, ref: "renew" });
    expect(Date.parse((await renewed.next("ack")).data.expires_at)).toBeGreaterThan(Date.now() + 60_000);
    expect(await lapsed.closed).toEqual(UNAUTHORIZED);
    await renewed.expectSilence();
  } finally {
    await brief.close();
  }
});

test("a socket can't be renewed with someone else's token, or with none", async () => {
  const { ali, veli, conversationId } = await newPair(server);
  const socket = await (await server.connect(ali, `/ws/conversations/${conversationId}`)).ready();
  socket.send({ type: "auth", token: veli.token, ref: "a" });
  expect(await socket.next("error")).toMatchObject({ ref: "a", code: "forbidden" });
  socket.send({ type: "auth", token: "nothing", ref: "b" });
  expect(await socket.next("error")).toMatchObject({ ref: "b", code: "unauthorized" });
  await socket.expectSilence();
});

test("a user may have so many sockets and no more, and a closed one makes room", async () => {
  const limited = await startServer({ rateLimits: true }, server.target);
  try {
    const { ali, veli, conversationId } = await newPair(limited);
    const path = `/ws/conversations/${conversationId}`;
    const open = [];
    for (let i = 0; i < SOCKETS_PER_USER; i++) open.push(await (await limited.connect(ali, path)).ready());
    expect(await (await limited.connect(ali, path)).closed).toEqual({ code: 1013, reason: "too_many_sockets" });
    await (await limited.connect(veli, path)).ready();
    await open[0]!.close();
    // The server hears of the close in its own time.
    for (;;) {
      const again = await limited.connect(ali, path);
      again.send({ type: "ping" });
      if (
        (await Promise.race([again.closed, again.next("pong").catch(() => again.closed)])) &&
        again.ws.readyState === WebSocket.OPEN
      )
        break;
    }
  } finally {
    await limited.close();
  }
});

test("without limits a user may have as many as they like", async () => {
  const { ali, conversationId } = await newPair(server);
  const path = `/ws/conversations/${conversationId}`;
  const open = await Promise.all(Array.from({ length: SOCKETS_PER_USER + 5 }, () => server.connect(ali, path)));
  await Promise.all(open.map((socket) => socket.ready()));
});

test("a token after its session's end gets nowhere, wherever it is given", async () => {
  const { ali, conversationId } = await newPair(server);
  const path = `/ws/conversations/${conversationId}`;
  const phone = { token: await logIn(server.url, ali.username) };
  const socket = await (await server.connect(ali, path)).ready();
  await server.call("POST", "/logout", undefined, { authorization: `Bearer ${phone.token}` });
  socket.send({ type: "auth", token: phone.token, ref: "r" });
  expect(await socket.next("error")).toMatchObject({ ref: "r", code: "unauthorized" });
  // The socket's own session goes on.
  await socket.expectSilence();
  expect(await (await server.connect(null, path, { authorization: `Bearer ${phone.token}` })).closed).toEqual(
    UNAUTHORIZED,
  );
});

test("a socket that was renewed belongs to the new session: it ends with that one, not with the old one", async () => {
  const { ali, conversationId } = await newPair(server);
  const socket = await (await server.connect(ali, `/ws/conversations/${conversationId}`)).ready();
  const phone = await logIn(server.url, ali.username);
  socket.send({ type: "auth", token: phone, ref: "r" });
  await socket.next("ack");
  await ali.post("/logout");
  await socket.expectSilence();
  await server.call("POST", "/logout", undefined, { authorization: `Bearer ${phone}` });
  expect(await socket.closed).toEqual(UNAUTHORIZED);
});

test("a plain HTTP request to a socket's address is told what belongs there", async () => {
  const answer = await server.call("GET", "/ws/conversations/1");
  expect([answer.status, answer.body.code]).toEqual([400, "bad_request"]);
});

test("a server that goes down closes sockets with 1001", async () => {
  const other = await startServer({}, server.target);
  const { ali, conversationId } = await newPair(other);
  const socket = await (await other.connect(ali, `/ws/conversations/${conversationId}`)).ready();
  await other.close();
  expect((await socket.closed).code).toBe(1001);
});

test("a connection without a token is closed when its time to authenticate is over; one with a token stays", async () => {
  const hasty = await startServer({}, server.target, { auth: 400, sweep: 40 });
  const { ali, conversationId } = await newPair(hasty);
  const path = `/ws/conversations/${conversationId}`;
  const authenticated = await (await hasty.connect(ali, path)).ready();
  expect(await (await hasty.connect(null, path)).closed).toEqual(UNAUTHORIZED);
  await authenticated.expectSilence();
  await hasty.close();
});
