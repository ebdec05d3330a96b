// What moderators and admins do over HTTP: who may do what to whom, what it does, and what bans do everywhere.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  asUser,
  expectInvalid,
  expectRefusal,
  type Json,
  newGroup,
  newName,
  newPair,
  PASSWORD,
  startServer,
  type TestServer,
  type User,
} from "../support/harness.ts";
import { newStaff, withKey } from "../support/keys.ts";

let server: TestServer;
let admin: User;
let moderator: User;
beforeAll(async () => {
  server = await startServer();
  [admin, moderator] = await Promise.all([newStaff(server, "admin"), newStaff(server, "moderator")]);
});
afterAll(() => server.close());

const put = (by: User, user: { id: number }, body: object) => by.put(`/admin/users/${user.id}`, body);
/** Proves that somebody who is logged in makes the call. */
const PROOF = { current_password: PASSWORD };
const ban = (by: User, user: { id: number }, more: object = {}) => put(by, user, { banned_until: "forever", ...more });
const logIn = (user: User) => server.call("POST", "/login", { username: user.username, password: PASSWORD });
/** What the audit log has about somebody, the newest first. */
const auditOf = async (user: { id: number }): Promise<Json[]> =>
  (await admin.get(`/admin/audit?user=${user.id}`)).body.data;

async function newBot(owner: User) {
  const { id, username } = (await owner.post("/bots", { username: newName() })).body.data;
  return withKey(server, { id, username }, ["read", "write"]);
}

