// Reports before the moderators of the server: what they are shown, and that what they decide is done, kept and closed at once.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  expectInvalid,
  expectRefusal,
  type Json,
  newGroup,
  newPair,
  startServer,
  type TestServer,
  type User,
} from "../../support/harness.ts";
import { newStaff } from "../../support/keys.ts";

let server: TestServer;
let admin: User;
let moderator: User;
beforeAll(async () => {
  server = await startServer();
  [admin, moderator] = await Promise.all([newStaff(server, "admin"), newStaff(server, "moderator")]);
});
afterAll(() => server.close());

const report = async (user: User, about: object, more: object = {}) =>
  (await user.post("/reports", { reason: "abuse", client_id: crypto.randomUUID(), ...about, ...more })).body.data
    .id as number;
const list = async (user: User, query = ""): Promise<Json[]> => (await user.get(`/admin/reports${query}`)).body.data;
const find = async (user: User, id: number, query = "") => (await list(user, query)).find((shown) => shown.id === id);
const close = (user: User, id: number, body: object) => user.put(`/admin/reports/${id}`, body);
const auditOf = async (user: { id: number }): Promise<Json[]> =>
  (await admin.get(`/admin/audit?user=${user.id}`)).body.data;

/** Somebody insults somebody in a conversation, and is reported. */
async function arrange() {
  const { ali, veli, conversationId } = await newPair(server);
  const messageId = (await veli.post(`/messages/${conversationId}`, { body: "an insult" })).body.data.id as number;
  const id = await report(ali, { message_id: messageId }, { comment: "look" });
  return { ali, veli, conversationId, messageId, id };
}

