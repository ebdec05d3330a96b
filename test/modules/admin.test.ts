// What the operator's own system does with a key of scope `admin`: calls as others, people and rooms under its own ids.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  arrange,
  asUser,
  expectInvalid,
  expectRefusal,
  type Json,
  newDatabase,
  startServer,
  type TestServer,
  type User,
} from "../support/harness.ts";
import { startIssuer, type TestIssuer } from "../support/issuer.ts";
import { makeAdmin, withKey } from "../support/keys.ts";

let issuer: TestIssuer;
let server: TestServer;
let admin: User;
let key: User;
beforeAll(async () => {
  issuer = await startIssuer();
  server = await startServer({ ...issuer.settings });
  admin = await server.newUser();
  await makeAdmin(server, admin);
  key = await withKey(server, admin, ["admin"]);
});
afterAll(async () => {
  await server.close();
  issuer.close();
});

let customers = 0;
const newCustomer = () => `acme:customer-${++customers}`;
const as = (who: string | number, method: string, path: string, body?: unknown, token = key.token) =>
  server.call(method, path, body, { authorization: `Bearer ${token}`, "on-behalf-of": String(who) });

async function putCustomer(reference = newCustomer(), body: object = {}) {
  const answer = await arrange(() => key.put(`/admin/users/${encodeURIComponent(reference)}`, body));
  expect(answer.status).toBe(200);
  return { reference, id: answer.body.data.id as number, person: answer.body.data };
}

describe("On-Behalf-Of", () => {
  test("makes any call as that user, by id or by the issuer's name, with or without a body", async () => {
    const { reference, id } = await putCustomer();
    for (const who of [id, reference]) expect((await as(who, "GET", "/me")).body.data.id).toBe(id);
    const other = await server.newUser();
    const { conversation_id } = (await as(reference, "POST", `/conversations/${other.id}`)).body;
    const sent = await as(reference, "POST", `/messages/${conversation_id}`, { body: "From the back end" });
    expect(sent.body.data).toMatchObject({ sender_id: id, body: "From the back end" });
    const [message] = (await other.get(`/messages/${conversation_id}`)).body.data;
    expect(message.sender_id).toBe(id);
  });

  test("reaches what that user may, and nothing that is for admins or for log-ins", async () => {
    const { id } = await putCustomer();
    const stranger = await server.newUser();
    const { group_id } = (await stranger.post("/groups", { name: "Private" })).body;
    expectRefusal(await as(id, "GET", `/groups/${group_id}`), 404, "not_found");
    expectRefusal(await as(id, "POST", `/admin/users/${stranger.id}/logout`), 403, "forbidden");
    expectRefusal(await as(admin.id, "PUT", `/admin/users/${stranger.id}`, {}), 403, "forbidden");
    for (const [method, path] of [
      ["POST", "/me/keys"],
      ["GET", "/me/keys"],
      ["GET", "/sessions"],
      ["POST", "/bots"],
      ["PUT", "/me/password"],
      ["PUT", "/me/email"],
      ["DELETE", "/me"],
    ] as const)
      expectRefusal(await as(id, method, path, method === "GET" ? undefined : {}), 403, "forbidden");
  });

  test("of somebody unknown, banned or deleted is `not_found`", async () => {
    const gone: Record<string, number> = {};
    for (const column of ["banned_at", "deleted_at"]) {
      const user = await server.newUser();
      await server.core.sql`update users set ${server.core.sql(column)} = now() where id = ${user.id}`;
      gone[column] = user.id;
    }
    for (const who of [
      gone.banned_at!,
      gone.deleted_at!,
      999_999_999,
      "acme:nobody",
      "acme:",
      "ali",
      "",
      "0",
      "1e3",
      "1,2",
    ]) {
      expectRefusal(await as(who, "GET", "/me"), 404, "not_found");
      expectRefusal(await as(who, "PUT", "/me", { display_name: "Mallory" }), 404, "not_found");
    }
  });

  test("is refused to whatever is no key with `admin` of somebody who runs the server", async () => {
    const user = await server.newUser();
    const { id } = await putCustomer();
    const demoted = await server.newUser();
    const callers = [
      user,
      admin,
      await withKey(server, admin, ["read", "write", "manage"]),
      await withKey(server, demoted, ["admin"]),
      { token: await issuer.token("customer-0") },
    ];
    for (const { token } of callers) expectRefusal(await as(id, "GET", "/me", undefined, token), 403, "forbidden");
    expectRefusal(await as(id, "GET", "/me", undefined, "rck_none"), 401, "unauthorized");
  });

  test("ends with the role", async () => {
    const former = await server.newUser();
    await makeAdmin(server, former);
    const theirs = await withKey(server, former, ["admin"]);
    const { id } = await putCustomer();
    expect((await as(id, "GET", "/me", undefined, theirs.token)).status).toBe(200);
    await server.core.sql`update users set role = null where id = ${former.id}`;
    server.core.sessions.distrust();
    expectRefusal(await as(id, "GET", "/me", undefined, theirs.token), 403, "forbidden");
  });

  test("opens no sockets", async () => {
    const { id } = await putCustomer();
    const all = await withKey(server, admin, ["read", "admin"]);
    const socket = await server.connect(all, "/ws", { "on-behalf-of": String(id) });
    expect(await socket.closed).toEqual({ code: 1008, reason: "forbidden" });
  });
});

