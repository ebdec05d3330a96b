// What two servers on one database promise about rooms: who is on one of them sees what happens on the other, once and in order.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { connect, newGroup, newPair, type TestServer, type User } from "../support/harness.ts";
import { BUSES, startTwo, type TwoServers } from "./two-servers.ts";

/** A socket that receives what is published from now on. */
const open = async (server: TestServer, user: User, path: string) => (await server.connect(user, path)).ready();

for (const bus of BUSES)
  describe(bus, () => {
    let two: TwoServers;
    beforeAll(async () => {
      two = await startTwo(bus);
    });
    afterAll(() => two.close());

    test("messages sent on both servers reach the sockets of both in order, each once", async () => {
      const { ali, veli, conversationId } = await newPair(two.a);
      const onA = await open(two.a, ali, "/ws");
      const onB = await open(two.b, veli, "/ws");
      const path = `/messages/${conversationId}`;
      await Promise.all(
        Array.from({ length: 40 }, (_, i) =>
          i % 2 ? ali.post(path, { body: `a${i}` }) : two.onB(veli).post(path, { body: `b${i}` }),
        ),
      );
      for (const socket of [onA, onB]) {
        const seqs: number[] = [];
        while (seqs.length < 40) seqs.push((await socket.next("message.new")).seq!);
        expect(seqs).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
      }
    });

    test("a message is marked delivered by the server that has its recipient, and its sender on the other learns of it", async () => {
      const { ali, veli, conversationId } = await newPair(two.a);
      const onA = await open(two.a, ali, "/ws");
      await open(two.b, veli, "/ws");
      const sent = await ali.post(`/messages/${conversationId}`, { body: "hello" });
      const delivered = await onA.next("message.delivered");
      expect(delivered.data).toMatchObject({ user_id: veli.id, last_message_id: sent.body.data.id });
      const { body } = await ali.get(`/messages/${conversationId}`);
      expect(body.data[0].delivered_at).not.toBeNull();
    });

    test("a read position that moves on one server is shown on the other", async () => {
      const { ali, veli, conversationId } = await newPair(two.a);
      const onA = await open(two.a, ali, "/ws");
      const sent = await ali.post(`/messages/${conversationId}`, { body: "hello" });
      const onB = await open(two.b, veli, "/ws");
      onB.send({ type: "conversation.read", conversation_id: conversationId, last_message_id: sent.body.data.id });
      expect((await onA.next("conversation.read")).data).toMatchObject({ reader_id: veli.id });
    });

    test("typing is shown to the others on every server, and not to the typist's own sockets", async () => {
      const { ali, veli, conversationId } = await newPair(two.a);
      const onA = await open(two.a, ali, "/ws");
      const onB = await open(two.b, veli, "/ws");
      const alsoAli = await open(two.b, ali, "/ws");
      onA.send({ type: "typing.start", conversation_id: conversationId });
      expect((await onB.next("typing.start")).data.user_id).toBe(ali.id);
      await ali.post(`/messages/${conversationId}`, { body: "done" });
      await alsoAli.next("message.new");
      expect(alsoAli.frames.filter(({ type }) => type.startsWith("typing"))).toEqual([]);
    });

    test("a user who is added on one server follows the group on the other, and one who is removed hears no more", async () => {
      const { owner, groupId } = await newGroup(two.a, 1);
      const member = await two.a.newUser();
      const onB = await open(two.b, member, "/ws");
      await owner.post(`/groups/${groupId}/members`, { user_id: member.id });
      const joined = await onB.next("room.joined");
      expect(joined.data.room).toBe(`group:${groupId}`);
      await owner.post(`/groups/${groupId}/messages`, { body: "welcome" });
      expect((await onB.next("group.message.new")).seq).toBeGreaterThan(joined.data.seq);

      const ownerOnB = await open(two.b, owner, "/ws");
      await owner.delete(`/groups/${groupId}/members/${member.id}`);
      await onB.next("room.left");
      await owner.post(`/groups/${groupId}/messages`, { body: "among us" });
      await ownerOnB.next("group.message.new");
      expect(onB.frames.filter(({ data }) => data?.body === "among us")).toEqual([]);
    });

    test("a conversation opened on one server is there on the sockets of both", async () => {
      const [ali, veli] = await Promise.all([two.a.newUser(), two.a.newUser()]);
      const onB = await open(two.b, veli, "/ws");
      const { body } = await ali.post(`/conversations/${veli.id}`);
      expect((await onB.next("room.joined")).data.room).toBe(`conversation:${body.conversation_id}`);
      await ali.post(`/messages/${body.conversation_id}`, { body: "hi" });
      expect((await onB.next("message.new")).data.body).toBe("hi");
    });

    test("a deleted group is gone on both servers", async () => {
      const { owner, others, groupId } = await newGroup(two.a, 2);
      const account = await open(two.b, others[0]!, "/ws");
      const room = await open(two.b, others[0]!, `/ws/groups/${groupId}`);
      await owner.delete(`/groups/${groupId}`);
      expect((await account.next("room.left")).data.room).toBe(`group:${groupId}`);
      expect((await room.closed).reason).toBe("not_found");
    });

    test("a session that ends on one server is refused by the other at once, and its sockets are closed", async () => {
      const user = await two.a.newUser();
      const socket = await open(two.b, user, "/ws");
      expect((await two.onB(user).get("/me")).status).toBe(200);
      await user.post("/logout");
      expect((await socket.closed).reason).toBe("unauthorized");
      expect((await two.onB(user).get("/me")).status).toBe(401);
    });

    test("who resumes on the other server misses nothing and gets nothing twice", async () => {
      const { ali, veli, conversationId } = await newPair(two.a);
      const path = `/messages/${conversationId}`;
      const first = await open(two.a, veli, "/ws");
      await ali.post(path, { body: "1" });
      await first.next("message.new");
      first.close();
      let sending = true;
      const writing = (async () => {
        for (let i = 2; sending; i++) await (i % 2 ? ali : two.onB(ali)).post(path, { body: `${i}` });
      })();
      const second = await connect(`${two.b.url}/ws?token=${veli.token}&resume=1`);
      second.send({ type: "resume", rooms: { [`conversation:${conversationId}`]: 1 } });
      const seqs: number[] = [];
      const heard = async () => seqs.push((await second.next("message.new")).seq!);
      while (seqs.length < 10) await heard();
      sending = false;
      await writing;
      const last = await ali.post(path, { body: "last" });
      while (seqs.at(-1)! < last.body.data.seq) await heard();
      expect(seqs).toEqual(Array.from({ length: last.body.data.seq - 1 }, (_, i) => i + 2));
    });
  });