describe("a ban", () => {
  test("closes sockets and refuses every request at once, and ends nothing: lifted, the same session goes on", async () => {
    const user = await server.newUser();
    const socket = await (await server.connect(user, "/ws")).ready();
    expect((await user.get("/me")).status).toBe(200);
    const banned = await ban(moderator, user, { reason: " Advertising " });
    expect(banned.body.data).toMatchObject({ id: user.id, banned_until: "forever", ban_reason: "Advertising" });
    expect(await socket.closed).toEqual({ code: 1008, reason: "unauthorized" });
    expectRefusal(await user.get("/me"), 401, "unauthorized");
    expect((await logIn(user)).body).toMatchObject({ code: "account_banned", reason: "Advertising" });
    const lifted = await put(moderator, user, { banned_until: null });
    for (const field of ["banned_at", "banned_until", "ban_reason"]) expect(lifted.body.data).not.toHaveProperty(field);
    expect((await user.get("/me")).status).toBe(200);
    await (await server.connect(user, "/ws")).ready();
    const [second, first] = await auditOf(user);
    expect(first).toMatchObject({
      event: "user_banned",
      actor: { id: moderator.id },
      user: { id: user.id },
      address: "127.0.0.1",
      details: { until: "forever", reason: "Advertising" },
    });
    expect(second).toMatchObject({ event: "user_unbanned", actor: { id: moderator.id } });
  });

  test("with an end is over at its end by itself: for sessions, log-ins, sockets, bots and calls for others", async () => {
    const user = await server.newUser();
    const bot = await newBot(user);
    const key = await withKey(server, admin, ["admin"]);
    const asThem = () =>
      server.call("GET", "/me", undefined, { authorization: `Bearer ${key.token}`, "on-behalf-of": String(user.id) });
    const until = "2099-01-13T18:00:00.000000+00:00";
    expect((await ban(moderator, user, { banned_until: until })).body.data.banned_until).toBe(until);
    expect(await Promise.all([user.get("/me"), bot.get("/me"), asThem(), logIn(user)]).then(statuses)).toEqual([
      ...[401, 401, 404, 403],
    ]);
    await server.core.sql`update users set banned_until = now() where id = ${user.id}`;
    expect(await Promise.all([user.get("/me"), bot.get("/me"), asThem(), logIn(user)]).then(statuses)).toEqual([
      ...[200, 200, 200, 200],
    ]);
    await (await server.connect(user, "/ws")).ready();
    expect((await moderator.get(`/admin/users/${user.id}`)).body.data).not.toHaveProperty("banned_at");
    expect((await moderator.get("/admin/users?state=banned")).body.data.map((one: Json) => one.id)).not.toContain(
      user.id,
    );
    // Lifting what is over is no act.
    await put(moderator, user, { banned_until: null });
    expect((await auditOf(user)).map(({ event }) => event)).not.toContain("user_unbanned");
  });

  test("takes in the bots that somebody owns, with their sockets, and goes with them", async () => {
    const user = await server.newUser();
    const bot = await newBot(user);
    const socket = await (await server.connect(bot, "/ws")).ready();
    await ban(moderator, user);
    expect(await socket.closed).toEqual({ code: 1008, reason: "unauthorized" });
    expectRefusal(await bot.get("/me"), 401, "unauthorized");
    await put(moderator, user, { banned_until: null });
    expect((await bot.get("/me")).status).toBe(200);
  });

  test("again replaces end and reason, and keeps since when", async () => {
    const user = await server.newUser();
    const first = (await ban(moderator, user, { reason: "One" })).body.data;
    const again = (await ban(moderator, user, { banned_until: "2099-01-01T00:00:00Z", reason: "Two" })).body.data;
    expect(again).toMatchObject({ banned_at: first.banned_at, ban_reason: "Two" });
    expect(again.banned_until).toBe("2099-01-01T00:00:00.000000+00:00");
  });

  test("lies ahead, and has a reason that can be read", async () => {
    const user = await server.newUser();
    for (const wrong of ["2020-01-01T00:00:00Z", "tomorrow", "", 5, true])
      expectInvalid(await put(moderator, user, { banned_until: wrong }), "banned_until");
    for (const reason of ["x".repeat(256), "a\u0000b"]) expectInvalid(await ban(moderator, user, { reason }), "reason");
    expect((await user.get("/me")).status).toBe(200);
    expect(await auditOf(user)).toEqual([]);
  });

  test("while a log-in is under way leaves no session that works", async () => {
    const user = await server.newUser();
    const attempts = Array.from({ length: 4 }, () => logIn(user));
    const banned = await ban(moderator, user);
    expect(banned.status).toBe(200);
    for (const { status, body } of await Promise.all(attempts)) {
      if (status !== 200) expect(["account_banned", "slow_down"]).toContain(body.code);
      else expect((await asUser(server.url, body.access_token).get("/me")).status).toBe(401);
    }
  });

  test("that comes between a socket's check and its registration closes it as well", async () => {
    const user = await server.newUser();
    const { sessions } = server.core;
    const find = sessions.find.bind(sessions);
    let isFirst = true;
    sessions.find = async (token) => {
      const session = await find(token);
      if (isFirst && session?.userId === user.id) {
        isFirst = false;
        await ban(moderator, user);
      }
      return session;
    };
    try {
      const socket = await server.connect(user, "/ws");
      // (Sooner or later a recheck closes it.)
      const ready = socket.ready().then(
        () => "open",
        () => "closed",
      );
      expect(await Promise.race([socket.closed.then(() => "closed"), ready])).toBe("closed");
      expect(await socket.closed).toEqual({ code: 1008, reason: "unauthorized" });
    } finally {
      sessions.find = find;
    }
  });

  test("of a group's owner leaves the group to the others", async () => {
    const { owner, others, groupId } = await newGroup(server, 3);
    await ban(moderator, owner);
    expect((await others[0]!.post(`/groups/${groupId}/messages`, { body: "Still here" })).status).toBe(201);
    expect((await others[0]!.get(`/groups/${groupId}`)).body.data.owner_id).toBe(owner.id);
  });
});

const statuses = (answers: { status: number }[]) => answers.map(({ status }) => status);

