// Who is told when somebody shows something else of themselves, and how often.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { newGroup, newPair, type Socket, startServer, type TestServer, type User } from "../../support/harness.ts";

let server: TestServer;
/** With rates. */
let strict: TestServer;
beforeAll(async () => {
  [server, strict] = await Promise.all([startServer(), startServer({ rateLimits: true })]);
});
afterAll(() => Promise.all([server.close(), strict.close()]));

const open = async (user: User, path = "/ws", at = server) => (await at.connect(user, path)).ready();
const told = (socket: Socket) => socket.next("user.updated");

async function befriend(a: User, b: User) {
  await a.post(`/friends/requests/${b.id}`);
  await b.post(`/friends/requests/${a.id}`);
}

/** A friend without a room in common: they are told last, so that nobody hears of it later. */
async function lastOf(person: User) {
  const friend = await server.newUser();
  await befriend(person, friend);
  return open(friend);
}

test("rooms on any kind of socket, friends and the person's own devices are told, each device of theirs once", async () => {
  const { ali, veli, conversationId } = await newPair(server);
  const { owner, groupId } = await newGroup(server, 1);
  await owner.post(`/groups/${groupId}/members`, { user_id: ali.id });
  const devices = await Promise.all([open(ali), open(ali)]);
  const others = await Promise.all([
    open(veli),
    open(veli, `/ws/conversations/${conversationId}`),
    open(owner),
    open(owner, `/ws/groups/${groupId}`),
  ]);
  const last = await lastOf(ali);
  for (const socket of devices) await socket.next("friend.accepted");
  await ali.put("/me", { display_name: "Ali Öz", status: { text: "Here" } });
  const data = { id: ali.id, username: ali.username, display_name: "Ali Öz", status: { text: "Here" } };
  expect(await told(last)).toEqual({ type: "user.updated", data });
  for (const socket of [...devices, ...others]) expect(await told(socket)).toEqual({ type: "user.updated", data });
  for (const socket of [...devices, ...others, last])
    expect(socket.frames.filter(({ type }) => type === "user.updated")).toEqual([]);
  await ali.put("/me", { status: null });
  expect((await told(others[0]!)).data).toEqual({ id: ali.id, username: ali.username, display_name: "Ali Öz" });
});

test("strangers, who was removed, former friends and those under a block are not told", async () => {
  const { ali: person, veli: blockedPeer } = await newPair(server);
  const blockingPeer = await server.newUser();
  await blockingPeer.post(`/conversations/${person.id}`);
  const { owner, others, groupId } = await newGroup(server, 4);
  await owner.post(`/groups/${groupId}/members`, { user_id: person.id });
  const [removed, blockedMember, secondBlocked] = others as [User, User, User];
  const [stranger, former] = await Promise.all([server.newUser(), server.newUser()]);
  await befriend(person, former);
  await person.delete(`/friends/${former.id}`);
  await owner.delete(`/groups/${groupId}/members/${removed.id}`);
  for (const blocked of [blockedPeer, blockedMember, secondBlocked]) await person.put(`/blocks/${blocked.id}`);
  await blockingPeer.put(`/blocks/${person.id}`);
  const untold = [blockedPeer, blockingPeer, removed, blockedMember, secondBlocked, stranger, former];
  const sockets = await Promise.all(untold.map((user) => open(user)));
  sockets.push(await open(blockedMember, `/ws/groups/${groupId}`));
  const [witness, last] = [await open(owner), await lastOf(person)];
  await person.put("/me", { status: { text: "Not for all" } });
  await told(last);
  expect((await told(witness)).data.status).toEqual({ text: "Not for all" });
  for (const socket of sockets) await socket.expectSilence();
});

test("what changes nothing of what is shown is not told of", async () => {
  const { ali, veli } = await newPair(server);
  const socket = await open(veli);
  await ali.put("/me", { display_name: "Ali", status: { text: "Here" } });
  await told(socket);
  await ali.put("/me", { locale: "tr", time_zone: "UTC" });
  await ali.put("/me", { display_name: "Ali", status: { text: "Here" } });
  await ali.put("/me", {});
  await ali.put("/me", { display_name: "Al\tber" });
  await ali.put("/me", { display_name: "Alber" });
  expect((await told(socket)).data.display_name).toBe("Alber");
});

test("somebody in hundreds of rooms is told of in each, with what is stored by then", async () => {
  const [person, other] = await Promise.all([server.newUser(), server.newUser()]);
  const count = 250;
  await server.core.sql`
    with room as (insert into rooms (kind) select 'group' from generate_series(1, ${count}) returning id),
      made as (insert into groups (room_id, name, owner_id) select id, 'Many', ${person.id} from room)
    insert into members (room_id, user_id) select room.id, u from room, unnest(${[person.id, other.id]}::bigint[]) u`;
  const [socket, own] = [await open(other), await open(person)];
  await person.put("/me", { display_name: "In many" });
  for (let i = 0; i < count; i++) expect((await told(socket)).data.display_name).toBe("In many");
  await told(own);
  await own.expectSilence();
});

test("others are told ten times an hour; what comes after that is stored and shown", async () => {
  const { ali, veli, conversationId } = await newPair(strict);
  const socket = await open(veli, `/ws/conversations/${conversationId}`, strict);
  const change = (text: string) => ali.put("/me", { status: { text } });
  for (let i = 1; i <= 10; i++) {
    expect((await change(`${i}`)).status).toBe(200);
    expect((await told(socket)).data.status.text).toBe(`${i}`);
  }
  for (let i = 11; i <= 12; i++) expect((await change(`${i}`)).status).toBe(200);
  // Somebody else's is told of after that.
  const other = await open(ali, `/ws/conversations/${conversationId}`, strict);
  await veli.put("/me", { status: { text: "mine" } });
  expect((await told(other)).data).toMatchObject({ id: veli.id });
  await socket.expectSilence();
  expect((await veli.get(`/users/${ali.id}`)).body.data.status.text).toBe("12");
});
