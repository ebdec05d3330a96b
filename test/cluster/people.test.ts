// Everything else that happens on one of two servers is seen on the sockets of the other: each change of a room, of the people in it
// and of friendships.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Frame, newGroup, newPair, type TestServer, type User } from "../support/harness.ts";
import { BUSES, startTwo, type TwoServers } from "./two-servers.ts";

const open = async (server: TestServer, user: User, path = "/ws") => (await server.connect(user, path)).ready();

for (const bus of BUSES)
  describe(bus, () => {
    let two: TwoServers;
    beforeAll(async () => {
      two = await startTwo(bus);
    });
    afterAll(() => two.close());

    test("an edited and a deleted message change on the other server, in the order of the room", async () => {
      const { ali, veli, conversationId } = await newPair(two.a);
      const socket = await open(two.b, veli, `/ws/conversations/${conversationId}`);
      const path = `/messages/${conversationId}`;
      const { id } = (await ali.post(path, { body: "helo" })).body.data;
      await ali.put(`${path}/${id}`, { body: "hello" });
      await ali.delete(`${path}/${id}`);
      expect(await socket.next("message.new")).toMatchObject({ seq: 1, data: { body: "helo" } });
      expect(await socket.next("message.updated")).toMatchObject({ seq: 2, data: { id, body: "hello" } });
      expect(await socket.next("message.deleted")).toMatchObject({ seq: 3 });
    });

    test("a group's changes are told in order on both servers: its name, roles, mutes, and who leaves, joins and is banned", async () => {
      const { owner, others, groupId } = await newGroup(two.a, 4);
      const [member, leaver, banned] = others as [User, User, User];
      const newcomer = await two.a.newUser();
      const path = `/groups/${groupId}`;
      const onB = two.onB(owner);
      const sockets = [await open(two.a, member), await open(two.b, member, `/ws${path}`)];
      const steps: [type: string, act: () => Promise<{ status: number }>][] = [
        ["group.updated", () => owner.put(path, { name: "Weekdays" })],
        ["group.member.role", () => onB.put(`${path}/members/${member.id}/role`, { role: "admin" })],
        ["group.member.muted", () => owner.put(`${path}/members/${leaver.id}/mute`)],
        ["group.member.unmuted", () => onB.put(`${path}/members/${leaver.id}/unmute`)],
        ["group.member.left", () => leaver.post(`${path}/leave`)],
        ["group.member.joined", () => onB.post(`${path}/members`, { user_id: newcomer.id })],
        ["group.member.left", () => owner.put(`${path}/bans/${banned.id}`)],
      ];
      for (const [, act] of steps) expect((await act()).status).toBeLessThan(300);
      for (const socket of sockets) {
        const heard: Frame[] = [];
        while (heard.length < steps.length) heard.push(await socket.find("a change", ({ seq }) => seq !== undefined));
        expect(heard.map(({ type }) => type)).toEqual(steps.map(([type]) => type));
        expect(heard.map(({ seq }) => seq)).toEqual(heard.map((_, i) => heard[0]!.seq! + i));
      }
    });

    test("a member muted on one server can't write through a socket that was open on the other", async () => {
      const { owner, others, groupId } = await newGroup(two.a, 2);
      const [muted] = others as [User];
      const socket = await open(two.b, muted);
      socket.send({ type: "group.message.send", group_id: groupId, body: "before", ref: "1" });
      await socket.next("ack");
      await owner.put(`/groups/${groupId}/members/${muted.id}/mute`);
      socket.send({ type: "group.message.send", group_id: groupId, body: "after", ref: "2" });
      expect(await socket.next("error")).toMatchObject({ ref: "2", code: "muted" });
    });

    test("someone removed on one server can't write through a socket on the other, and a room's own socket is closed", async () => {
      const { owner, others, groupId } = await newGroup(two.a, 2);
      const [removed] = others as [User];
      const [account, room] = [await open(two.b, removed), await open(two.b, removed, `/ws/groups/${groupId}`)];
      await owner.delete(`/groups/${groupId}/members/${removed.id}`);
      expect(await room.closed).toEqual({ code: 1008, reason: "forbidden" });
      await account.next("room.left");
      account.send({ type: "group.message.send", group_id: groupId, body: "still here?", ref: "1" });
      expect(await account.next("error")).toMatchObject({ ref: "1", code: "not_found" });
    });

    test("who is removed on one server while everyone writes on both hears all that came before, and nothing after", async () => {
      const { owner, others, groupId } = await newGroup(two.a, 3);
      const [removed, writer] = others as [User, User];
      const path = `/groups/${groupId}`;
      const [room, witness] = [await open(two.b, removed, `/ws${path}`), await open(two.b, writer)];
      const write = (i: number) => (i % 2 ? owner : two.onB(writer)).post(`${path}/messages`, { body: `${i}` });
      const before = Array.from({ length: 20 }, (_, i) => write(i));
      const removing = owner.delete(`${path}/members/${removed.id}`);
      await Promise.all([...before, removing, ...Array.from({ length: 20 }, (_, i) => write(i))]);
      await room.closed;
      const heard = room.frames.filter(({ seq }) => seq !== undefined);
      expect(heard.at(-1)).toMatchObject({ type: "group.member.left", data: { user_id: removed.id } });
      expect(heard.map(({ seq }) => seq)).toEqual(heard.map((_, i) => 3 + i));
      const seqs: number[] = [];
      while (seqs.length < 41) seqs.push((await witness.find("all", ({ seq }) => seq !== undefined)).seq!);
      expect(seqs).toEqual(seqs.map((_, i) => 3 + i));
    });

    test("friend requests, their answers and the end of a friendship are told on the other server, to the two alone", async () => {
      const [ali, veli, stranger] = [await two.a.newUser(), await two.a.newUser(), await two.a.newUser()];
      const [asker, asked, outside] = [await open(two.a, ali), await open(two.b, veli), await open(two.b, stranger)];
      await ali.post(`/friends/requests/${veli.id}`);
      const request = (await asked.next("friend.requested")).data;
      await two.onB(veli).post(`/requests/${request.id}/accept`);
      await asker.next("friend.accepted");
      await ali.delete(`/friends/${veli.id}`);
      await asked.next("friend.removed");
      await ali.post(`/friends/requests/${veli.id}`);
      const second = (await asked.next("friend.requested")).data;
      await two.onB(veli).post(`/requests/${second.id}/decline`);
      await asker.next("friend.declined");
      await outside.expectSilence();
    });

    test("a read position in a group that moves on one server is shown on the other", async () => {
      const { owner, others, groupId } = await newGroup(two.a, 2);
      const [reader] = others as [User];
      const { id } = (await owner.post(`/groups/${groupId}/messages`, { body: "read me" })).body.data;
      const [watching, reading] = [await open(two.a, owner), await open(two.b, reader)];
      reading.send({ type: "group.read", group_id: groupId, last_message_id: id });
      expect((await watching.next("group.read")).data).toMatchObject({ last_message_id: id });
    });

    test("a display name that is changed on one server is told on the other, ten times an hour on both together", async () => {
      const { ali, veli, conversationId } = await newPair(two.a);
      const [device, watching] = [
        await open(two.b, ali),
        await open(two.b, veli, `/ws/conversations/${conversationId}`),
      ];
      for (let i = 1; i <= 4; i++) {
        await (i % 2 ? ali : two.onB(ali)).put("/me", { display_name: `Name ${i}` });
        for (const socket of [device, watching])
          expect((await socket.next("user.updated")).data).toMatchObject({ id: ali.id, display_name: `Name ${i}` });
      }
    });

    test("receipts that somebody stops showing on one server are hidden on the other, on sockets that were open", async () => {
      const { owner, others, groupId } = await newGroup(two.a, 3);
      const [quiet, reader] = others as [User, User];
      const [device, witness] = [await open(two.b, quiet), await open(two.b, owner)];
      const read = async (user: User) => {
        const { body } = await owner.post(`/groups/${groupId}/messages`, { body: "read me" });
        await user.put(`/groups/${groupId}/members/me/read`, { last_message_id: body.data.id });
        return body.data.id as number;
      };
      await read(reader);
      await device.next("group.read");
      await quiet.put("/me/privacy", { read_receipts: false });
      // Told by the same wire as what ends a session, which the frames below may overtake.
      while ((await two.b.core.sessions.find(quiet.token))?.isQuiet !== true) await Bun.sleep(5);
      const own = await read(quiet);
      expect((await device.next("group.read")).data).toMatchObject({ reader_id: quiet.id, last_message_id: own });
      const last = await read(reader);
      await witness.next("group.read", ({ data }) => data.last_message_id === last);
      while (device.frames.length < 1) await Bun.sleep(5);
      expect(device.frames.filter(({ type }) => type === "group.read")).toEqual([]);
      expect(witness.frames.filter(({ data }) => data.reader_id === quiet.id)).toEqual([]);
      await two.onB(quiet).put("/me/privacy", { read_receipts: true });
      const again = await read(reader);
      await device.next("group.read", ({ data }) => data.last_message_id === again);
    });

    test("somebody who stops showing when they are online is offline to friends on the other server", async () => {
      const [ali, veli] = [await two.a.newUser(), await two.a.newUser()];
      await ali.post(`/friends/requests/${veli.id}`);
      await veli.post(`/friends/requests/${ali.id}`);
      const [own, watching] = [await open(two.a, ali), await open(two.b, veli)];
      await watching.next("presence", ({ data }) => data.user_id === ali.id && data.online);
      await own.next("presence", ({ data }) => data.user_id === veli.id && data.online);
      await two.onB(ali).put("/me/privacy", { last_seen: false });
      const gone = { online: false, last_seen_at: null };
      expect((await watching.next("presence")).data).toEqual({ user_id: ali.id, ...gone });
      expect((await own.next("presence")).data).toEqual({ user_id: veli.id, ...gone });
      expect((await two.onB(veli).get("/friends")).body.data[0]).toMatchObject(gone);
      await ali.put("/me/privacy", { last_seen: true });
      expect((await watching.next("presence")).data).toMatchObject({ user_id: ali.id, online: true });
      expect((await own.next("presence")).data).toMatchObject({ user_id: veli.id, online: true });
    });

    test("typing that stops is shown on the other server", async () => {
      const { ali, veli, conversationId } = await newPair(two.a);
      const [typist, watching] = [await open(two.a, ali), await open(two.b, veli)];
      for (const type of ["typing.start", "typing.stop"]) {
        typist.send({ type, conversation_id: conversationId });
        expect((await watching.next(type)).data).toMatchObject({ user_id: ali.id });
      }
    });

    test("a message too long for one notification arrives whole on the other server, and is marked delivered", async () => {
      const { ali, veli, conversationId } = await newPair(two.a);
      const [sender, recipient] = [await open(two.a, ali), await open(two.b, veli)];
      const body = "🙂".repeat(2_000);
      const sent = await ali.post(`/messages/${conversationId}`, { body });
      expect((await recipient.next("message.new")).data.body).toBe(body);
      expect((await sender.next("message.delivered")).data.last_message_id).toBe(sent.body.data.id);
    });
  });
