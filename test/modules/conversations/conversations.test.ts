// Direct conversations: one for each pair of people, and the list of one's own.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { expectRefusal, MOMENT, newPair, startServer, type TestServer, type User } from "../../support/harness.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

/** Asks again while the server is too busy. */
async function open(from: User, to: User): Promise<number> {
  for (;;) {
    const { status, body } = await from.post(`/conversations/${to.id}`);
    if (status !== 503) return body.conversation_id;
    await Bun.sleep(20);
  }
}
const send = (user: User, room: number, body: string) => user.post(`/messages/${room}`, { body });
const entry = async (user: User, room: number) =>
  (await user.get("/conversations")).body.data.find(({ id }: { id: number }) => id === room);

describe("POST /conversations/{friend_id}", () => {
  test("answers as in the seed, with the same conversation from either side and every time", async () => {
    const [ali, veli] = await Promise.all([server.newUser(), server.newUser()]);
    const first = await ali.post(`/conversations/${veli.id}`);
    expect(first.status).toBe(200);
    expect(first.body).toEqual({ conversation_id: expect.any(Number) });
    expect((await ali.post(`/conversations/${veli.id}`)).body).toEqual(first.body);
    expect((await veli.post(`/conversations/${ali.id}`)).body).toEqual(first.body);
  });

  test("twenty times at once from both sides makes one", async () => {
    const [ali, veli] = await Promise.all([server.newUser(), server.newUser()]);
    const ids = await Promise.all(Array.from({ length: 20 }, (_, i) => (i % 2 ? open(ali, veli) : open(veli, ali))));
    expect(new Set(ids).size).toBe(1);
    for (const user of [ali, veli]) expect((await user.get("/conversations")).body.data).toHaveLength(1);
  });

  test("with oneself makes no sense, and with nobody is not found", async () => {
    const user = await server.newUser();
    expectRefusal(await user.post(`/conversations/${user.id}`), 400, "bad_request");
    expectRefusal(await user.post("/conversations/999999999"), 404, "not_found");
  });
});

describe("GET /conversations", () => {
  test("shows a new conversation with its peer and nothing in it, to both", async () => {
    const { ali, veli, conversationId } = await newPair(server);
    const moment = expect.stringMatching(MOMENT);
    for (const [user, peer] of [
      [ali, veli],
      [veli, ali],
    ] as const) {
      expect((await user.get("/conversations")).body).toEqual({
        data: [
          {
            id: conversationId,
            peer: { id: peer.id, username: peer.username },
            last_message: null,
            unread_count: 0,
            seq: 0,
            last_activity_at: moment,
            created_at: moment,
          },
        ],
        next_cursor: null,
      });
    }
  });

  test("shows the last message as it stands now", async () => {
    const { ali, veli, conversationId } = await newPair(server);
    await send(ali, conversationId, "first");
    const { body } = await send(ali, conversationId, "second");
    expect((await entry(veli, conversationId)).last_message).toEqual(body.data);
    const edited = await ali.put(`/messages/${conversationId}/${body.data.id}`, { body: "second, edited" });
    expect((await entry(veli, conversationId)).last_message).toEqual(edited.body.data);
    const deleted = await ali.delete(`/messages/${conversationId}/${body.data.id}`);
    const { last_message, seq } = await entry(veli, conversationId);
    expect(last_message).toEqual(deleted.body.data);
    expect(seq).toBe(4);
  });

  test("counts what the other side wrote and one has not read", async () => {
    const { ali, veli, conversationId } = await newPair(server);
    const messages = [];
    for (const text of ["one", "two", "three"]) messages.push((await send(ali, conversationId, text)).body.data);
    await send(veli, conversationId, "mine");
    expect((await entry(veli, conversationId)).unread_count).toBe(3);
    expect((await entry(ali, conversationId)).unread_count).toBe(1);
    await ali.delete(`/messages/${conversationId}/${messages[2].id}`);
    expect((await entry(veli, conversationId)).unread_count).toBe(2);

    const socket = await server.connect(veli, `/ws/conversations/${conversationId}`);
    socket.send({ type: "conversation.read", last_message_id: messages[0].id, ref: "1" });
    await socket.next("ack");
    await socket.close();
    expect((await entry(veli, conversationId)).unread_count).toBe(1);
  });

  test("stops counting at 100", async () => {
    const { ali, veli, conversationId } = await newPair(server);
    await Promise.all(Array.from({ length: 99 }, (_, i) => send(ali, conversationId, `${i}`)));
    expect((await entry(veli, conversationId)).unread_count).toBe(99);
    await send(ali, conversationId, "100");
    expect((await entry(veli, conversationId)).unread_count).toBe(100);
    await send(ali, conversationId, "101");
    expect((await entry(veli, conversationId)).unread_count).toBe(100);
  });

  test("stands in the order of newest activity, page by page, each conversation once", async () => {
    const me = await server.newUser();
    const others = await Promise.all(Array.from({ length: 5 }, () => server.newUser()));
    const rooms: number[] = [];
    for (const other of others) rooms.push(await open(me, other));
    // What was opened first is written in last.
    for (const [i, other] of [...others.entries()].reverse()) await send(other, rooms[i]!, "hello");
    const pages: number[][] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const { body } = await me.get(`/conversations?limit=2${cursor && `&cursor=${cursor}`}`);
      pages.push(body.data.map(({ id }: { id: number }) => id));
      cursor = body.next_cursor;
    }
    expect(pages).toEqual([rooms.slice(0, 2), rooms.slice(2, 4), rooms.slice(4)]);
  });

  test("shows nobody else's, and no groups", async () => {
    await newPair(server);
    const user = await server.newUser();
    await user.post("/groups", { name: "Not a conversation" });
    expect((await user.get("/conversations")).body).toEqual({ data: [], next_cursor: null });
  });
});