describe("rank", () => {
  test("moderators act on users alone, and on nobody's bot but theirs", async () => {
    const other = await newStaff(server, "moderator");
    const theirBot = await newBot(await newStaff(server, "admin"));
    for (const target of [admin, other, theirBot]) {
      expectRefusal(await ban(moderator, target), 403, "forbidden");
      expectRefusal(await put(moderator, target, { banned_until: null }), 403, "forbidden");
      expectRefusal(await moderator.delete(`/admin/users/${target.id}/sessions`), 403, "forbidden");
      expectRefusal(await moderator.get(`/admin/users/${target.id}/sessions`), 403, "forbidden");
      expect((await target.get("/me")).status).toBe(200);
    }
    const bot = await newBot(await server.newUser());
    expect((await ban(moderator, bot)).status).toBe(200);
    expectRefusal(await bot.get("/me"), 401, "unauthorized");
  });

  test("a moderator raises nobody, themselves neither, and changes no names and no passwords", async () => {
    const user = await server.newUser();
    for (const target of [user, moderator]) {
      expectRefusal(await put(moderator, target, { role: "admin" }), 403, "forbidden");
      expectRefusal(await put(moderator, target, { display_name: "X" }), 403, "forbidden");
      expectRefusal(await put(moderator, target, { role: "user", banned_until: "forever" }), 403, "forbidden");
      expectRefusal(await moderator.post(`/admin/users/${target.id}/password-reset`), 403, "forbidden");
      expectRefusal(await moderator.post(`/admin/users/${target.id}/logout`), 403, "forbidden");
    }
    expectRefusal(await moderator.put("/admin/users/acme:new", {}), 403, "forbidden");
    expectRefusal(await moderator.get("/admin/audit"), 403, "forbidden");
    expect((await user.get("/me")).body.data).not.toHaveProperty("role");
    expect((await moderator.get("/me")).body.data.role).toBe("moderator");
  });

  test("a moderator's key gives no more than the moderator has, and an admin's key with `moderate` bans and does no more", async () => {
    const user = await server.newUser();
    const theirs = await withKey(server, moderator, ["moderate", "admin"]);
    expectRefusal(await put(theirs, user, { role: "moderator" }), 403, "forbidden");
    const key = await withKey(server, admin, ["moderate"]);
    expect((await ban(key, user)).status).toBe(200);
    expectRefusal(await ban(key, moderator), 403, "forbidden");
    expectRefusal(await key.delete(`/admin/users/${moderator.id}/sessions`), 403, "forbidden");
    expect((await key.get(`/admin/users/${user.id}`)).body.data).not.toHaveProperty("email");
    expect((await admin.get(`/admin/users/${user.id}`)).body.data).toHaveProperty("email");
    expectRefusal(await put(key, user, { role: "moderator" }), 403, "forbidden");
    expectRefusal(await put(key, user, { display_name: "X" }), 403, "forbidden");
    expectRefusal(await key.get("/admin/audit"), 403, "forbidden");
    expectRefusal(await key.post(`/admin/users/${user.id}/password-reset`), 403, "forbidden");
  });

  test("nobody does it to themselves, so that an admin always stays", async () => {
    for (const body of [{ role: "user" }, { role: "moderator" }, { banned_until: "forever" }])
      expectRefusal(await put(admin, admin, body), 403, "forbidden");
    expectRefusal(await ban(moderator, moderator), 403, "forbidden");
    expectRefusal(await admin.post(`/admin/users/${admin.id}/password-reset`), 403, "forbidden");
  });

  test("of two admins who demote or ban each other at once one is too late", async () => {
    for (const body of [{ role: "user" }, { banned_until: "forever" }]) {
      const [one, two] = await Promise.all([newStaff(server, "admin"), newStaff(server, "admin")]);
      const answers = await Promise.all([put(one, two, { ...body, ...PROOF }), put(two, one, { ...body, ...PROOF })]);
      expect(answers.map(({ status }) => status).filter((status) => status === 200)).toHaveLength(1);
      const [left] = await server.core.sql`
        select count(*)::int as count from users where id in (${one.id}, ${two.id}) and role = 'admin' and banned_at is null`;
      expect(left!.count).toBe(1);
    }
  });

  test("goes at once with a demotion, for sessions and keys that were used a moment ago", async () => {
    const former = await newStaff(server, "admin");
    const key = await withKey(server, former, ["admin"]);
    const user = await server.newUser();
    for (const by of [former, key]) expect((await by.get("/admin/users")).status).toBe(200);
    const demoted = await put(admin, former, { role: "moderator", reason: "Left the team", ...PROOF });
    expect(demoted.body.data.role).toBe("moderator");
    for (const by of [former, key]) expectRefusal(await put(by, user, { role: "admin" }), 403, "forbidden");
    expect((await former.get("/admin/users")).status).toBe(200);
    await put(admin, former, { role: "user", ...PROOF });
    for (const by of [former, key]) expectRefusal(await by.get("/admin/users"), 403, "forbidden");
    const [second, first] = await auditOf(former);
    expect(first).toMatchObject({
      event: "role_changed",
      details: { role: "moderator", former: "admin", reason: "Left the team" },
    });
    expect(second!.details).toMatchObject({ role: "user", former: "moderator" });
  });

  test("is not for bots, and reaches nobody on somebody's behalf", async () => {
    const bot = await newBot(await server.newUser());
    expectInvalid(await put(admin, bot, { role: "moderator", ...PROOF }), "role");
    const key = await withKey(server, admin, ["admin"]);
    const headers = { authorization: `Bearer ${key.token}`, "on-behalf-of": String(moderator.id) };
    const user = await server.newUser();
    const answer = await server.call("PUT", `/admin/users/${user.id}`, { banned_until: "forever" }, headers);
    expectRefusal(answer, 403, "forbidden");
  });

  test("a role that somebody has already, and a change that is refused, leave no trace", async () => {
    const user = await server.newUser();
    await put(admin, user, { role: "user", ...PROOF });
    expectInvalid(
      await put(admin, user, { role: "moderator", banned_until: "2020-01-01T00:00:00Z", ...PROOF }),
      "banned_until",
    );
    expect((await user.get("/me")).body.data).not.toHaveProperty("role");
    expect(await auditOf(user)).toEqual([]);
  });
});

