// `bun run admin`: people, roles, bans, keys, invites, deletions and the audit log from the command line.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { admin as runCommand } from "./support/admin.ts";
import {
  asUser,
  expectRefusal,
  newGroup,
  newName,
  newPair,
  PASSWORD,
  startServer,
  type TestServer,
} from "./support/harness.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

const admin = (...typed: string[]) => runCommand(server, ...typed);
const logIn = (username: string, password = PASSWORD) => server.call("POST", "/login", { username, password });
/** The newest entry that is about somebody. */
const audited = async (userId: number) =>
  (await server.core.sql`select * from audit_log where user_id = ${userId} order by id desc limit 1`)[0]!;

test("gives and takes roles, by name or id, and leaves the last admin theirs", async () => {
  const [user, other] = [await server.newUser(), await server.newUser()];
  const roleOf = async () => (await server.core.sql`select role from users where id = ${user.id}`)[0]!.role;
  expect(await admin("role", user.username, "admin")).toContain("has the role admin");
  expect(await roleOf()).toBe("admin");
  for (const typed of [
    ["role", user.username, "user"],
    ["disable", user.username],
  ])
    await expect(admin(...typed)).rejects.toThrow("the only admin");
  expect(await roleOf()).toBe("admin");
  await admin("role", other.username, "admin");
  await admin("role", String(user.id), "moderator");
  expect(await roleOf()).toBe("moderator");
  await admin("role", user.username, "user");
  expect(await roleOf()).toBeNull();
  expect(await audited(user.id)).toMatchObject({
    event: "role_changed",
    actor_id: null,
    details: { role: "user", former: "moderator", via: "command line" },
  });
});

test("creates an account whose owner chooses the password by a link, once", async () => {
  const name = newName();
  const printed = await admin("create", name, "--email", `${name}@example.com`, "--role", "moderator");
  const token = /#\/reset\/(\S+)$/.exec(printed)![1];
  expectRefusal(await logIn(name, ""), 401, "bad_credentials");
  const choose = () => server.call("POST", "/password/reset", { token, new_password: "chosen-Password-1" });
  expect((await choose()).status).toBe(200);
  expectRefusal(await choose(), 404, "not_found");
  const { access_token } = (await logIn(name, "chosen-Password-1")).body;
  const me = (await asUser(server.url, access_token).get("/me")).body.data;
  expect(me).toMatchObject({ username: name, role: "moderator", email: `${name}@example.com` });
  expect(me).not.toHaveProperty("email_verified_at");
  await expect(admin("create", name)).rejects.toThrow("taken");
  await expect(admin("create", "a b")).rejects.toThrow("The username");
  await expect(admin("create", newName(), "--email", "nobody")).rejects.toThrow("not valid");
});

test("lists and shows people", async () => {
  const name = newName();
  for (const end of ["a", "b"]) await server.newUser(`${name}${end}`);
  const listed = (await admin("list", name)).split("\n");
  expect(listed).toHaveLength(2);
  expect(listed[0]).toMatch(new RegExp(`^\\d+  ${name}b  user  ${name}b@example.com  since \\d{4}-`));
  expect(await admin("list", name, "--role", "admin")).toBe("Nobody.");
  await admin("disable", `${name}a`, "--reason", "Advertising");
  expect(await admin("list", name, "--state", "banned")).toMatch(/ banned$/);
  const shown = await admin("show", `${name}a`);
  expect(shown).toContain("1 sessions, 0 groups");
  expect(shown).toContain("reason: Advertising");
});

test("disables somebody, for a time or until they are enabled, and says why in the audit log", async () => {
  const user = await server.newUser();
  await admin("disable", user.username, "--until", "2099-01-01T00:00:00Z", "--reason", "Advertising");
  server.core.sessions.distrust();
  expectRefusal(await user.get("/me"), 401, "unauthorized");
  expect((await logIn(user.username)).body).toMatchObject({ code: "account_banned", reason: "Advertising" });
  expect(await audited(user.id)).toMatchObject({
    event: "user_banned",
    actor_id: null,
    details: { reason: "Advertising", until: "2099-01-01T00:00:00Z", via: "command line" },
  });
  await admin("enable", user.username);
  expect((await user.get("/me")).status).toBe(200);
  expect((await audited(user.id)).event).toBe("user_unbanned");
  await expect(admin("disable", user.username, "--until", "2020-01-01T00:00:00Z")).rejects.toThrow("future");
});

