// What a server prints at its most talkative, with everything secret going through it: lines for operators, and no secret.
import { expect, test } from "bun:test";
import { openDatabase } from "../../src/db/client.ts";
import { asUser, call, connect, newDatabase, PASSWORD } from "../support/harness.ts";
import { databaseSettings, startMain } from "../support/main-process.ts";

test("no token, password, text or query occurs in what the server prints, and each line says what happened", async () => {
  const database = await newDatabase();
  const { sql } = openDatabase(database.target);
  const settings = databaseSettings(database.target);
  const jwtSecret = "the-private-signing-secret-of-this-server";
  const server = startMain({ ...settings, JWT_SECRET: jwtSecret, LOG_LEVEL: "debug" });
  const url = await server.listening();

  const names = ["private-ali", "private-veli"];
  const ids: number[] = [];
  const tokens: string[] = [];
  for (const username of names) {
    const account = { username, email: `${username}@example.com`, password: PASSWORD };
    ids.push((await call(url, "POST", "/register", account)).body.user.id);
    tokens.push((await call(url, "POST", "/login", { username, password: PASSWORD })).body.access_token);
  }
  const ali = asUser(url, tokens[0]!);
  const room = (await ali.post(`/conversations/${ids[1]}`)).body.conversation_id;
  const sent = await ali.post(`/messages/${room}`, { body: "a-private-message" });
  await ali.put(`/messages/${room}/${sent.body.data.id}`, { body: "a-private-edit" });
  await ali.post("/groups", { name: "a-private-group", description: "a-private-description" });
  await ali.get("/users?query=private-search");
  await ali.post("/friends/requests/stranger");

  // Refusals of every sort, each with a secret in it.
  const json = { "content-type": "application/json" };
  await call(url, "POST", "/login", { username: names[0], password: "a-private-mistake" });
  await call(url, "POST", "/register", { username: "x", email: "x", password: "a-private-mistake" });
  await call(url, "POST", "/login", '{"password":"a-private-mistake"', json);
  await call(url, "GET", `/me?token=${tokens[1]}`);
  await call(url, "GET", `/nothing?token=${tokens[1]}&password=a-private-mistake`);
  await asUser(url, `${tokens[1]}x`).get("/me");
  const open = (await ali.post("/groups", { name: "Open", is_private: false })).body.group_id;
  await asUser(url, tokens[1]!).get(`/groups/${open}/messages`);

  const socket = await connect(`${url}/ws/conversations/${room}?token=${tokens[1]}`);
  socket.send({ type: "message.send", body: "a-private-frame", ref: "1" });
  await socket.next("ack");
  socket.send({ type: "message.send", body: ["a-private-mistake"] });
  await socket.next("error");
  socket.send("a-private-mistake");
  await socket.next("error");
  await socket.close();
  await (await connect(`${url}/ws/conversations/${room}?token=a-private-mistake`)).closed;

  // A failure inside: the database names the row that it refused, password hash and all.
  await sql`alter table users add constraint tired check (username not like 'private-third%')`;
  await sql`alter table blocks rename to blocks_gone`;
  const third = { username: "private-third", email: "private-third@example.com", password: PASSWORD };
  expect((await call(url, "POST", "/register", third)).status).toBe(500);
  expect((await ali.get("/blocks")).status).toBe(500);
  await ali.post("/logout");

  const { code, stdout, stderr } = await server.stop();
  expect(code).toBe(0);
  expect(stderr).toBe("");
  const [{ hash }] = await sql<[{ hash: string }]>`select password_hash as hash from users limit 1`;
  const secrets = [
    PASSWORD,
    jwtSecret,
    hash,
    "private-",
    "example.com",
    ...tokens,
    ...tokens.flatMap((token) => token.split(".")),
  ];
  for (const secret of [...secrets, settings.PGPASSWORD, "Bearer", "select ", "insert "]) {
    if (secret) expect(stdout).not.toContain(secret);
  }

  const [first, ...others] = stdout.trim().split("\n");
  expect(first).toBe(`Chat is served at ${url}`);
  const lines = others.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
  for (const { level, time, msg } of lines) for (const part of [level, time, msg]) expect(part).toBeString();
  const requests = lines.filter(({ msg }) => msg === "request");
  const said = requests.map(({ method, path, status }) => `${method} ${path} ${status}`);
  for (const line of [
    `POST /messages/${room} 201`,
    "POST /login 401",
    "GET /me 401",
    "GET /nothing 404",
    "GET /blocks 500",
  ]) {
    expect(said).toContain(line);
  }
  const events = lines.filter(({ event }) => event);
  const logged = (event: string) => events.filter((line) => line.event === event);
  expect(logged("registered").map(({ user }) => user)).toEqual(ids);
  expect(logged("logged_in").map(({ user, proof }) => [user, proof])).toEqual(ids.map((id) => [id, "password"]));
  expect(logged("log_in_failed")).toEqual([expect.objectContaining({ level: "warn", user: ids[0] })]);
  expect(logged("not_authenticated")).toContainEqual(expect.objectContaining({ method: "GET", route: "/me" }));
  expect(logged("access_refused")).toContainEqual(
    expect.objectContaining({ user: ids[1], code: "forbidden", route: "/groups/:group_id/messages", ids: [open] }),
  );
  expect(logged("logged_out")).toEqual([expect.objectContaining({ user: ids[0] })]);
  for (const { address } of [...logged("logged_in"), ...logged("log_in_failed")]) expect(address).toBe("127.0.0.1");
  // Whatever clients send, each line but the first ones is a line of JSON.
  expect(others.findLastIndex((line) => !line.startsWith("{"))).toBe(1);
  const failures = lines.filter(({ level }) => level === "error");
  expect(failures.map(({ error }) => error)).toEqual([{ code: "23514" }, { code: "42P01" }]);

  await sql.end();
  await database.drop();
});

test.each(["1", "2"])("with %s processes, SIGUSR2 turns a line per request on and off", async (WORKERS) => {
  const database = await newDatabase();
  const settings = { ...databaseSettings(database.target), JWT_SECRET: "s".repeat(32), LOG_LEVEL: "warn", WORKERS };
  const server = startMain(settings);
  const url = await server.listening();
  const lines = () => server.printed().split('"/live"').length - 1;
  const ask = () => call(url, "GET", "/live", undefined, { connection: "close" });
  await ask();
  expect(lines()).toBe(0);
  server.signal("SIGUSR2");
  while (lines() === 0) await ask();
  server.signal("SIGUSR2");
  // Until ten requests in a row have left no line.
  for (let before = -1; before !== lines(); ) {
    before = lines();
    for (let n = 0; n < 10; n++) await ask();
  }
  expect((await server.stop()).code).toBe(0);
  await database.drop();
});
