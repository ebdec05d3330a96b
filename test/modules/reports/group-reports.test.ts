// Reports of a group's messages before its admins: what they are shown, and what they decide.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  expectInvalid,
  expectRefusal,
  type Json,
  newGroup,
  startServer,
  type TestServer,
  type User,
} from "../../support/harness.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

const report = async (user: User, about: object, more: object = {}) =>
  (await user.post("/reports", { reason: "spam", client_id: crypto.randomUUID(), ...about, ...more })).body.data
    .id as number;
const send = async (user: User, groupId: number, body: string) =>
  (await user.post(`/groups/${groupId}/messages`, { body })).body.data.id as number;
const list = async (user: User, groupId: number, query = ""): Promise<Json[]> =>
  (await user.get(`/groups/${groupId}/reports${query}`)).body.data;

/** A group whose second member has written something that the third one has reported. */
async function arrange() {
  const { owner, others, groupId } = await newGroup(server, 3);
  const [veli, ayse] = others as [User, User];
  const messageId = await send(veli, groupId, "Buy this!");
  const id = await report(ayse, { message_id: messageId }, { comment: "every day" });
  const close = (user: User, body: object) => user.put(`/groups/${groupId}/reports/${id}`, body);
  return { owner, veli, ayse, groupId, messageId, id, close };
}

describe("the admins of a group", () => {
  test("are shown what was reported of its messages as it was then, newest first, and not by whom", async () => {
    const { owner, veli, ayse, groupId, messageId, id } = await arrange();
    const second = await report(ayse, { message_id: await send(veli, groupId, "again") });
    await report(ayse, { user_id: veli.id });
    await report(ayse, { group_id: groupId });
    await veli.put(`/groups/${groupId}/messages/${messageId}`, { body: "Nothing" });
    const reports = await list(owner, groupId);
    expect(reports.map((shown) => shown.id)).toEqual([second, id]);
    expect(reports[1]).toEqual({
      id,
      kind: "message",
      reason: "spam",
      comment: "every day",
      status: "open",
      created_at: expect.any(String),
      message: {
        id: messageId,
        room: `group:${groupId}`,
        sender: { id: veli.id, username: veli.username },
        body: "Buy this!",
      },
      closed_by: null,
      closed_at: null,
    });
    const page = (await owner.get(`/groups/${groupId}/reports?limit=1`)).body;
    expect(page.data).toHaveLength(1);
    expect(await list(owner, groupId, `?limit=1&cursor=${page.next_cursor}`)).toMatchObject([{ id }]);
    expectRefusal(await veli.get(`/groups/${groupId}/reports`), 403, "forbidden");
  });

  test("close one with the deletion of the message in the same transaction, told as any deletion", async () => {
    const { owner, ayse, groupId, messageId, id, close } = await arrange();
    const socket = await server.connect(ayse, "/ws");
    await socket.ready();
    const { status, body } = await close(owner, { status: "resolved", action: "delete_message" });
    expect(status).toBe(200);
    expect(body.data).toMatchObject({
      id,
      status: "resolved",
      closed_by: { id: owner.id },
      closed_at: expect.any(String),
      message: { body: "Buy this!", deleted: true },
    });
    expect((await socket.next("group.message.deleted")).data).toMatchObject({ id: messageId, body: "" });
    const [message] = (await ayse.get(`/groups/${groupId}/messages`)).body.data;
    expect(message).toMatchObject({ id: messageId, body: "", deleted_at: expect.any(String) });
    expect(await list(owner, groupId)).toEqual([]);
    expect(await list(owner, groupId, "?status=resolved")).toMatchObject([{ id }]);
    // A request that comes again changes nothing; another decision is too late.
    expect((await close(owner, { status: "resolved", action: "delete_message" })).body).toEqual(body);
    expectRefusal(await close(owner, { status: "dismissed" }), 409, "closed");
    expectRefusal(await close(owner, { status: "resolved" }), 409, "closed");
  });

  test("close one of a message that its author has deleted meanwhile, which is not deleted twice", async () => {
    const { owner, veli, groupId, messageId, close } = await arrange();
    await veli.delete(`/groups/${groupId}/messages/${messageId}`);
    const { seq } = (await owner.get(`/groups/${groupId}`)).body.data;
    expect((await close(owner, { status: "resolved", action: "delete_message" })).status).toBe(200);
    expect((await owner.get(`/groups/${groupId}`)).body.data.seq).toBe(seq);
  });

  test("close one with a ban of the sender; where that is refused the report stays open", async () => {
    const { owner, veli, ayse, groupId, id, close } = await arrange();
    await owner.put(`/groups/${groupId}/members/${veli.id}/role`, { role: "admin" });
    await owner.put(`/groups/${groupId}/members/${ayse.id}/role`, { role: "admin" });
    expectRefusal(await close(ayse, { status: "resolved", action: "ban_user" }), 403, "forbidden");
    expect(await list(ayse, groupId)).toMatchObject([{ id, status: "open" }]);
    expect((await close(owner, { status: "resolved", action: "ban_user" })).status).toBe(200);
    expect((await owner.get(`/groups/${groupId}/bans`)).body.data).toMatchObject([{ user_id: veli.id }]);
    expect((await close(owner, { status: "resolved", actions: ["ban_user"] })).status).toBe(200);
    expectInvalid(await close(owner, { status: "resolved", action: "none", actions: [] }), "actions");
    expectInvalid(await close(owner, { status: "dismissed", action: "ban_user" }), "action");
    expectInvalid(await close(owner, { status: "open" }), "status");
  });

  test("neither see nor close what is about themselves, nor what is another group's", async () => {
    const { owner, veli, groupId, close, id } = await arrange();
    await owner.put(`/groups/${groupId}/members/${veli.id}/role`, { role: "admin" });
    expect(await list(veli, groupId)).toEqual([]);
    expectRefusal(await close(veli, { status: "dismissed" }), 404, "not_found");
    const elsewhere = await newGroup(server, 1);
    expectRefusal(
      await elsewhere.owner.put(`/groups/${elsewhere.groupId}/reports/${id}`, { status: "dismissed" }),
      404,
      "not_found",
    );
    expect(await list(owner, groupId)).toMatchObject([{ id, status: "open" }]);
  });

  test("settle it for the group alone: it stays open before the moderators", async () => {
    const { owner, groupId, id, close } = await arrange();
    await close(owner, { status: "dismissed" });
    expect(await list(owner, groupId, "?status=dismissed")).toMatchObject([{ id, closed_by: { id: owner.id } }]);
    const [row] = await server.core.sql`select status, group_status from reports where id = ${id}`;
    expect(row).toEqual({ status: "open", group_status: "dismissed" });
  });

  test("decide once, however many do at the same time", async () => {
    const { owner, veli, ayse, groupId, close } = await arrange();
    await owner.put(`/groups/${groupId}/members/${ayse.id}/role`, { role: "admin" });
    const answers = await Promise.all([
      close(owner, { status: "resolved", action: "delete_message" }),
      close(ayse, { status: "dismissed" }),
    ]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    const [message] = (await veli.get(`/groups/${groupId}/messages`)).body.data;
    expect(message.deleted_at === null).toBe(answers[0]!.status !== 200);
  });
});
