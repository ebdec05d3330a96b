// Blocks: what they end, what they forbid in which direction, and what the blocked side can tell of it.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { expectRefusal, MOMENT, newGroup, newPair, startServer, type TestServer } from "../../support/harness.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

const two = () => Promise.all([server.newUser(), server.newUser()]);

/** Veli blocks Ali, who had a conversation with him. */
async function blockedPair() {
  const { ali, veli, conversationId } = await newPair(server);
  const sent = await ali.post(`/messages/${conversationId}`, { body: "before" });
  await veli.put(`/blocks/${ali.id}`);
  return { blocked: ali, blocker: veli, conversationId, messageId: sent.body.data.id as number };
}

describe("PUT /blocks/{user_id}", () => {
  test("answers with the block, and changes nothing the second time", async () => {
    const [ali, veli] = await two();
    const first = await ali.put(`/blocks/${veli.id}`);
    expect(first.status).toBe(200);
    expect(first.body).toEqual({
      data: { id: veli.id, username: veli.username, blocked_at: expect.stringMatching(MOMENT) },
    });
    expect((await ali.put(`/blocks/${veli.id}`)).body).toEqual(first.body);
    expect((await ali.get("/blocks")).body.data).toHaveLength(1);
  });

  test("ends the friendship on both sides", async () => {
    const [ali, veli] = await two();
    await ali.post(`/friends/requests/${veli.id}`);
    await veli.post(`/friends/requests/${ali.id}`);
    await ali.put(`/blocks/${veli.id}`);
    for (const user of [ali, veli]) expect((await user.get("/friends")).body.data).toEqual([]);
  });

  test("ends open requests, whichever way they go", async () => {
    for (const direction of ["from the blocker", "from the blocked"]) {
      const [ali, veli] = await two();
      const [from, to] = direction === "from the blocker" ? [ali, veli] : [veli, ali];
      const { body } = await from.post(`/friends/requests/${to.id}`);
      await ali.put(`/blocks/${veli.id}`);
      expect((await to.get("/friends/requests")).body.data).toEqual([]);
      expectRefusal(await to.post(`/requests/${body.data.id}/accept`), 404, "not_found");
    }
  });

  test("racing with an acceptance leaves no friends", async () => {
    for (let round = 0; round < 5; round++) {
      const [ali, veli] = await two();
      const { body } = await ali.post(`/friends/requests/${veli.id}`);
      await Promise.all([veli.post(`/requests/${body.data.id}/accept`), ali.put(`/blocks/${veli.id}`)]);
      expect((await ali.get("/friends")).body.data).toEqual([]);
    }
  });

  test("refuses oneself and people who aren't there", async () => {
    const user = await server.newUser();
    expectRefusal(await user.put(`/blocks/${user.id}`), 400, "bad_request");
    expectRefusal(await user.put("/blocks/999999999"), 404, "not_found");
  });
});

describe("GET and DELETE /blocks", () => {
  test("list one's own blocks, newest first and page by page", async () => {
    const me = await server.newUser();
    // Blocked in another order than they came.
    const others = await Promise.all([1, 2, 3].map(() => server.newUser()));
    others.sort((a, b) => a.id - b.id);
    for (const other of [...others].reverse()) {
      await me.put(`/blocks/${other.id}`);
      await other.put(`/blocks/${me.id}`);
    }
    const first = await me.get("/blocks?limit=2");
    const rest = await me.get(`/blocks?limit=2&cursor=${first.body.next_cursor}`);
    const ids = [...first.body.data, ...rest.body.data].map(({ id }) => id);
    expect(ids).toEqual(others.map(({ id }) => id));
    expect(rest.body.next_cursor).toBeNull();
  });

  test("lift the block: all is possible again, but the friendship is gone", async () => {
    const { blocked, blocker, conversationId } = await blockedPair();
    const { status, body } = await blocker.delete(`/blocks/${blocked.id}`);
    expect(status).toBe(200);
    expect(body).toEqual({ detail: expect.any(String) });
    expect((await blocker.get("/blocks")).body.data).toEqual([]);
    expect((await blocked.post(`/messages/${conversationId}`, { body: "again" })).status).toBe(201);
    expect((await blocked.post(`/conversations/${blocker.id}`)).body).toEqual({ conversation_id: conversationId });
    expect((await blocked.post(`/friends/requests/${blocker.id}`)).status).toBe(201);
  });

  test("find no block that isn't one's own", async () => {
    const { blocked, blocker } = await blockedPair();
    expectRefusal(await blocked.delete(`/blocks/${blocker.id}`), 404, "not_found");
    expectRefusal(await blocker.delete(`/blocks/${blocker.id}`), 404, "not_found");
    const stranger = await server.newUser();
    expectRefusal(await stranger.delete(`/blocks/${blocked.id}`), 404, "not_found");
    expect((await blocker.get("/blocks")).body.data).toHaveLength(1);
    await blocker.delete(`/blocks/${blocked.id}`);
    expectRefusal(await blocker.delete(`/blocks/${blocked.id}`), 404, "not_found");
  });
});