describe("moderators", () => {
  test("are shown what was reported, by whom, and nothing else of the room", async () => {
    const { ali, veli, conversationId, messageId, id } = await arrange();
    const { owner, others, groupId } = await newGroup(server, 2);
    const inGroup = (await owner.post(`/groups/${groupId}/messages`, { body: "advertisement" })).body.data.id;
    const ofMessage = await report(others[0]!, { message_id: inGroup });
    const ofGroup = await report(others[0]!, { group_id: groupId });
    const ofUser = await report(ali, { user_id: veli.id });
    const person = ({ id, username }: User) => ({ id, username });
    const common = {
      reason: "abuse",
      status: "open",
      closed_by: null,
      closed_at: null,
      created_at: expect.any(String),
    };
    expect(await find(moderator, id)).toEqual({
      ...common,
      id,
      kind: "message",
      comment: "look",
      message: { id: messageId, room: `conversation:${conversationId}`, sender: person(veli), body: "an insult" },
      reporter: person(ali),
    });
    const group = { id: groupId, name: "Weekend" };
    expect(await find(moderator, ofMessage)).toMatchObject({ kind: "message", group, group_status: "open" });
    expect(await find(moderator, ofGroup)).toEqual({
      ...common,
      id: ofGroup,
      kind: "group",
      comment: "",
      group,
      reporter: person(others[0]!),
    });
    expect(await find(admin, ofUser)).toMatchObject({ kind: "user", user: person(veli), reporter: person(ali) });
    const page = (await moderator.get("/admin/reports?limit=1")).body;
    expect(page.data).toMatchObject([{ id: ofUser }]);
    expect(await list(moderator, `?limit=1&cursor=${page.next_cursor}`)).toMatchObject([{ id: ofGroup }]);
    expectRefusal(await ali.get("/admin/reports"), 403, "forbidden");
    expectRefusal(await close(ali, id, { status: "dismissed" }), 403, "forbidden");
  });

  test("hear of one that comes while they are online", async () => {
    const { ali, veli } = await arrange();
    const socket = await (await server.connect(moderator, "/ws")).ready();
    const id = await report(ali, { user_id: veli.id });
    const heard = await socket.next("report.created", ({ data }) => data.report_id === id);
    expect(heard.data).toEqual({ report_id: id });
    await socket.close();
  });

  test("delete the message and ban its sender in one decision, which the audit log has", async () => {
    const { ali, veli, conversationId, messageId, id } = await arrange();
    const [theirs, his] = await Promise.all([server.connect(ali, "/ws"), server.connect(veli, "/ws")]);
    await Promise.all([theirs.ready(), his.ready()]);
    const decision = {
      status: "resolved",
      actions: ["delete_message", "ban_user"],
      banned_until: "2099-01-13T18:00:00+00:00",
      reason: "Insults",
    };
    const { status, body } = await close(moderator, id, decision);
    expect(status).toBe(200);
    expect(body.data).toMatchObject({
      status: "resolved",
      closed_by: { id: moderator.id },
      message: { body: "an insult", deleted: true },
    });
    expect((await theirs.next("message.deleted")).data).toMatchObject({ id: messageId, body: "" });
    expect(await his.closed).toEqual({ code: 1008, reason: "unauthorized" });
    expectRefusal(await veli.get("/me"), 401, "unauthorized");
    expect((await ali.get(`/messages/${conversationId}`)).body.data[0]).toMatchObject({ id: messageId, body: "" });
    const entries = await auditOf(veli);
    expect(entries.map(({ event }) => event).toSorted()).toEqual([
      ...["message_deleted_by_admin", "report_closed", "user_banned"],
    ]);
    expect(entries.find(({ event }) => event === "report_closed")).toMatchObject({
      actor: { id: moderator.id },
      address: "127.0.0.1",
      message_id: messageId,
      details: { report: id, status: "resolved", actions: ["ban_user", "delete_message"], reason: "Insults" },
    });
    expect(JSON.stringify(entries)).not.toContain("an insult");
    // The same request once more, and another decision.
    expect((await close(moderator, id, decision)).body).toEqual(body);
    expect(await auditOf(veli)).toHaveLength(3);
    expectRefusal(await close(admin, id, { status: "dismissed" }), 409, "closed");
    expect(await find(moderator, id)).toBeUndefined();
    expect(await find(moderator, id, "?status=resolved")).toMatchObject({ id });
  });

  test("delete a group, also after another report of it has; that closes no other report by itself", async () => {
    const { others, groupId } = await newGroup(server, 3);
    const [first, second] = await Promise.all(others.map((user) => report(user, { group_id: groupId })));
    const decision = { status: "resolved", action: "delete_group" };
    expect((await close(moderator, first!, decision)).status).toBe(200);
    expectRefusal(await others[0]!.get(`/groups/${groupId}`), 404, "not_found");
    expect(await find(moderator, second!)).toMatchObject({ status: "open", group: { id: groupId, name: "Weekend" } });
    expect((await close(moderator, second!, decision)).status).toBe(200);
  });

  test("act on users alone: where a part is refused nothing is done", async () => {
    const { groupId, owner } = await newGroup(server, 1);
    await owner.post(`/groups/${groupId}/members`, { user_id: admin.id });
    const message = (await admin.post(`/groups/${groupId}/messages`, { body: "by an admin" })).body.data.id;
    const id = await report(owner, { message_id: message });
    const decision = { status: "resolved", actions: ["delete_message", "ban_user"] };
    expectRefusal(await close(moderator, id, decision), 403, "forbidden");
    const past = { status: "resolved", action: "ban_user", banned_until: "2020-01-13T18:00:00+00:00" };
    const { veli, id: ofVeli, messageId, conversationId } = await arrange();
    const both = { ...past, action: undefined, actions: ["delete_message", "ban_user"] };
    expectInvalid(await close(moderator, ofVeli, both), "banned_until");
    for (const one of [id, ofVeli]) expect(await find(moderator, one)).toMatchObject({ status: "open" });
    expect((await veli.get(`/messages/${conversationId}`)).body.data[0]).toMatchObject({
      id: messageId,
      body: "an insult",
    });
    expect(await auditOf(veli)).toEqual([]);
    expect((await owner.get(`/groups/${groupId}/messages`)).body.data[0].body).toBe("by an admin");
  });

  test("are not shown what is about themselves, and decide nothing of it", async () => {
    const user = await server.newUser();
    const [theirs, others] = await Promise.all([server.connect(moderator, "/ws"), server.connect(admin, "/ws")]);
    await Promise.all([theirs.ready(), others.ready()]);
    const id = await report(user, { user_id: moderator.id });
    await others.next("report.created", ({ data }) => data.report_id === id);
    // (A pong comes behind whatever was sent before.)
    theirs.send({ type: "ping" });
    const heard = await theirs.find("pong or a report", ({ type, data }) => type === "pong" || data?.report_id === id);
    expect(heard.type).toBe("pong");
    expect((await admin.get(`/admin/users/${moderator.id}`)).body.data.reports).toBe(1);
    expect((await moderator.get(`/admin/users/${moderator.id}`)).body.data).not.toHaveProperty("reports");
    const own = (await moderator.post("/groups", { name: "Staff", is_private: false })).body.group_id;
    const ofGroup = await report(user, { group_id: own });
    for (const one of [id, ofGroup]) {
      expect(await find(moderator, one)).toBeUndefined();
      expectRefusal(await close(moderator, one, { status: "dismissed" }), 404, "not_found");
      expect(await find(admin, one)).toMatchObject({ id: one });
    }
  });

  test("say what fits the report", async () => {
    const { ali, veli, id } = await arrange();
    const ofUser = await report(ali, { user_id: veli.id });
    expectInvalid(await close(moderator, ofUser, { status: "resolved", action: "delete_message" }), "action");
    expectInvalid(await close(moderator, id, { status: "resolved", action: "delete_group" }), "action");
    expectInvalid(await close(moderator, id, { status: "dismissed", action: "ban_user" }), "action");
    expectInvalid(await close(moderator, id, { status: "resolved", banned_until: "forever" }), "banned_until");
    expectRefusal(await close(moderator, 2 ** 52, { status: "dismissed" }), 404, "not_found");
  });
});