describe("the session of an admin", () => {
  const resetPassword = (by: User, user: User, proof?: object) =>
    by.post(`/admin/users/${user.id}/password-reset`, proof);

  test("gives no role and makes no link to a password without its owner's, and bans", async () => {
    const [own, user] = [await newStaff(server, "admin"), await server.newUser()];
    for (const act of [
      (proof?: object) => put(own, user, { role: "admin", ...proof }),
      (proof?: object) => resetPassword(own, user, proof),
    ]) {
      expectInvalid(await act(), "current_password");
      expectRefusal(await act({ current_password: "not-the-Password-1" }), 401, "bad_credentials");
    }
    expectInvalid(await own.put("/admin/users/acme:unheard-of", { role: "admin" }), "current_password");
    expectRefusal(await own.get("/admin/users/acme:unheard-of"), 404, "not_found");
    expect((await user.get("/me")).body.data).not.toHaveProperty("role");
    expect(await auditOf(user)).toEqual([]);
    expect((await put(own, user, { role: "moderator", ...PROOF })).body.data.role).toBe("moderator");
    expect((await ban(own, user)).status).toBe(200);
  });

  test("that ends while the password is checked gives none either", async () => {
    const { db, sql } = server.core;
    const begin = db.transaction;
    for (const act of [(by: User, user: User) => put(by, user, { role: "admin", ...PROOF }), resetPassword]) {
      const [own, user] = [await newStaff(server, "admin"), await server.newUser()];
      // Just before the transaction of the act.
      db.transaction = async (work, config) => {
        db.transaction = begin;
        await sql`update tokens set kind = 'ended' where user_id = ${own.id}`;
        return begin(work, config);
      };
      expectRefusal(await act(own, user, PROOF), 401, "unauthorized");
      expect(db.transaction).toBe(begin);
      expect((await user.get("/me")).body.data).not.toHaveProperty("role");
      expect(await auditOf(user)).toEqual([]);
    }
  });

  test("without a password gives them if it is fresh, and an API key needs the scope alone", async () => {
    const [own, user] = [await newStaff(server, "admin"), await server.newUser()];
    await server.core.sql`update users set password_hash = null where id = ${own.id}`;
    expect((await put(own, user, { role: "moderator" })).status).toBe(200);
    await server.core.sql`update tokens set created_at = now() - interval '16 minutes' where user_id = ${own.id}`;
    expectRefusal(await put(own, user, { role: "admin" }), 403, "log_in_again");
    expectRefusal(await resetPassword(own, user), 403, "log_in_again");
    const key = await withKey(server, admin, ["admin"]);
    expect((await put(key, user, { role: "user" })).status).toBe(200);
    expect((await resetPassword(key, user)).status).toBe(200);
  });
});

