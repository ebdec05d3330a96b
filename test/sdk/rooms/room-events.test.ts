// What a group's timeline shows besides messages: from live frames, replays and history alike, in its position among the messages.
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { RoomEventKind, RoomKey, RoomSnapshot } from "../../../src/sdk/index.ts";
import {
  expectInvalid,
  expectRefusal,
  newGroup,
  newPair,
  startServer,
  type TestServer,
} from "../../support/harness.ts";
import { TcpProxy } from "../../support/tcp-proxy.ts";
import { closeChats, look, openChat, until } from "../chats.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => {
  closeChats();
  await server.close();
});

const kinds = ({ events }: RoomSnapshot) => events.map(({ kind }) => kind);

/** A group in which everything that can happen has happened once. */
async function newStory() {
  const { owner, others, groupId } = await newGroup(server, 3, { is_private: false });
  const [veli, can] = others as [(typeof others)[0], (typeof others)[0]];
  const [ada, path] = [await server.newUser(), `/groups/${groupId}`];
  const done = async (answer: Promise<{ status: number }>) => expect((await answer).status).toBeLessThan(300);
  await done(ada.post(`${path}/join`));
  await done(ada.post(`${path}/messages`, { body: "hello" }));
  await done(owner.put(path, { name: "Long weekend" }));
  await done(owner.put(path, { description: "Where to?" }));
  await done(owner.put(`${path}/visibility`, { is_private: true }));
  await done(owner.put(`${path}/visibility`, { is_private: false }));
  await done(owner.put(`${path}/members/${veli.id}/role`, { role: "admin" }));
  await done(veli.put(`${path}/members/${can.id}/mute`));
  await done(veli.put(`${path}/members/${can.id}/unmute`));
  await done(veli.delete(`${path}/members/${can.id}`));
  await done(owner.put(`${path}/bans/${ada.id}`));
  await done(owner.put(`${path}/members/${veli.id}/role`, { role: "owner" }));
  return { owner, veli, can, ada, groupId, path, key: `group:${groupId}` as RoomKey };
}

const STORY: RoomEventKind[] = [
  "added",
  "added",
  "joined",
  "renamed",
  "described",
  "closed",
  "opened",
  "role",
  "muted",
];
STORY.push("unmuted", "removed", "banned", "owner");

test("a room shows members joining, leaving, being removed, promoted and muted, and changes of the group", async () => {
  const { owner, veli, can, ada, key } = await newStory();
  const chat = await openChat(veli, server.url);
  const room = await look(chat, key);
  const snapshot = room.getSnapshot();
  expect(kinds(snapshot)).toEqual(STORY);
  const people = [owner, veli, can, ada].map(({ id, username }) => ({ id, username }));
  const [ali, admin, removed, gone] = people;
  const byKind = Object.fromEntries(snapshot.events.map((event) => [event.kind, event]));
  expect(byKind.added).toMatchObject({ actor: ali, user: removed, seq: 2, key: "e2" });
  expect(byKind.joined).toMatchObject({ actor: gone, user: gone });
  expect(byKind.renamed).toMatchObject({ actor: ali, user: null, data: { name: "Long weekend" } });
  expect(byKind.role).toMatchObject({ actor: ali, user: admin, data: { role: "admin" } });
  expect(byKind.muted).toMatchObject({ actor: admin, user: removed, data: { muted_until: null } });
  expect(byKind.removed).toMatchObject({ actor: admin, user: removed });
  expect(byKind.banned).toMatchObject({ actor: ali, user: gone });
  expect(byKind.owner).toMatchObject({ actor: ali, user: admin });
  // Between the messages: the only one stands after three arrivals.
  expect(snapshot.messages[0]!.seq).toBe(4);
  expect(snapshot.events[2]!.seq).toBe(3);
  expect(snapshot.events[3]!.seq).toBe(5);
});