describe("PUT /admin/users/{user}", () => {
  test("creates the person whom the issuer's token then finds, once", async () => {
    const { reference, person } = await putCustomer(newCustomer(), { username: "ayse", display_name: "Ayşe" });
    expect(person).toMatchObject({ username: "ayse", display_name: "Ayşe" });
    const again = await putCustomer(reference, { username: "other", display_name: "Ayşe Y." });
    expect(again.person).toMatchObject({ id: person.id, username: "ayse", display_name: "Ayşe Y." });
    const me = await asUser(server.url, await issuer.token(reference.split(":")[1]!)).get("/me");
    expect(me.body.data.id).toBe(person.id);
    const racing = newCustomer();
    const ids = await Promise.all(Array.from({ length: 5 }, async () => (await putCustomer(racing)).id));
    expect(new Set(ids).size).toBe(1);
  });

  test("says who is nobody, and which names can't be", async () => {
    expectRefusal(await key.put("/admin/users/999999999", {}), 404, "not_found");
    for (const wrong of ["ali", "ACME:1", "acme:", ":1"])
      expectInvalid(await key.put(`/admin/users/${encodeURIComponent(wrong)}`, {}), "user");
    const { reference } = await putCustomer();
    const taken = await key.put(`/admin/users/${reference}`, { display_name: admin.username });
    expectRefusal(taken, 409, "name_taken");
  });
});

describe("POST /admin/users/{user}/logout", () => {
  test("ends sessions, keys and the issuer's tokens until now, on every server, with their sockets", async () => {
    const database = await newDatabase();
    const [one, two] = await Promise.all([
      startServer({ ...issuer.settings }, database.target),
      startServer({ ...issuer.settings }, database.target),
    ]);
    const runner = await one.newUser();
    await makeAdmin(one, runner);
    const theirKey = await withKey(one, runner, ["admin"]);
    const token = await issuer.token("leaver");
    const unseen = await issuer.token("leaver", { claims: { jti: "unseen" } });
    const { id } = (await asUser(one.url, token).get("/me")).body.data;
    const apiKey = await withKey(one, { id, username: "" }, ["read"]);
    const sockets = [await one.connect({ token }, "/ws"), await one.connect(apiKey, "/ws")];
    await Promise.all(sockets.map((socket) => socket.ready()));
    expect((await theirKey.post("/admin/users/acme:leaver/logout")).status).toBe(200);
    for (const socket of sockets) expect(await socket.closed).toEqual({ code: 1008, reason: "unauthorized" });
    for (const { url } of [one, two])
      for (const ended of [token, unseen, apiKey.token]) expect((await asUser(url, ended).get("/me")).status).toBe(401);
    const later = await issuer.token("leaver", { claims: { iat: Math.floor(Date.now() / 1000) + 2 } });
    expect((await asUser(two.url, later).get("/me")).status).toBe(200);
    await Promise.all([one.close(), two.close()]);
    await database.drop();
  });

  test("of somebody unknown is `not_found`", async () => {
    for (const who of ["999999999", "acme:nobody"])
      expectRefusal(await key.post(`/admin/users/${who}/logout`), 404, "not_found");
  });
});

