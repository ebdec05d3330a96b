// `chat.admin()`: what moderators and admins do, by the SDK.
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import type { Administration } from "../../src/sdk/index.ts";
import { PASSWORD, startServer, type TestServer, type User } from "../support/harness.ts";
import { makeAdmin } from "../support/keys.ts";
import { chatOf, closeChats } from "./chats.ts";

let server: TestServer;
let admin: User;
beforeAll(async () => {
  server = await startServer();
  admin = await server.newUser();
  await makeAdmin(server, admin);
});
afterEach(closeChats);
afterAll(() => server.close());

const PROOF = { password: PASSWORD };

const administration = (user = admin): Promise<Administration> => chatOf(user, server.url).admin();

test("people are found, banned, admitted, logged out and given roles; the log says who did it", async () => {
  const calls = await administration();
  const user = await server.newUser();
  const { data } = await calls.listUsers({ query: user.username });
  expect(data.map(({ id }) => id)).toEqual([user.id]);
  expect((await calls.listSessions(user.id)).data).toHaveLength(1);
  await calls.ban(user.id, { until: "forever", reason: "Threats" });
  expect(await calls.getUser(user.id)).toMatchObject({ banned_until: "forever", ban_reason: "Threats" });
  expect((await calls.listUsers({ state: "banned" })).data.map(({ id }) => id)).toContain(user.id);
  await calls.liftBan(user.id);
  expect(await calls.getUser(user.id)).not.toHaveProperty("banned_until");
  await calls.setRole(user.id, "moderator", PROOF);
  expect((await calls.listUsers({ role: "moderator" })).data.map(({ id }) => id)).toContain(user.id);
  await calls.endSessions(user.id);
  expect((await calls.listSessions(user.id)).data).toEqual([]);
  expect((await calls.resetPassword(user.id, PROOF)).link).toMatch(/#\/reset\//);
  expect(calls.setRole(user.id, "admin")).rejects.toMatchObject({ fields: { current_password: "is required" } });
  expect(calls.resetPassword(user.id, { password: "not-it-at-all" })).rejects.toMatchObject({
    code: "bad_credentials",
  });
  const entries = (await calls.listAudit({ user: user.id, actor: admin.id })).data;
  expect(entries.map(({ event }) => event)).toEqual([
    "password_reset_by_admin",
    "logged_out_by_admin",
    "role_changed",
    "user_unbanned",
    "user_banned",
  ]);
  const lines = await new Response(await calls.exportAudit({ user: user.id, event: "user_banned" }, "ndjson")).text();
  expect(JSON.parse(lines.trim())).toMatchObject({ event: "user_banned", details: { reason: "Threats" } });
  expect(await new Response(await calls.exportAudit({ user: user.id })).text()).toContain("Threats");
});

test("groups and messages are looked up and deleted, with a reason", async () => {
  const calls = await administration();
  const owner = await server.newUser();
  const { group_id } = (await owner.post("/groups", { name: "Market" })).body;
  const message = (await owner.post(`/groups/${group_id}/messages`, { body: "Buy this" })).body.data;
  expect((await calls.listGroups("Mark")).data.map(({ id }) => id)).toEqual([group_id]);
  expect(await calls.getGroup(group_id)).toMatchObject({ name: "Market", owner: { id: owner.id } });
  expect((await calls.listMembers(group_id)).data).toMatchObject([{ id: owner.id, role: "owner" }]);
  await calls.deleteMessage(message.id, "Spam");
  expect((await owner.get(`/groups/${group_id}/messages`)).body.data[0].body).not.toBe("Buy this");
  await calls.deleteGroup(group_id, "Stolen goods");
  expect(calls.getGroup(group_id)).rejects.toMatchObject({ code: "not_found" });
  const reasons = (await calls.listAudit({ user: owner.id })).data.map(({ details }) => details?.reason);
  expect(reasons).toEqual(["Stolen goods", "Spam"]);
});

test("a moderator has what is theirs, and everybody else nothing of it", async () => {
  const [moderator, user] = [await server.newUser(), await server.newUser()];
  await (await administration()).setRole(moderator.id, "moderator", PROOF);
  const calls = await administration(moderator);
  expect((await calls.health()).servers).toHaveLength(1);
  expect(calls.listAudit()).rejects.toMatchObject({ code: "forbidden" });
  expect(calls.exportAudit()).rejects.toMatchObject({ code: "forbidden" });
  expect(calls.setRole(user.id, "admin")).rejects.toMatchObject({ code: "forbidden" });
  expect((await administration(user)).listUsers()).rejects.toMatchObject({ code: "forbidden" });
});
