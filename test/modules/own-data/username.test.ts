// Another username: who may take it, who sees it where, and how often it may change.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { startTwo, type TwoServers } from "../../cluster/two-servers.ts";
import {
  expectInvalid,
  expectRefusal,
  type Json,
  newGroup,
  newPair,
  PASSWORD,
  startServer,
  type TestServer,
  type User,
} from "../../support/harness.ts";
import { until } from "../../support/patience.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ rateLimits: true });
});
afterAll(() => server.close());

let names = 0;
const fresh = () => `Renamed${++names}x${Math.random().toString(36).slice(2, 7)}`;
const rename = (user: User, username: string, current_password = PASSWORD) =>
  user.put("/me/username", { username, current_password });

describe("a new username", () => {
  test("is shown to everybody at once, on messages and in what groups tell of their members as well", async () => {
    const { owner, others, groupId } = await newGroup(server, 2);
    const [member] = others as [User];
    await member.post(`/groups/${groupId}/messages`, { body: "before" });
    const [theirs, own] = [await server.connect(owner, "/ws"), await server.connect(member, "/ws")];
    await Promise.all([theirs.ready(), own.ready()]);
    const username = fresh();
    expect(await rename(member, username)).toMatchObject({ status: 200, body: { data: { id: member.id, username } } });
    for (const socket of [theirs, own])
      expect((await socket.next("user.updated")).data).toEqual({ id: member.id, username });
    // With a socket and a session from before.
    own.send({ type: "group.message.send", group_id: groupId, body: "after" });
    expect((await theirs.next("group.message.new")).data).toMatchObject({ body: "after", sender_name: username });
    const messages: Json[] = (await owner.get(`/groups/${groupId}/messages`)).body.data;
    expect(messages.map(({ sender_name }) => sender_name)).toEqual([username, username]);
    const subjects = async () =>
      ((await owner.get(`/groups/${groupId}/events`)).body.data as Json[]).map(({ data }) => data.username);
    while ((await subjects()).some((name) => name === member.username)) await Bun.sleep(10);
    expect(await subjects()).toEqual([username]);
    const { body } = await server.call("POST", "/login", { username, password: PASSWORD });
    expect(body.access_token).toBeString();
    expectRefusal(
      await server.call("POST", "/login", { username: member.username, password: PASSWORD }),
      401,
      "bad_credentials",
    );
  });

  test("follows the rules of registration, and takes the password", async () => {
    const { ali, veli } = await newPair(server);
    expectInvalid(await rename(ali, "12345"), "username");
    expectInvalid(await rename(ali, "has space"), "username");
    expectRefusal(await rename(ali, veli.username.toUpperCase()), 409, "username_taken");
    expectRefusal(await rename(ali, fresh(), "Wrong12345"), 401, "bad_credentials");
    expectInvalid(await ali.put("/me/username", { username: fresh() }), "current_password");
    expect((await ali.get("/me")).body.data.username).toBe(ali.username);
  });

  test("is nobody else's for 90 days once it is given up; its owner may have it back", async () => {
    const { ali, veli } = await newPair(server);
    const former = ali.username;
    expect((await rename(ali, fresh())).status).toBe(200);
    expectRefusal(await rename(veli, former.toUpperCase()), 409, "username_taken");
    expectRefusal(
      await server.call("POST", "/register", { username: former, email: `${fresh()}@example.com`, password: PASSWORD }),
      409,
      "username_taken",
    );
    expect((await rename(ali, former)).status).toBe(200);
  });

  test("may be taken twice in 30 days", async () => {
    const user = await server.newUser();
    for (let n = 0; n < 2; n++) expect((await rename(user, fresh())).status).toBe(200);
    const refused = await rename(user, fresh());
    expectRefusal(refused, 429, "slow_down");
    expect(Number(refused.headers.get("retry-after"))).toBeWithin(29 * 86_400, 30 * 86_400 + 1);
    await server.core.sql`update held_names set until = until - interval '31 days'`;
    expect((await rename(user, fresh())).status).toBe(200);
  });
});

test("a new name that a server which died had not brought everywhere is finished by the next one", async () => {
  const { owner, others, groupId } = await newGroup(server, 2);
  const [member] = others as [User];
  const username = fresh();
  // As the other one has left it: committed, and nothing more.
  await server.core.sql`
    update users set username = ${username}, username_key = ${username.toLowerCase()}, renamed_at = now() where id = ${member.id}`;
  const next = await startServer({}, server.target);
  const told = async () =>
    (await owner.get(`/groups/${groupId}/events`)).body.data.map(({ data }: Json) => data.username);
  await until("the group tells of them by the new name", async () =>
    (await told()).every((name: string) => name === username),
  );
  await until("it is done with", async () => {
    const [row] = await server.core.sql`select 1 from users where id = ${member.id} and renamed_at is null`;
    return row !== undefined;
  });
  await next.close();
});

describe("on two servers", () => {
  let two: TwoServers;
  beforeAll(async () => {
    two = await startTwo("notify");
  });
  afterAll(() => two.close());

  test("sockets and sessions of the other one have the new name, and end with the account", async () => {
    const { owner, others, groupId } = await newGroup(two.a, 2);
    const [member] = others as [User];
    const [theirs, own] = [await two.b.connect(owner, "/ws"), await two.b.connect(member, "/ws")];
    await Promise.all([theirs.ready(), own.ready()]);
    const username = fresh();
    await rename(member, username);
    expect((await own.next("user.updated")).data.username).toBe(username);
    while ((await two.b.core.sessions.find(member.token))?.username !== username) await Bun.sleep(10);
    own.send({ type: "group.message.send", group_id: groupId, body: "after" });
    expect((await theirs.next("group.message.new")).data).toMatchObject({ sender_name: username });

    await member.delete("/me", { current_password: PASSWORD });
    expect(await own.closed).toEqual({ code: 1008, reason: "unauthorized" });
    expectRefusal(await two.onB(member).get("/me"), 401, "unauthorized");
    expect((await theirs.next("user.updated")).data).toMatchObject({ id: member.id, deleted: true });
  });
});
