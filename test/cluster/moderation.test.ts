// Each act of a moderator or an admin, by a call on one of two servers and from the command line: what it does to the sockets on both,
// and its entry in the audit log.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { admin as runCommand } from "../support/admin.ts";
import { type Json, newGroup, newPair, PASSWORD, type Socket, type TestServer, type User } from "../support/harness.ts";
import { makeAdmin, withKey } from "../support/keys.ts";
import { until } from "../support/patience.ts";
import { startTwo, type TwoServers } from "./two-servers.ts";

let two: TwoServers;
let admin: User;
beforeAll(async () => {
  // (Commands are not to be told "within 15 seconds": servers with DATABASE_URL hear them.)
  two = await startTwo("notify", { databaseUrl: "postgres://heard" });
  admin = await two.a.newUser();
  await makeAdmin(two.a, admin);
});
afterAll(() => two.close());

const command = (...typed: string[]) => runCommand(two.a, ...typed);
const open = async (server: TestServer, user: { token: string }) => (await server.connect(user, "/ws")).ready();
const onBoth = (user: { token: string }) => Promise.all([open(two.a, user), open(two.b, user)]);
const CLOSED = { code: 1008, reason: "unauthorized" };
const areClosed = async (sockets: Socket[]) => {
  for (const socket of sockets) expect(await socket.closed).toEqual(CLOSED);
};
const statusesOf = async (user: User) => [(await user.get("/me")).status, (await two.onB(user).get("/me")).status];
const newest = async (filter: string): Promise<Json> =>
  (await admin.get(`/admin/audit?${filter}&limit=1`)).body.data[0];

/** Each act twice: by a call, and as a command. */
const WAYS = ["call", "command"] as const;