describe("people", () => {
  test("are found by the beginning of a name, an id, and by admins a whole address; a page at a time, newest first", async () => {
    const name = newName();
    const users = [];
    for (const end of ["a", "b", "c"]) users.push(await server.newUser(`${name}${end}`));
    const found = (await moderator.get(`/admin/users?query=${name.toUpperCase()}`)).body.data;
    expect(found.map((one: Json) => one.id)).toEqual(users.map(({ id }) => id).reverse());
    expect(found[0]).not.toHaveProperty("email");
    const first = (await admin.get(`/admin/users?query=${name}&limit=2`)).body;
    const rest = (await admin.get(`/admin/users?query=${name}&limit=2&cursor=${first.next_cursor}`)).body;
    expect([...first.data, ...rest.data].map((one) => one.id)).toEqual(found.map((one: Json) => one.id));
    expect(rest.next_cursor).toBeNull();
    const email = `${name}b@example.com`;
    expect(first.data[1].email).toBe(email);
    const byAddress = (who: User) => who.get(`/admin/users?query=${encodeURIComponent(email)}`);
    expect((await byAddress(admin)).body.data.map((one: Json) => one.id)).toEqual([users[1]!.id]);
    expect((await byAddress(moderator)).body.data).toEqual([]);
    const byId = (await moderator.get(`/admin/users?query=${users[0]!.id}`)).body.data;
    expect(byId.map((one: Json) => one.id)).toContain(users[0]!.id);
  });

  test("are listed by role and state, and shown with what is theirs", async () => {
    const user = await server.newUser();
    const bot = await newBot(user);
    const gone = await server.newUser();
    await server.core.sql`update users set deleted_at = now() where id = ${gone.id}`;
    await ban(moderator, user);
    const idsOf = async (filter: string) =>
      (await moderator.get(`/admin/users?${filter}`)).body.data.map((one: Json) => one.id);
    expect(await idsOf("state=banned")).toContain(user.id);
    expect(await idsOf("state=bot")).toContain(bot.id);
    expect(await idsOf("state=deleted")).toContain(gone.id);
    expect(await idsOf("")).not.toContain(gone.id);
    expect(await idsOf("role=moderator")).toContain(moderator.id);
    expect(await idsOf("role=admin")).not.toContain(moderator.id);
    const shown = (await moderator.get(`/admin/users/${user.id}`)).body.data;
    expect(shown).toMatchObject({ id: user.id, role: "user", sessions: 1, groups: 0, banned_until: "forever" });
    expect((await moderator.get(`/admin/users/${gone.id}`)).body.data.deleted_at).toBeDefined();
    expect((await moderator.get(`/admin/users/${bot.id}`)).body.data.owner_id).toBe(user.id);
    expectRefusal(await moderator.get("/admin/users/999999999"), 404, "not_found");
    expectRefusal(await user.get("/admin/users"), 401, "unauthorized");
  });

  test("have their sessions shown, to moderators without addresses, and ended", async () => {
    const user = await server.newUser();
    await server.core.sql`update tokens set address = '203.0.113.7' where user_id = ${user.id}`;
    const [session] = (await admin.get(`/admin/users/${user.id}/sessions`)).body.data;
    expect(session).toMatchObject({ device: "test", address: "203.0.113.7", is_current: false });
    expect((await moderator.get(`/admin/users/${user.id}/sessions`)).body.data[0]).not.toHaveProperty("address");
    const socket = await (await server.connect(user, "/ws")).ready();
    expect((await moderator.delete(`/admin/users/${user.id}/sessions`)).status).toBe(200);
    expect(await socket.closed).toEqual({ code: 1008, reason: "unauthorized" });
    expectRefusal(await user.get("/me"), 401, "unauthorized");
    const [entry] = await auditOf(user);
    expect(entry).toMatchObject({ event: "logged_out_by_admin", actor: { id: moderator.id } });
  });

  test("get a link to a new password, good once, that is kept nowhere", async () => {
    const user = await server.newUser();
    const bot = await newBot(user);
    const { status, body } = await admin.post(`/admin/users/${user.id}/password-reset`, PROOF);
    expect([status, body.data.is_sent]).toEqual([200, false]);
    expect(Date.parse(body.data.expires_at)).toBeGreaterThan(Date.now() + 23 * 3_600_000);
    const token = body.data.link.split("#/reset/")[1];
    expect((await user.get("/me")).status).toBe(200);
    expect((await logIn(user)).status).toBe(200);
    expect(JSON.stringify(await server.core.sql`select * from audit_log`)).not.toContain(token);
    const reset = () => server.call("POST", "/password/reset", { token, new_password: "another-Password-1" });
    expect((await reset()).status).toBe(200);
    expectRefusal(await reset(), 404, "not_found");
    expectRefusal(await user.get("/me"), 401, "unauthorized");
    const again = await server.call("POST", "/login", { username: user.username, password: "another-Password-1" });
    expect(again.status).toBe(200);
    const me = (await asUser(server.url, again.body.access_token).get("/me")).body.data;
    // Handed over, it has proved no address.
    expect(me).not.toHaveProperty("email_verified_at");
    expect((await auditOf(user)).map(({ event }) => event)).toContain("password_reset_by_admin");
    expectRefusal(await admin.post(`/admin/users/${bot.id}/password-reset`, PROOF), 403, "forbidden");
  });
});

