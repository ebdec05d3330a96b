// API keys and bots: programs act with them, within their scopes, until they end.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { API_KEYS_LIMIT, BOTS_LIMIT } from "../../src/protocol/limits.ts";
import {
  asUser,
  expectInvalid,
  expectRefusal,
  type Json,
  newDatabase,
  newGroup,
  newName,
  PASSWORD,
  startServer,
  type TestServer,
  type User,
} from "../support/harness.ts";
import { makeAdmin } from "../support/keys.ts";
import { until } from "../support/patience.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

const newKey = (more: object = {}) => ({
  name: "Build server",
  scopes: ["read", "write"],
  client_id: crypto.randomUUID(),
  current_password: PASSWORD,
  ...more,
});

async function newBot(owner: User, scopes = ["read", "write", "manage"]) {
  const created = await owner.post("/bots", { username: newName() });
  expect(created.status).toBe(201);
  const { id, username } = created.body.data;
  const answer = await owner.post(`/bots/${id}/keys`, newKey({ scopes }));
  expect(answer.status).toBe(201);
  return {
    ...asUser(server.url, answer.body.key),
    id: id as number,
    username: username as string,
    keyId: answer.body.data.id,
  };
}

describe("a key", () => {
  test("is shown once, stored as a hash, and acts for its user", async () => {
    const user = await server.newUser();
    const { status, body } = await user.post("/me/keys", newKey());
    expect(status).toBe(201);
    expect(body.key).toMatch(/^rck_[\w-]{43}$/);
    expect(body.data).toMatchObject({ name: "Build server", scopes: ["read", "write"] });
    expect(body.data).not.toHaveProperty("expires_at");
    const { data } = (await user.get("/me/keys")).body;
    expect(data).toEqual([body.data]);
    expect(JSON.stringify(await server.core.sql`select * from tokens`)).not.toContain(body.key);
    const key = asUser(server.url, body.key);
    expect((await key.get("/me")).body.data.id).toBe(user.id);
    const socket = await server.connect(key, "/ws");
    await socket.ready();
    // It is no log-in.
    expect((await user.get("/sessions")).body.data).toHaveLength(1);
    expectRefusal(await user.delete(`/sessions/${body.data.id}`), 404, "not_found");
  });

  test("asked for again gets the same one, and never two", async () => {
    const user = await server.newUser();
    const wanted = newKey();
    const answers = await Promise.all(Array.from({ length: 5 }, () => user.post("/me/keys", wanted)));
    const good = answers.filter(({ status }) => status === 201);
    expect(new Set(good.map(({ body }) => body.key)).size).toBe(1);
    expect((await user.get("/me/keys")).body.data).toHaveLength(1);
    const { id } = good[0]!.body.data;
    await server.core.sql`update tokens set created_at = now() - interval '2 hours' where id = ${id}`;
    expectInvalid(await user.post("/me/keys", wanted), "client_id");
    // Deleted, it does not come back under the same id.
    await user.delete(`/me/keys/${id}`);
    const next = await user.post("/me/keys", wanted);
    expect(next.status).toBe(201);
    expect(next.body.key).not.toBe(good[0]!.body.key);
  });

  test("takes the password to create", async () => {
    const user = await server.newUser();
    expectInvalid(await user.post("/me/keys", newKey({ current_password: undefined })), "current_password");
    expectRefusal(await user.post("/me/keys", newKey({ current_password: "wrong" })), 401, "bad_credentials");
  });

  test("has a name, known scopes, and an end that lies ahead if it has one", async () => {
    const user = await server.newUser();
    for (const [field, more] of [
      ["name", { name: " " }],
      ["name", { name: "x".repeat(51) }],
      ["scopes", { scopes: [] }],
      ["scopes.0", { scopes: ["root"] }],
      ["scopes", { scopes: ["read", "read"] }],
      ["scopes", { scopes: ["admin"] }],
      ["expires_at", { expires_at: "2020-01-01T00:00:00Z" }],
      ["client_id", { client_id: "1" }],
    ] as const)
      expectInvalid(await user.post("/me/keys", newKey(more)), field);
    await makeAdmin(server, user);
    expect((await user.post("/me/keys", newKey({ scopes: ["admin"] }))).status).toBe(201);
  });

  test("ends when it says so, is listed no longer, and closes its sockets", async () => {
    const user = await server.newUser();
    const { body } = await user.post("/me/keys", newKey({ expires_at: "2099-01-01T00:00:00+00:00" }));
    expect(body.data.expires_at).toBe("2099-01-01T00:00:00.000000+00:00");
    await server.core.sql`update tokens set expires_at = now() where id = ${body.data.id}`;
    expectRefusal(await asUser(server.url, body.key).get("/me"), 401, "unauthorized");
    expect((await user.get("/me/keys")).body.data).toEqual([]);
  });

  test("is one of twenty at most, also of those that are asked for at the same time", async () => {
    const user = await server.newUser();
    const asked = await Promise.all(
      Array.from({ length: API_KEYS_LIMIT + 4 }, async () => {
        let answer = await user.post("/me/keys", newKey());
        while ([429, 503].includes(answer.status)) answer = await user.post("/me/keys", newKey());
        return answer;
      }),
    );
    // One that was not answered in time may have been made all the same.
    expect((await user.get("/me/keys")).body.data).toHaveLength(API_KEYS_LIMIT);
    expectInvalid(asked.find(({ status }) => status !== 201)!, "name");
  });

  test("that is deleted is refused at once, with its sockets closed, on every server", async () => {
    const database = await newDatabase();
    const [one, two] = await Promise.all([startServer({}, database.target), startServer({}, database.target)]);
    const user = await one.newUser();
    const { body } = await user.post("/me/keys", newKey());
    const socket = await one.connect({ token: body.key }, "/ws");
    await socket.ready();
    expect((await user.delete(`/me/keys/${body.data.id}`)).status).toBe(200);
    expect(await socket.closed).toEqual({ code: 1008, reason: "unauthorized" });
    for (const { url } of [one, two]) expect((await asUser(url, body.key).get("/me")).status).toBe(401);
    expectRefusal(await user.delete(`/me/keys/${body.data.id}`), 404, "not_found");
    await Promise.all([one.close(), two.close()]);
    await database.drop();
  });

  test("of somebody else can be neither seen nor deleted", async () => {
    const [user, other] = await Promise.all([server.newUser(), server.newUser()]);
    const { body } = await user.post("/me/keys", newKey());
    expect((await other.get("/me/keys")).body.data).toEqual([]);
    expectRefusal(await other.delete(`/me/keys/${body.data.id}`), 404, "not_found");
    expect((await asUser(server.url, body.key).get("/me")).status).toBe(200);
  });

  test("outlives a log-out of other devices, and ends with the password", async () => {
    const user = await server.newUser();
    const { body } = await user.post("/me/keys", newKey());
    await user.delete("/sessions");
    const key = asUser(server.url, body.key);
    expect((await key.get("/me")).status).toBe(200);
    const changed = await user.put("/me/password", { current_password: PASSWORD, new_password: "Another-Password-9" });
    expect(changed.status).toBe(200);
    expectRefusal(await key.get("/me"), 401, "unauthorized");
  });

  test("that nobody was given is refused", async () => {
    for (const token of ["rck_", `rck_${"A".repeat(43)}`, "rck_\u0000"])
      expect((await asUser(server.url, encodeURIComponent(token)).get("/me")).status).toBe(401);
  });
});

