// Who is told of a message: the inbox of mentions and replies, and the number of unread ones beside each room.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { MENTION_ALL_MEMBERS } from "../../../src/protocol/limits.ts";
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

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

const mention = (user: { id: number }) => ({ type: "mention", offset: 0, length: 1, user_id: user.id });
const ALL = { type: "mention_all", offset: 0, length: 1 };

async function group(size = 4) {
  const { owner, others, groupId } = await newGroup(server, size);
  const path = `/groups/${groupId}/messages`;
  const send = async (by: User, fields: object): Promise<Json> => {
    const { status, body } = await by.post(path, { body: "hello", ...fields });
    expect([status, body.detail]).toEqual([201, undefined]);
    return body.data;
  };
  const countOf = async (user: User) => (await user.get(`/groups/${groupId}`)).body.data.mention_count ?? 0;
  return { owner, others: others as [User, User, User, ...User[]], groupId, path, send, countOf };
}

const inbox = async (user: User, query = ""): Promise<Json[]> => (await user.get(`/mentions${query}`)).body.data;
const kindsOf = async (user: User) => (await inbox(user)).map(({ kind, message }) => [kind, message.id]);

test("a mention and a reply are in the inbox newest first, each with its room and its message as history shows it", async () => {
  const { owner, others, groupId, path, send } = await group();
  const [ali, veli] = others;
  const first = await send(ali, {});
  const reply = await send(owner, { reply_to: first.id });
  const mentioned = await send(veli, { entities: [mention(ali)] });
  const history = (await ali.get(path)).body.data;
  expect(await inbox(ali)).toEqual([
    { kind: "mention", room: `group:${groupId}`, message: history.find(({ id }: Json) => id === mentioned.id) },
    { kind: "reply", room: `group:${groupId}`, message: history.find(({ id }: Json) => id === reply.id) },
  ]);
  expect((await inbox(ali, "?kind=reply")).map(({ message }) => message.id)).toEqual([reply.id]);
  expect(await inbox(owner)).toEqual([]);
});

test("works in conversations as well", async () => {
  const { ali, veli, conversationId } = await newPair(server);
  const { body } = await ali.post(`/messages/${conversationId}`, { body: "hi", entities: [mention(veli)] });
  expect(await inbox(veli)).toMatchObject([
    { kind: "mention", room: `conversation:${conversationId}`, message: { id: body.data.id } },
  ]);
  expect((await veli.get("/conversations")).body.data[0]).toMatchObject({ unread_count: 1, mention_count: 1 });
});

test("who is mentioned in a reply to themselves, twice over, has one entry", async () => {
  const { owner, others, send, countOf } = await group();
  const [ali] = others;
  const { id } = await send(ali, {});
  const reply = await send(owner, { reply_to: id, entities: [mention(ali), mention(ali), ALL] });
  expect(await kindsOf(ali)).toEqual([["mention", reply.id]]);
  expect(await countOf(ali)).toBe(1);
});

test("nobody hears of themselves, strangers hear of nothing", async () => {
  const { owner, others, send, countOf } = await group();
  const [ali] = others;
  const stranger = await server.newUser();
  const own = await send(ali, { entities: [mention(ali), ALL] });
  await send(ali, { reply_to: own.id });
  await send(owner, { entities: [mention(stranger)] });
  expect(await kindsOf(ali)).toEqual([]);
  expect(await countOf(ali)).toBe(0);
  expect(await kindsOf(stranger)).toEqual([]);
});

test("a block keeps its object's mentions out, those of before as well", async () => {
  const { owner, others, send, countOf } = await group();
  const [ali] = others;
  await send(owner, { entities: [mention(ali)] });
  await ali.put(`/blocks/${owner.id}`);
  await send(owner, { entities: [mention(ali), ALL] });
  expect(await kindsOf(ali)).toEqual([]);
  expect(await countOf(ali)).toBe(0);
});

test("the count is of unread ones, in lists and in resumed, and left out when there is none", async () => {
  const { owner, others, groupId, send, countOf } = await group();
  const [ali, veli] = others;
  const first = await send(owner, { entities: [mention(ali)] });
  await send(owner, { entities: [mention(ali)] });
  await send(owner, {});
  expect(await countOf(ali)).toBe(2);
  const stateOf = async (user: User) => {
    const socket = await server.connect(user, "/ws");
    socket.send({ type: "resume", rooms: {} });
    return (await socket.next("resumed")).data.rooms[`group:${groupId}`];
  };
  expect(await stateOf(ali)).toMatchObject({ unread_count: 3, mention_count: 2 });
  expect(Object.keys(await stateOf(veli))).toEqual(["seq", "unread_count", "members"]);
  await ali.put(`/groups/${groupId}/members/me/read`, { last_message_id: first.id });
  expect(await countOf(ali)).toBe(1);
  expect(await inbox(ali)).toHaveLength(2);
});

