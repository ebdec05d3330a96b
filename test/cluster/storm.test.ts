// A bus that loses, repeats, delays and reorders, and is cut at times: every socket of every server still gets each seq once, in order.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { asUser, newGroup } from "../support/harness.ts";
import { startTwo, type TwoServers } from "./two-servers.ts";

const MESSAGES = 300;

let two: TwoServers;
beforeAll(async () => {
  two = await startTwo("memory");
});
afterAll(() => two.close());

test("what is written on both servers in a storm is seen by every socket, each once and in order", async () => {
  const { owner, others, groupId } = await newGroup(two.a, 4);
  const people = [owner, ...others];
  const path = `/groups/${groupId}/messages`;
  const sockets = await Promise.all(
    people.flatMap((user) =>
      [two.a, two.b].flatMap((server) =>
        ["/ws", `/ws/groups/${groupId}`].map(async (where) => (await server.connect(user, where)).ready()),
      ),
    ),
  );
  const joined = (await owner.get(path)).body.data.length;
  expect(joined).toBe(0);
  two.network!.weather = { loss: 0.3, repeats: 0.3, delayMs: 40 };
  let last = 0;
  await Promise.all(
    people.flatMap((user) =>
      [two.a, two.b].map(async (server) => {
        const client = asUser(server.url, user.token);
        for (let i = 0; i < MESSAGES / (2 * people.length); i++) {
          last = Math.max(last, (await client.post(path, { body: `${i}` })).body.data.seq);
        }
      }),
    ),
  );
  // Nothing tells of the last one when it is lost, until the room is verified.
  two.network!.weather = {};
  last = (await owner.post(path, { body: "last" })).body.data.seq;
  for (const socket of sockets) {
    const seqs: number[] = [];
    while ((seqs.at(-1) ?? 0) < last) seqs.push((await socket.next("group.message.new")).seq!);
    expect(seqs).toEqual(Array.from({ length: seqs.length }, (_, i) => last - seqs.length + 1 + i));
    expect(seqs.length).toBeGreaterThan(MESSAGES - 10);
  }
  expect(two.network!.carried).toBeGreaterThan(0);
});

test("while the servers are cut off from each other, sockets still get everything, from the database", async () => {
  const { owner, others, groupId } = await newGroup(two.a, 2);
  const path = `/groups/${groupId}/messages`;
  const onB = await (await two.b.connect(others[0]!, "/ws")).ready();
  two.network!.cut();
  const seqs: number[] = [];
  for (let i = 0; i < 5; i++) seqs.push((await owner.post(path, { body: `${i}` })).body.data.seq);
  for (const seq of seqs) expect((await onB.next("group.message.new")).seq).toBe(seq);
  two.network!.restore();
  await owner.post(path, { body: "back" });
  expect((await onB.next("group.message.new")).data.body).toBe("back");
});

test("a member who is removed while the servers are cut off hears nothing that is written later", async () => {
  const { owner, others, groupId } = await newGroup(two.a, 3);
  const path = `/groups/${groupId}/messages`;
  const [gone, stays] = others as [(typeof others)[0], (typeof others)[0]];
  const heard = await (await two.b.connect(gone, "/ws")).ready();
  const witness = await (await two.b.connect(stays, "/ws")).ready();
  two.network!.cut();
  await owner.delete(`/groups/${groupId}/members/${gone.id}`);
  await owner.post(path, { body: "among us" });
  await asUser(two.b.url, stays.token).post(path, { body: "here as well" });
  await witness.next("group.message.new", ({ data }) => data.body === "here as well");
  await heard.next("room.left");
  await heard.expectSilence();
  two.network!.restore();
});