test("resets a password by a link, and ends sessions and keys", async () => {
  const user = await server.newUser();
  const key = await admin("keys", "create", user.username, "x", "read");
  expect(await admin("reset-password", user.username)).toMatch(/#\/reset\/\S+$/);
  expect((await audited(user.id)).event).toBe("password_reset_by_admin");
  expect((await user.get("/me")).status).toBe(200);
  await admin("revoke", user.username);
  server.core.sessions.distrust();
  for (const token of [user.token, key]) expect((await asUser(server.url, token).get("/me")).status).toBe(401);
  expect(await audited(user.id)).toMatchObject({ event: "logged_out_by_admin", actor_id: null });
});

test("creates a key that works, lists and ends it", async () => {
  const user = await server.newUser();
  await admin("role", user.username, "admin");
  const key = await admin("keys", "create", user.username, "CRM", "read", "admin");
  expect(key).toMatch(/^rck_/);
  expect(await audited(user.id)).toMatchObject({
    event: "key_created",
    actor_id: null,
    details: { via: "command line" },
  });
  expect((await asUser(server.url, key).put("/admin/users/acme:1", {})).status).toBe(200);
  const listed = await admin("keys", "list", user.username);
  expect(listed).toMatch(/^\d+ {2}CRM {2}read,admin {2}last used /);
  expect(listed).not.toContain(key);
  const [id] = listed.split(" ");
  await admin("keys", "delete", user.username, id!);
  expect((await audited(user.id)).event).toBe("key_deleted");
  expect(await admin("keys", "list", user.username)).toBe("None.");
  await expect(admin("keys", "delete", user.username, id!)).rejects.toThrow("has no key");
  server.core.sessions.distrust();
  expect((await asUser(server.url, key).get("/me")).status).toBe(401);
});

test("creates invites", async () => {
  expect(await admin("invite")).toMatch(/^http:\/\/localhost:\d+\/#\/invite\/[\w-]{10,}$/);
  const link = await admin("invite", "--people", "3", "--days", "2");
  const code = link.slice(link.lastIndexOf("/") + 1);
  const [row] = await server.core.sql`select max_uses from invites where code = ${code}`;
  expect(row!.max_uses).toBe(3);
  const [entry] = await server.core
    .sql`select * from audit_log where event = 'invite_created_by_admin' order by id desc limit 1`;
  expect(entry!.details).toEqual({ people: 3, days: 2, via: "command line" });
});

test("deletes messages and groups, whose rooms are told by the running server when they come back", async () => {
  const { ali, conversationId } = await newPair(server);
  const { id } = (await ali.post(`/messages/${conversationId}`, { body: "Buy now" })).body.data;
  await admin("delete-message", String(id), "--reason", "Advertising");
  expect((await ali.get(`/messages/${conversationId}`)).body.data[0].body).toBe("");
  expect(await audited(ali.id)).toMatchObject({ event: "message_deleted_by_admin", actor_id: null });
  // The server that runs goes on with the positions behind it.
  expect((await ali.post(`/messages/${conversationId}`, { body: "Sorry" })).body.data.seq).toBe(3);
  const { owner, groupId } = await newGroup(server, 2);
  await admin("delete-group", String(groupId));
  expectRefusal(await owner.get(`/groups/${groupId}`), 404, "not_found");
  expect(await audited(owner.id)).toMatchObject({ event: "group_deleted_by_admin", actor_id: null });
  await expect(admin("delete-group", String(groupId))).rejects.toThrow("not found");
});

test("prints the audit log, and gives it out as a file", async () => {
  const user = await server.newUser();
  await admin("disable", user.username, "--reason", "=1+1");
  const [line] = (await admin("audit", "--user", user.username)).split("\n");
  expect(line).toMatch(new RegExp(`user_banned {2}by command line {2}to ${user.username} {2}\\(=1\\+1\\)$`));
  expect(await admin("audit", "--user", user.username, "--event", "logged_in")).toBe("None.");
  const csv = (await admin("audit", "--user", user.username, "--csv")).split("\r\n");
  expect(csv[0]).toStartWith("id,at,event,");
  expect(csv[1]).toContain(",'=1+1,");
  const [json] = (await admin("audit", "--event", "audit_exported", "--ndjson")).split("\n");
  expect(JSON.parse(json!).details).toMatchObject({ via: "command line" });
});

describe("what was typed", () => {
  test.each([
    [[], "Commands:"],
    [["roles"], "Commands:"],
    [["__proto__"], "Commands:"],
    [["role"], "Usage: bun run admin role"],
    [["role", "nobody-at-all", "admin"], "There is no user nobody-at-all."],
    [["keys", "create", "x"], "Usage: bun run admin keys create"],
    [["keys", "create", "x", "y", "root"], "Usage: bun run admin keys create"],
    [["keys", "delete", "x", "y"], "Usage: bun run admin keys delete"],
    [["invite", "--people", "0"], "Usage: bun run admin invite"],
    [["invite", "--what"], "Usage: bun run admin invite"],
    [["create"], "Usage: bun run admin create"],
    [["create", "x", "--role", "root"], "Usage: bun run admin create"],
    [["list", "--state", "what"], "Usage: bun run admin list"],
    [["disable"], "Usage: bun run admin disable"],
    [["disable", "x", "--until", "tomorrow"], "Usage: bun run admin disable"],
    [["delete-message", "x"], "Usage: bun run admin delete-message"],
    [["delete-group", "0"], "Usage: bun run admin delete-group"],
    [["audit", "--csv", "--ndjson"], "Usage: bun run admin audit"],
    [["audit", "--from", "x"], "Usage: bun run admin audit"],
  ])("%j is answered with what was expected", async (typed, sentence) => {
    await expect(admin(...typed)).rejects.toThrow(sentence);
  });
});

test("says why a key can't be created", async () => {
  const user = await server.newUser();
  await expect(admin("keys", "create", user.username, "x", "admin")).rejects.toThrow("who run the server");
});