describe("a bot", () => {
  test("is a user whom others see as a bot, in every list of people", async () => {
    const { owner, others, groupId } = await newGroup(server, 2);
    const bot = await newBot(owner);
    expect((await others[0]!.get(`/users/${bot.id}`)).body.data).toMatchObject({ id: bot.id, is_bot: true });
    expect((await others[0]!.get(`/users?query=${bot.username}`)).body.data[0]).toMatchObject({ is_bot: true });
    await owner.post(`/groups/${groupId}/members`, { user_id: bot.id });
    const members = (await others[0]!.get(`/groups/${groupId}/members`)).body.data;
    expect(members.find(({ user_id }: Json) => user_id === bot.id)).toMatchObject({ is_bot: true });
    expect(members.find(({ user_id }: Json) => user_id === owner.id)).not.toHaveProperty("is_bot");
    const conversation = (await owner.post(`/conversations/${bot.id}`)).body.conversation_id;
    const [listed] = (await owner.get("/conversations")).body.data;
    expect(listed).toMatchObject({ id: conversation, peer: { id: bot.id, is_bot: true } });
  });

  test("sends and receives as others do", async () => {
    const { owner, others, groupId } = await newGroup(server, 2);
    const bot = await newBot(owner);
    await owner.post(`/groups/${groupId}/members`, { user_id: bot.id });
    const [socket, person] = [await server.connect(bot, "/ws"), await server.connect(others[0]!, "/ws")];
    await Promise.all([socket.ready(), person.ready()]);
    await others[0]!.post(`/groups/${groupId}/messages`, { body: "ping" });
    expect((await socket.next("group.message.new")).data.body).toBe("ping");
    socket.send({ type: "group.message.send", group_id: groupId, body: "pong", client_id: crypto.randomUUID() });
    expect((await person.next("group.message.new", ({ data }) => data.body === "pong")).data.sender_id).toBe(bot.id);
  });

  test("is nobody's friend, and begins no conversation", async () => {
    const user = await server.newUser();
    const bot = await newBot(user);
    expectRefusal(await user.post(`/friends/requests/${bot.id}`), 403, "forbidden");
    expectRefusal(await bot.post(`/friends/requests/${user.id}`), 403, "forbidden");
    expectRefusal(await bot.post(`/conversations/${user.id}`), 403, "forbidden");
    const { conversation_id } = (await user.post(`/conversations/${bot.id}`)).body;
    expect((await bot.post(`/conversations/${user.id}`)).body.conversation_id).toBe(conversation_id);
    expect((await bot.post(`/messages/${conversation_id}`, { body: "Hello" })).status).toBe(201);
  });

  test("belongs to one person: to others it is not there", async () => {
    const [owner, other] = await Promise.all([server.newUser(), server.newUser()]);
    const bot = await newBot(owner);
    for (const [method, path, body] of [
      ["GET", `/bots/${bot.id}`, undefined],
      ["PUT", `/bots/${bot.id}`, { display_name: "Mine" }],
      ["DELETE", `/bots/${bot.id}`, undefined],
      ["GET", `/bots/${bot.id}/keys`, undefined],
      ["POST", `/bots/${bot.id}/keys`, newKey()],
      ["DELETE", `/bots/${bot.id}/keys/${bot.keyId}`, undefined],
      // A person is no bot, not even one's own.
      ["GET", `/bots/${other.id}`, undefined],
      ["POST", `/bots/${other.id}/keys`, newKey()],
    ] as const) {
      const answer = await server.call(method, path, body, { authorization: `Bearer ${other.token}` });
      expectRefusal(answer, 404, "not_found");
    }
    expect((await other.get("/bots")).body.data).toEqual([]);
    expect((await owner.get("/bots")).body.data.map(({ id }: Json) => id)).toEqual([bot.id]);
  });

  test("is given another name by its owner, and takes no name that is taken", async () => {
    const user = await server.newUser();
    const bot = await newBot(user);
    const renamed = await user.put(`/bots/${bot.id}`, { display_name: "Weather" });
    expect(renamed.body.data).toMatchObject({ id: bot.id, display_name: "Weather" });
    expect((await user.put(`/bots/${bot.id}`, { display_name: null })).body.data).not.toHaveProperty("display_name");
    expectRefusal(await user.post("/bots", { username: bot.username }), 409, "username_taken");
    expectInvalid(await user.post("/bots", { username: "4711" }), "username");
    const refused = { username: newName(), display_name: user.username };
    expectRefusal(await user.post("/bots", refused), 409, "name_taken");
    expect((await user.post("/bots", { ...refused, display_name: "Fine" })).status).toBe(201);
  });

  test("is given a status and another username by its owner, all of it or nothing", async () => {
    const user = await server.newUser();
    const bot = await newBot(user);
    const status = { text: "Sunny", emoji: "☀️" };
    const username = newName();
    const changed = await user.put(`/bots/${bot.id}`, { username, display_name: "Weather", status });
    expect(changed.body.data).toMatchObject({ id: bot.id, username, display_name: "Weather", status });
    // What is left out stays, and its programs go on under the new name.
    expect((await user.put(`/bots/${bot.id}`, { status: null })).body.data.display_name).toBe("Weather");
    expect((await bot.get("/me")).body.data).toMatchObject({ username, display_name: "Weather" });
    for (const refused of [
      { username: user.username, display_name: "Other" },
      { username: newName(), display_name: user.username },
      { username: newName(), status: { text: "" } },
      { username: "4711", display_name: "Other" },
    ])
      expect((await user.put(`/bots/${bot.id}`, refused)).status).toBeGreaterThanOrEqual(400);
    expect((await user.get(`/bots/${bot.id}`)).body.data).toMatchObject({ username, display_name: "Weather" });
    // The log says who it was, of its keys as well.
    await user.delete(`/bots/${bot.id}/keys/${bot.keyId}`);
    await until("all is logged as the owner's act", async () => {
      const rows = await server.core.sql<Json[]>`
        select event, actor_id from audit_log where user_id = ${bot.id} order by event`;
      return rows.length === 3 && rows.every(({ actor_id }) => actor_id === user.id);
    });
    // The former name is nobody's for a while.
    expectRefusal(await user.post("/bots", { username: bot.username }), 409, "username_taken");
  });

  test("has no log-in, and runs nothing with `admin`, whoever its owner is", async () => {
    const user = await server.newUser();
    await makeAdmin(server, user);
    const bot = await newBot(user);
    expectInvalid(await user.post(`/bots/${bot.id}/keys`, newKey({ scopes: ["admin"] })), "scopes");
    for (const password of ["", PASSWORD]) {
      const answer = await server.call("POST", "/login", { username: bot.username, password });
      expectRefusal(answer, 401, "bad_credentials");
    }
  });

  test("ends with its keys and sockets; what it wrote stays", async () => {
    const { owner, groupId } = await newGroup(server, 1);
    const bot = await newBot(owner);
    await owner.post(`/groups/${groupId}/members`, { user_id: bot.id });
    await bot.post(`/groups/${groupId}/messages`, { body: "I was here" });
    const socket = await server.connect(bot, "/ws");
    await socket.ready();
    expect((await owner.delete(`/bots/${bot.id}`)).status).toBe(200);
    expect(await socket.closed).toEqual({ code: 1008, reason: "unauthorized" });
    expectRefusal(await bot.get("/me"), 401, "unauthorized");
    expectRefusal(await owner.post(`/bots/${bot.id}/keys`, newKey()), 404, "not_found");
    const { data } = (await owner.get(`/groups/${groupId}/messages`)).body;
    expect(data.at(-1)).toMatchObject({ body: "I was here", sender_id: bot.id });
  });

  test("is one of twenty at most", async () => {
    const user = await server.newUser();
    for (let n = 0; n < BOTS_LIMIT; n++) expect((await user.post("/bots", { username: newName() })).status).toBe(201);
    expectInvalid(await user.post("/bots", { username: newName() }), "username");
    const [{ id }] = (await user.get("/bots")).body.data;
    await user.delete(`/bots/${id}`);
    expect((await user.post("/bots", { username: newName() })).status).toBe(201);
  });
});