describe("a report of a group's message", () => {
  test("that its admins dismissed stays open before moderators; what they decide closes it for the group", async () => {
    const { owner, others, groupId } = await newGroup(server, 3);
    const messages = [];
    for (const body of ["one", "two"])
      messages.push((await others[0]!.post(`/groups/${groupId}/messages`, { body })).body.data.id);
    const [first, second] = await Promise.all(messages.map((message_id) => report(others[1]!, { message_id })));
    await owner.put(`/groups/${groupId}/reports/${first}`, { status: "dismissed" });
    expect(await find(moderator, first!)).toMatchObject({ status: "open", group_status: "dismissed" });
    await close(moderator, first!, { status: "resolved", action: "delete_message" });
    expect(await find(moderator, first!, "?status=resolved")).toMatchObject({ group_status: "dismissed" });
    await close(moderator, second!, { status: "dismissed" });
    expect((await owner.get(`/groups/${groupId}/reports`)).body.data).toEqual([]);
    const dismissed: Json[] = (await owner.get(`/groups/${groupId}/reports?status=dismissed`)).body.data;
    expect(dismissed.find(({ id }) => id === second)).toMatchObject({ closed_by: null, closed_at: expect.any(String) });
  });
});

test("two moderators who decide at the same time act once", async () => {
  const { veli, id } = await arrange();
  const answers = await Promise.all([
    close(moderator, id, { status: "resolved", action: "ban_user", banned_until: "forever" }),
    close(admin, id, { status: "dismissed" }),
  ]);
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
  const isBanned = (await veli.get("/me")).status === 401;
  expect(isBanned).toBe(answers[0]!.status === 200);
  expect((await auditOf(veli)).filter(({ event }) => event === "report_closed")).toHaveLength(1);
});