describe("while a block stands", () => {
  const GONE = 999_999_999;

  test("the blocked side gets to hear what an unknown user would bring", async () => {
    const { blocked, blocker } = await blockedPair();
    for (const path of ["/friends/requests", "/conversations"]) {
      const answer = await blocked.post(`${path}/${blocker.id}`);
      expectRefusal(answer, 404, "not_found");
      expect(answer.body).toEqual((await blocked.post(`${path}/${GONE}`)).body);
    }
    const { owner, groupId } = await newGroup(server, 1);
    await blocker.put(`/blocks/${owner.id}`);
    const added = await owner.post(`/groups/${groupId}/members`, { user_id: blocker.id });
    expectRefusal(added, 404, "not_found");
    expect(added.body).toEqual((await owner.post(`/groups/${groupId}/members`, { user_id: GONE })).body);
  });

  test("the blocking side is told that it blocks", async () => {
    const { blocked, blocker } = await blockedPair();
    for (const path of ["/friends/requests", "/conversations"]) {
      expectRefusal(await blocker.post(`${path}/${blocked.id}`), 403, "blocked");
    }
    const { body } = await blocker.post("/groups", { name: "Mine" });
    expectRefusal(await blocker.post(`/groups/${body.group_id}/members`, { user_id: blocked.id }), 403, "blocked");
  });

  test("nobody can write in the conversation, or rewrite what stands there", async () => {
    const { blocked, blocker, conversationId, messageId } = await blockedPair();
    const room = `/messages/${conversationId}`;
    expectRefusal(await blocked.post(room, { body: "hello?" }), 403, "forbidden");
    expectRefusal(await blocker.post(room, { body: "go away" }), 403, "blocked");
    expectRefusal(await blocked.put(`${room}/${messageId}`, { body: "rewritten" }), 403, "forbidden");
    for (const user of [blocked, blocker]) {
      const { body } = await user.get(room);
      expect(body.data.map((message: { body: string }) => message.body)).toEqual(["before"]);
    }
  });

  test("from both sides, lifting one of the two changes nothing", async () => {
    const { blocked, blocker, conversationId } = await blockedPair();
    await blocked.put(`/blocks/${blocker.id}`);
    await blocker.delete(`/blocks/${blocked.id}`);
    expectRefusal(await blocker.post(`/messages/${conversationId}`, { body: "hi" }), 403, "forbidden");
    expectRefusal(await blocked.post(`/messages/${conversationId}`, { body: "hi" }), 403, "blocked");
  });

  test("both can still talk in a group they share", async () => {
    const { owner, others, groupId } = await newGroup(server, 2);
    await owner.put(`/blocks/${others[0]!.id}`);
    for (const user of [owner, others[0]!]) {
      expect((await user.post(`/groups/${groupId}/messages`, { body: "here" })).status).toBe(201);
    }
  });

  test("a message racing with the block is stored before it or refused, never stored after", async () => {
    const { ali, veli, conversationId } = await newPair(server);
    const send = () => ali.post(`/messages/${conversationId}`, { body: "x" });
    const sends = Array.from({ length: 10 }, send);
    await veli.put(`/blocks/${ali.id}`);
    const after = await send();
    expectRefusal(after, 403, "forbidden");
    const stored = (await Promise.all(sends)).filter(({ status }) => status === 201).length;
    expect((await veli.get(`/messages/${conversationId}`)).body.data).toHaveLength(stored);
  });

  test("the blocked side can't tell by receipts whether the other one is there", async () => {
    const { ali, veli, conversationId } = await newPair(server);
    const room = `/messages/${conversationId}`;
    const { id } = (await ali.post(room, { body: "are you there?" })).body.data;
    await veli.put(`/blocks/${ali.id}`);
    const a = await (await server.connect(ali, "/ws")).ready();
    const v = await (await server.connect(veli, "/ws")).ready();
    v.send({ type: "conversation.read", conversation_id: conversationId, last_message_id: id, ref: "r" });
    expect((await v.next("ack")).data).toEqual({ last_message_id: id, updated_count: 0 });
    await a.expectSilence();
    expect((await ali.get(room)).body.data[0]).toMatchObject({ delivered_at: null, read_at: null });
    a.send({ type: "resume", rooms: {} });
    const standing = (await a.next("resumed")).data.rooms[`conversation:${conversationId}`];
    expect(standing.members.map((member: { user_id: number }) => member.user_id)).toEqual([ali.id]);
    expect((await veli.get("/conversations")).body.data[0].unread_count).toBe(0);

    expect((await veli.delete(`/blocks/${ali.id}`)).status).toBe(200);
    const later = (await ali.post(room, { body: "and now?" })).body.data;
    await v.next("message.new");
    v.send({ type: "conversation.read", conversation_id: conversationId, last_message_id: later.id });
    expect((await a.next("conversation.read")).data).toMatchObject({ last_message_id: later.id, updated_count: 1 });
  });
});