test("events are the same live, replayed and read again, each once", async () => {
  const { owner, veli, groupId, path, key } = await newStory();
  const proxy = await TcpProxy.start(server.url);
  const chat = await openChat(owner, proxy.url);
  const room = await look(chat, key);
  await veli.put(path, { name: "Live" });
  await until(room, "live", (s) => kinds(s).length === STORY.length + 1);
  proxy.isUp = false;
  proxy.cut();
  await until(chat.connection, "waiting", ({ state }) => state === "waiting");
  const ada = await server.newUser();
  await ada.post(`/groups/${groupId}/join`);
  await ada.post(`/groups/${groupId}/leave`);
  proxy.isUp = true;
  chat.reconnect();
  await until(room, "replayed", (s) => kinds(s).at(-1) === "left");
  const { events } = room.getSnapshot();
  expect(kinds(room.getSnapshot())).toEqual([...STORY, "renamed", "joined", "left"]);
  room.reload();
  await until(room, "read anew", ({ status }) => status === "ready");
  expect(room.getSnapshot().events).toEqual(events);
  const other = await look(await openChat(veli, server.url), key);
  expect(other.getSnapshot().events).toEqual(events);
  await proxy.close();
});

test("events cover the same range as the messages", async () => {
  const { owner, groupId } = await newGroup(server, 2);
  const path = `/groups/${groupId}`;
  for (let i = 1; i <= 60; i++) {
    await owner.post(`${path}/messages`, { body: `${i}` });
    if (i % 20 === 0) await owner.put(path, { name: `Name ${i}` });
  }
  const room = await look(await openChat(owner, server.url), `group:${groupId}`);
  const first = room.getSnapshot();
  expect(first.messages).toHaveLength(50);
  expect(first.events.map(({ data }) => "name" in data && data.name)).toEqual(["Name 20", "Name 40", "Name 60"]);
  await room.loadOlder();
  expect(kinds(room.getSnapshot())).toEqual(["added", "renamed", "renamed", "renamed"]);
  room.dropOlder(5);
  expect(kinds(room.getSnapshot())).toEqual(["renamed"]);
  room.dropOlder(0);
  expect(kinds(room.getSnapshot())).toEqual([]);
});

test("a conversation has no events", async () => {
  const { ali, veli, conversationId } = await newPair(server);
  await veli.post(`/messages/${conversationId}`, { body: "hello" });
  const room = await look(await openChat(ali, server.url), `conversation:${conversationId}`);
  expect(room.getSnapshot().events).toEqual([]);
});

test("GET /groups/{id}/events returns the frames, in pages, between two positions, to members alone", async () => {
  const { owner, veli, ada, groupId } = await newStory();
  const path = `/groups/${groupId}/events`;
  const socket = await server.connect(veli, "/ws");
  socket.send({ type: "resume", rooms: { [`group:${groupId}`]: 0 } });
  const replayed: object[] = [];
  for (let frame = await socket.find("any", () => true); frame.type !== "resumed"; ) {
    if (frame.seq && !frame.type.includes("message")) replayed.push(frame);
    frame = await socket.find("any", () => true);
  }
  await socket.close();
  const all = (await veli.get(path)).body;
  expect(all.data).toEqual(replayed);
  expect(all.next_cursor).toBeNull();
  expect(all.data).toHaveLength(STORY.length + 2);
  const seqs = all.data.map(({ seq }: { seq: number }) => seq);
  expect(seqs).toEqual(seqs.toSorted((a: number, b: number) => a - b));
  const gathered: object[] = [];
  let query = "?limit=4";
  for (let pages = 0; query && pages < 10; pages++) {
    const { data, next_cursor } = (await veli.get(path + query)).body;
    gathered.unshift(...data);
    query = next_cursor && `?limit=4&cursor=${next_cursor}`;
  }
  expect(gathered).toEqual(all.data);
  const between = (await owner.get(`${path}?after=${seqs[1]}&before=${seqs[5]}`)).body;
  expect(between).toEqual({ data: all.data.slice(2, 5), next_cursor: null });
  expectRefusal(await ada.get(path), 403, "forbidden");
  await veli.put(`/groups/${groupId}/visibility`, { is_private: true });
  expectRefusal(await ada.get(path), 404, "not_found");
  for (const field of ["after", "before", "limit", "cursor"]) {
    for (const odd of ["x", "1.5", "", "1e3"]) expectInvalid(await veli.get(`${path}?${field}=${odd}`), field);
    // The nearest that there can be.
    for (const far of ["-1", "99999999999999999999"])
      expect((await veli.get(`${path}?${field}=${far}`)).status).toBe(200);
  }
  expect((await veli.get(`${path}?limit=0`)).body.data).toHaveLength(1);
});
