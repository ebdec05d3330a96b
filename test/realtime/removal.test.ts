// Losing a room: at once, on every tab, with nothing of what follows, whatever was under way.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { newGroup, newPair, type Socket, startServer, type TestServer, type User } from "../support/harness.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

const FORBIDDEN = { code: 1008, reason: "forbidden" };
const NOT_FOUND = { code: 1008, reason: "not_found" };

async function openGroup(size = 3, input: object = {}) {
  const group = await newGroup(server, size, input);
  const [member, other] = group.others;
  return { ...group, member: member!, other: other!, path: `/groups/${group.groupId}` };
}

const open = async (user: User, path: string): Promise<Socket> => (await server.connect(user, `/ws${path}`)).ready();

test("someone removed while everyone writes gets all that came before it, then their removal, and nothing more", async () => {
  const { owner, member, other, path } = await openGroup();
  const [removed, kept, writer] = [await open(member, path), await open(other, path), await open(owner, path)];
  for (let i = 0; i < 30; i++) writer.send({ type: "group.message.send", body: String(i) });
  const removing = owner.delete(`${path}/members/${member.id}`);
  for (let i = 30; i < 60; i++) writer.send({ type: "group.message.send", body: String(i) });
  expect((await removing).status).toBe(200);
  expect(await removed.closed).toEqual(FORBIDDEN);
  const heard = removed.frames.splice(0);
  expect(heard.at(-1)).toMatchObject({ type: "group.member.left", data: { user_id: member.id } });
  expect(heard.map(({ seq }) => seq)).toEqual(heard.map((_, i) => i + 3));
  for (let seq = 3; seq < 3 + 61; seq++) expect((await kept.find("the next event", () => true)).seq).toBe(seq);
  expect((await other.get(`${path}/messages`)).body.data).toHaveLength(60);
});

test("every tab is closed, and no other room's", async () => {
  const { owner, member, path } = await openGroup();
  const elsewhere = await openGroup();
  await elsewhere.owner.post(`${elsewhere.path}/members`, { user_id: member.id });
  const { body } = await owner.post(`/conversations/${member.id}`);
  const tabs = [await open(member, path), await open(member, path), await open(member, path)];
  const others = [await open(member, elsewhere.path), await open(member, `/conversations/${body.conversation_id}`)];
  await owner.delete(`${path}/members/${member.id}`);
  for (const tab of tabs) expect(await tab.closed).toEqual(FORBIDDEN);
  for (const socket of others) await socket.expectSilence();
});

test("what a removed member sends is stored before their removal or not at all", async () => {
  const { owner, member, other, path } = await openGroup();
  const [theirs, witness] = [await open(member, path), await open(other, path)];
  for (let i = 0; i < 30; i++) theirs.send({ type: "group.message.send", body: String(i), ref: String(i) });
  await owner.delete(`${path}/members/${member.id}`);
  expect(await theirs.closed).toEqual(FORBIDDEN);
  await owner.post(`${path}/messages`, { body: "the end" });
  const left = [];
  for (;;) {
    const frame = await witness.find("the next event", () => true);
    if (frame.data.body === "the end") break;
    left.push(frame.type);
  }
  expect(left.filter((type) => type === "group.member.left")).toHaveLength(1);
  expect(left.at(-1)).toBe("group.member.left");
  expect(await member.post(`${path}/messages`, { body: "over HTTP" })).toMatchObject({ status: 404 });
});

test.each([
  ["private", true, NOT_FOUND],
  ["public", false, FORBIDDEN],
])(
  "whoever was removed from a %s group can't come back until they are added again",
  async (_name, isPrivate, refusal) => {
    const { owner, member, path } = await openGroup(3, { is_private: isPrivate });
    await owner.delete(`${path}/members/${member.id}`);
    expect(await (await server.connect(member, `/ws${path}`)).closed).toEqual(refusal);
    expect((await owner.post(`${path}/members`, { user_id: member.id })).status).toBe(201);
    const back = await open(member, path);
    back.send({ type: "group.message.send", body: "back", ref: "r" });
    expect((await back.next("ack")).data.seq).toBe(5);
  },
);

test("a removal reaches those who are only just connecting", async () => {
  const { owner, member, path } = await openGroup();
  for (let round = 0; round < 15; round++) {
    const connecting = Array.from({ length: 4 }, () => server.connect(member, `/ws${path}`));
    const removing = owner.delete(`${path}/members/${member.id}`);
    const sockets = await Promise.all(connecting);
    expect((await removing).status).toBe(200);
    await owner.post(`${path}/messages`, { body: "not for them" });
    for (const socket of sockets) {
      expect((await socket.closed).code).toBe(1008);
      expect(socket.frames.filter(({ data }) => data.body === "not for them")).toEqual([]);
    }
    await owner.post(`${path}/members`, { user_id: member.id });
  }
});

test("a group that is made private keeps its members connected", async () => {
  const { owner, member, path } = await openGroup(3, { is_private: false });
  const socket = await open(member, path);
  await owner.put(`${path}/visibility`, { is_private: true });
  expect((await socket.next("group.updated")).data.is_private).toBe(true);
  await owner.post(`${path}/messages`, { body: "still here" });
  expect((await socket.next("group.message.new")).data.body).toBe("still here");
});

test("a block ends nobody's connection: what was said stays readable, and the end of the block is the end of it", async () => {
  const { ali, veli, conversationId } = await newPair(server);
  const path = `/conversations/${conversationId}`;
  const [a, v] = [await open(ali, path), await open(veli, path)];
  await ali.put(`/blocks/${veli.id}`);
  v.send({ type: "message.send", body: "no", ref: "r" });
  expect(await v.next("error")).toMatchObject({ code: "forbidden", ref: "r" });
  await (await open(veli, path)).expectSilence();
  await ali.delete(`/blocks/${veli.id}`);
  v.send({ type: "message.send", body: "yes" });
  expect((await a.next("message.new")).seq).toBe(1);
});

test.each([
  ["a room that it names", true],
  ["a room that it does not name", false],
])("someone removed from %s while a resume waits for the database hears nothing more of it", async (_, isNamed) => {
  const { owner, member, groupId, path } = await openGroup();
  const socket = await (await server.connect(member, "/ws")).ready();
  const { epoch } = server.core.timeline;
  const verified = Promise.withResolvers<void>();
  const verify = epoch.verified;
  epoch.verified = () => verified.promise;
  socket.send({ type: "resume", rooms: isNamed ? { [`group:${groupId}`]: 0 } : {}, ref: "resume" });
  await socket.ready();
  epoch.verified = verify;
  await owner.delete(`${path}/members/${member.id}`);
  verified.resolve();
  await socket.find("the end of the resume", ({ type, ref }) => type === "ack" && ref === "resume");
  await socket.ready();
  await owner.post(`${path}/messages`, { body: "a secret" });
  await socket.expectSilence();
});