describe("what is said", () => {
  test("is deleted in conversations and groups, as its author could, and once", async () => {
    const { ali, veli, conversationId } = await newPair(server);
    const socket = await (await server.connect(veli, "/ws")).ready();
    const { id } = (await ali.post(`/messages/${conversationId}`, { body: "Buy now" })).body.data;
    await socket.next("message.new");
    for (const _ of [1, 2])
      expect((await moderator.delete(`/admin/messages/${id}`, { reason: "Advertising" })).status).toBe(200);
    expect((await socket.next("message.deleted")).data).toMatchObject({ id, body: "" });
    const [message] = (await veli.get(`/messages/${conversationId}`)).body.data;
    expect(message.body).toBe("");
    const entries = (await auditOf(ali)).filter(({ event }) => event === "message_deleted_by_admin");
    expect(entries).toHaveLength(1);
    expect(entries[0]).toMatchObject({ message_id: id, details: { reason: "Advertising" } });
    expect(JSON.stringify(entries)).not.toContain("Buy now");
    const { owner, groupId } = await newGroup(server, 2);
    const posted = (await owner.post(`/groups/${groupId}/messages`, { body: "Buy now" })).body.data;
    expect((await moderator.delete(`/admin/messages/${posted.id}`)).status).toBe(200);
    expect((await owner.get(`/groups/${groupId}/messages`)).body.data[0].body).toBe("");
    expect((await auditOf(owner))[0]).toMatchObject({ group: { id: groupId }, message_id: posted.id });
  });

  test("by moderators and admins is deleted by admins; what is no message is not found", async () => {
    const author = await newStaff(server, "moderator");
    const { group_id } = (await author.post("/groups", { name: "Team" })).body;
    const { id } = (await author.post(`/groups/${group_id}/messages`, { body: "Hello" })).body.data;
    expectRefusal(await moderator.delete(`/admin/messages/${id}`), 403, "forbidden");
    expectRefusal(await moderator.delete(`/admin/groups/${group_id}`), 403, "forbidden");
    expect((await admin.delete(`/admin/messages/${id}`)).status).toBe(200);
    for (const path of ["messages/999999999", "groups/999999999", `messages/${id}000`])
      expectRefusal(await admin.delete(`/admin/${path}`), 404, "not_found");
    expectRefusal(await (await server.newUser()).delete(`/admin/messages/${id}`), 403, "forbidden");
  });

  test("goes with its group, which moderators find without reading it", async () => {
    const name = `Offers ${newName()}`;
    const { owner, others, groupId } = await newGroup(server, 3, { name });
    await owner.post(`/groups/${groupId}/messages`, { body: "Secret text" });
    const socket = await (await server.connect(others[0]!, "/ws")).ready();
    const answer = await moderator.get(`/admin/groups?query=${name.split(" ")[1]}`);
    expect(answer.body.data).toMatchObject([{ id: groupId, name, is_private: true, member_count: 3, event_count: 3 }]);
    expect(answer.body.data[0].owner.id).toBe(owner.id);
    expect(JSON.stringify(answer.body)).not.toContain("Secret text");
    expectRefusal(await moderator.get(`/groups/${groupId}/messages`), 404, "not_found");
    expect((await moderator.delete(`/admin/groups/${groupId}`, { reason: "Fraud" })).status).toBe(200);
    expect((await socket.next("group.deleted")).data.group_id).toBe(groupId);
    expectRefusal(await owner.get(`/groups/${groupId}`), 404, "not_found");
    expect((await auditOf(owner))[0]).toMatchObject({
      event: "group_deleted_by_admin",
      group: { id: groupId },
      details: { reason: "Fraud" },
    });
  });
});