describe("PUT /admin/rooms/{external_id}", () => {
  const membersOf = async (groupId: number) =>
    (await server.core.sql`select user_id from members where room_id = ${groupId}`)
      .map(({ user_id }) => Number(user_id))
      .sort();
  const people = async (count: number) => Promise.all(Array.from({ length: count }, () => putCustomer()));
  const put = (externalId: string, body: object) => key.put(`/admin/rooms/${encodeURIComponent(externalId)}`, body);
  const newId = () => `order ${crypto.randomUUID()}/ü`;

  test("creates one group, however often and at once it is asked for, and repeated changes nothing", async () => {
    const [ali, veli] = await people(2);
    const [externalId, body] = [newId(), { name: "Order", members: [ali!.reference, veli!.id.toString()] }];
    const answers = await Promise.all(Array.from({ length: 4 }, () => put(externalId, body)));
    const made = answers.filter(({ status }) => status === 200);
    expect(made.length).toBeGreaterThan(0);
    const again = await put(externalId, body);
    expect(new Set([...made, again].map(({ body }) => body.group_id)).size).toBe(1);
    expect(again.body.data).toMatchObject({ name: "Order", is_private: true, member_count: 3 });
    expect(await membersOf(again.body.group_id)).toEqual([admin.id, ali!.id, veli!.id].sort());
    const seqOf = async () => (await put(externalId, body)).body.data.seq;
    expect(await seqOf()).toBe(await seqOf());
  });

  test("makes its members those of the list, each change an event that is seen", async () => {
    const [ali, veli, ayse] = await people(3);
    const externalId = newId();
    const { group_id } = (await put(externalId, { name: "Order", members: [ali!.reference, veli!.reference] })).body;
    const token = await issuer.token(ali!.reference.split(":")[1]!);
    const socket = await server.connect({ token }, "/ws");
    await socket.ready();
    const changed = await put(externalId, { name: "Order 2", members: [ali!.reference, ayse!.reference] });
    expect(changed.body.data.name).toBe("Order 2");
    expect(await membersOf(group_id)).toEqual([admin.id, ali!.id, ayse!.id].sort());
    expect((await socket.next("group.member.joined")).data.user_id).toBe(ayse!.id);
    expect((await socket.next("group.member.left")).data.user_id).toBe(veli!.id);
  });

  test("adds dozens at once, and hands the group over", async () => {
    const crowd = await people(45);
    const externalId = newId();
    const members = crowd.map(({ reference }) => reference);
    const { group_id } = (await put(externalId, { name: "Crowd", members })).body;
    expect(await membersOf(group_id)).toHaveLength(46);
    const owner = crowd[0]!;
    const handed = await put(externalId, { name: "Crowd", owner: owner.reference, members: members.slice(0, 2) });
    expect(handed.body.data).toMatchObject({ owner_id: owner.id, member_count: 2 });
    // Told of no owner, it keeps its own.
    const kept = await put(externalId, { name: "Crowd", members: [] });
    expect(kept.body.data).toMatchObject({ owner_id: owner.id, member_count: 1 });
  });

  test("names whoever is nobody, and takes no empty name", async () => {
    const [ali] = await people(1);
    expectInvalid(await put(newId(), { name: "Order", members: [ali!.reference, "acme:nobody"] }), "members.1");
    expectInvalid(await put(newId(), { name: "Order", owner: "999999999", members: [] }), "owner");
    expectInvalid(await put(newId(), { name: " ", members: [] }), "name");
    expectInvalid(await put("x".repeat(201), { name: "Order", members: [] }), "external_id");
    expectInvalid(await put(newId(), { name: "Order", members: Array(1001).fill("1") }), "members");
  });

  test("adds nobody who is banned from the group", async () => {
    const [ali] = await people(1);
    const externalId = newId();
    const { group_id } = (await put(externalId, { name: "Order", members: [] })).body;
    await admin.put(`/groups/${group_id}/bans/${ali!.id}`, {});
    expectRefusal(await put(externalId, { name: "Order", members: [ali!.reference] }), 403, "banned");
  });
});

test("somebody whom an issuer vouches for does nothing that takes a log-in", async () => {
  const user = asUser(server.url, await issuer.token("sleeper"));
  const wanted = { name: "x", scopes: ["read"], client_id: crypto.randomUUID() };
  expectRefusal(await user.post("/me/keys", wanted), 403, "log_in_again");
  const { body }: { body: Json } = await user.get("/me");
  expect(body.data.id).toBeGreaterThan(0);
});