test("an edit adds and takes mentions; a deletion takes all", async () => {
  const { owner, others, path, send, countOf } = await group();
  const [ali, veli] = others;
  const { id } = await send(owner, { entities: [mention(ali)] });
  await owner.put(`${path}/${id}`, { body: "other", entities: [mention(veli)] });
  expect([await countOf(ali), await countOf(veli)]).toEqual([0, 1]);
  await owner.put(`${path}/${id}`, { body: "plain" });
  expect(await countOf(veli)).toBe(0);
  await owner.put(`${path}/${id}`, { body: "again", entities: [mention(veli)] });
  await owner.delete(`${path}/${id}`);
  expect([await countOf(veli), await kindsOf(veli)]).toEqual([0, []]);
});

test("who leaves has no access; who comes back has it again, without what was said to all meanwhile", async () => {
  const { owner, others, groupId, send } = await group();
  const [ali] = others;
  const before = await send(owner, { entities: [mention(ali)] });
  await ali.delete(`/groups/${groupId}/members/${ali.id}`);
  expect(await kindsOf(ali)).toEqual([]);
  await send(owner, { entities: [mention(ali), ALL] });
  await owner.post(`/groups/${groupId}/members`, { user_id: ali.id });
  expect(await kindsOf(ali)).toEqual([["mention", before.id]]);
});

test("pages follow one another without a gap, over several rooms", async () => {
  const [a, b] = await Promise.all([group(), group()]);
  const ali = a.others[0];
  await b.owner.post(`/groups/${b.groupId}/members`, { user_id: ali.id });
  const sent: number[] = [];
  for (let i = 0; i < 7; i++) {
    const { owner, send } = i % 2 ? a : b;
    sent.push((await send(owner, { entities: [i % 3 ? mention(ali) : ALL] })).id);
  }
  const seen: number[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const { body } = await ali.get(`/mentions?limit=2&cursor=${cursor}`);
    seen.push(...body.data.map(({ message }: Json) => message.id));
    cursor = body.next_cursor;
  }
  expect(seen).toEqual(sent.toReversed());
  expectRefusal(await ali.get("/mentions?cursor=x"), 400, "bad_request");
  expectInvalid(await ali.get("/mentions?kind=x"), "kind");
});

test("in a small group everyone may mention all, in a large one admins and the owner alone, by an edit as well", async () => {
  const { owner, others, groupId, path, send } = await group(MENTION_ALL_MEMBERS);
  const [ali, veli] = others;
  const small = await send(ali, { entities: [ALL] });
  await owner.post(`/groups/${groupId}/members`, { user_id: (await server.newUser()).id });
  const { seq } = await send(ali, {});
  expectRefusal(await ali.post(path, { body: "hello", entities: [ALL] }), 403, "forbidden");
  expectRefusal(await ali.put(`${path}/${small.id}`, { body: "hey", entities: [ALL] }), 403, "forbidden");
  expect((await ali.put(`${path}/${small.id}`, { body: "hey" })).status).toBe(200);
  const large = await send(owner, { entities: [ALL] });
  expect(large.seq).toBe(seq + 2);
  await owner.put(`/groups/${groupId}/members/${ali.id}/role`, { role: "admin" });
  const admin = await send(ali, { entities: [ALL] });
  expect(await kindsOf(veli)).toEqual([
    ["mention", admin.id],
    ["mention", large.id],
  ]);
});

test("a deleted group takes its mentions along", async () => {
  const { owner, others, groupId, send } = await group();
  await send(owner, { entities: [mention(others[0])] });
  await owner.delete(`/groups/${groupId}`);
  expect(await kindsOf(others[0])).toEqual([]);
  const { sql } = server.core;
  while ((await sql`select 1 from rooms where id = ${groupId}`).length > 0) await Bun.sleep(10);
  expect(await sql`select 1 from mentions where room_id = ${groupId}`).toHaveLength(0);
});