describe.each(WAYS)("by a %s", (way) => {
  const isCall = way === "call";
  const by = () => (isCall ? { id: admin.id, username: admin.username } : undefined);
  const audited = async (user: User, event: string) => {
    const entry = await newest(`user=${user.id}&event=${event}`);
    expect([entry.event, entry.actor]).toEqual([event, by()]);
    expect(entry.details?.via).toBe(isCall ? undefined : "command line");
    expect(entry.address).toBe(isCall ? "127.0.0.1" : undefined);
  };

  test("a ban closes the sockets of somebody and their bots, and is lifted", async () => {
    const user = await two.a.newUser();
    const { id, username } = (await user.post("/bots", { username: `bot-${way}` })).body.data;
    const bot = await withKey(two.a, { id, username }, ["read"]);
    const sockets = [...(await onBoth(user)), ...(await onBoth(bot))];
    if (isCall) expect((await admin.put(`/admin/users/${user.id}`, { banned_until: "forever" })).status).toBe(200);
    else await command("disable", user.username);
    await areClosed(sockets);
    await until("both servers refuse them", async () => (await statusesOf(user)).every((status) => status === 401));
    await audited(user, "user_banned");
    if (isCall) await admin.put(`/admin/users/${user.id}`, { banned_until: null });
    else await command("enable", user.username);
    expect(await statusesOf(user)).toEqual([200, 200]);
    await onBoth(user);
    await audited(user, "user_unbanned");
  });

  test("a role is given and taken at once, whatever server was asked a moment ago", async () => {
    const user = await two.a.newUser();
    const sockets = await onBoth(user);
    const lists = async () => [
      (await user.get("/admin/users")).status,
      (await two.onB(user).get("/admin/users")).status,
    ];
    for (const [role, status] of [
      ["moderator", 200],
      ["user", 403],
    ] as const) {
      if (isCall) await admin.put(`/admin/users/${user.id}`, { role, current_password: PASSWORD });
      else await command("role", user.username, role);
      await until(`both servers know ${role}`, async () => (await lists()).every((one) => one === status));
      await audited(user, "role_changed");
    }
    for (const socket of sockets) await socket.ready();
  });

  test("sessions that are ended close their sockets", async () => {
    const user = await two.a.newUser();
    const sockets = await onBoth(user);
    if (isCall) expect((await admin.delete(`/admin/users/${user.id}/sessions`)).status).toBe(200);
    else await command("revoke", user.username);
    await areClosed(sockets);
    await audited(user, "logged_out_by_admin");
  });

  test("a password that is reset leaves the sockets open until the link is followed", async () => {
    const user = await two.a.newUser();
    const sockets = await onBoth(user);
    const link = isCall
      ? (await admin.post(`/admin/users/${user.id}/password-reset`, { current_password: PASSWORD })).body.data.link
      : await command("reset-password", user.username);
    for (const socket of sockets) await socket.ready();
    await audited(user, "password_reset_by_admin");
    const reset = { token: /#\/reset\/(\S+)$/.exec(link)![1], new_password: "another-Password-1" };
    expect((await two.b.call("POST", "/password/reset", reset)).status).toBe(200);
    await areClosed(sockets);
  });

  test("a message that is deleted is gone from both sides", async () => {
    const { ali, veli, conversationId } = await newPair(two.a);
    const sockets = [await open(two.a, ali), await open(two.b, veli)];
    const { id } = (await ali.post(`/messages/${conversationId}`, { body: "Buy now" })).body.data;
    if (isCall) expect((await admin.delete(`/admin/messages/${id}`)).status).toBe(200);
    else await command("delete-message", String(id));
    for (const socket of sockets) expect((await socket.next("message.deleted")).data).toMatchObject({ id, body: "" });
    await audited(ali, "message_deleted_by_admin");
  });

  test("a group that is deleted is gone for its members", async () => {
    const { owner, others, groupId } = await newGroup(two.a, 2);
    const sockets = [await open(two.a, owner), await open(two.b, others[0]!)];
    if (isCall) expect((await admin.delete(`/admin/groups/${groupId}`)).status).toBe(200);
    else await command("delete-group", String(groupId));
    for (const socket of sockets)
      await socket.find(
        "the end of the group",
        (frame) => frame.type === "group.deleted" || frame.type === "room.left",
      );
    expect((await two.onB(owner).get(`/groups/${groupId}`)).status).toBe(404);
    await audited(owner, "group_deleted_by_admin");
  });
});

test("a key that is deleted by a command closes its sockets", async () => {
  const user = await two.a.newUser();
  const key = await withKey(two.a, user, ["read"]);
  const sockets = await onBoth(key);
  const [id] = (await command("keys", "list", user.username)).split(" ");
  await command("keys", "delete", user.username, id!);
  await areClosed(sockets);
  expect((await newest(`user=${user.id}`)).event).toBe("key_deleted");
});

test("closing a report on one server deletes the message before the sockets of both, and bans its sender on both", async () => {
  const { ali, veli, conversationId } = await newPair(two.a);
  const message = (await veli.post(`/messages/${conversationId}`, { body: "an insult" })).body.data.id;
  const theirs = await onBoth(ali);
  const his = await onBoth(veli);
  const moderating = await onBoth(admin);
  const report = { message_id: message, reason: "abuse", client_id: crypto.randomUUID() };
  const { id } = (await two.onB(ali).post("/reports", report)).body.data;
  for (const socket of moderating) expect((await socket.next("report.created")).data).toEqual({ report_id: id });
  const decision = { status: "resolved", actions: ["delete_message", "ban_user"] };
  expect((await admin.put(`/admin/reports/${id}`, decision)).status).toBe(200);
  for (const socket of theirs)
    expect((await socket.next("message.deleted")).data).toMatchObject({ id: message, body: "" });
  await areClosed(his);
  const entry = await newest(`user=${veli.id}&event=report_closed`);
  expect(entry).toMatchObject({ actor: { id: admin.id }, message_id: message, details: { report: id } });
  for (const socket of [...theirs, ...moderating]) await socket.close();
});
