// The epoch: clients learn which history their positions belong to, and read everything anew when it may have gone back.
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { Epoch } from "../../src/timeline/epoch.ts";
import { asUser, connect, newGroup, newPair, startServer, type TestServer, type User } from "../support/harness.ts";
import { databaseSettings, startMain } from "../support/main-process.ts";
import { PATIENCE_MS } from "../support/patience.ts";
import { replayed, resume } from "../support/resuming.ts";
import { History } from "../support/rewind.ts";
import { openLocks } from "../support/room-lock.ts";

let server: TestServer;
let history: History;
let locks: ReturnType<typeof openLocks>;

beforeAll(async () => {
  server = await startServer({ logLevel: "silent" });
  history = History.of(server);
  locks = openLocks(server);
});
// What one test has changed is known before the next one begins.
afterEach(() => server.core.timeline.epoch.check());
afterAll(async () => {
  await locks.close();
  await history.close();
  await server.close();
});

const RESTARTED = { code: 1012, reason: "restarted" };

/** The epoch, as somebody who resumes is told it; tries again while the server does not know yet. */
async function epochFor(user: User): Promise<string> {
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; ) {
    const socket = await connect(`${server.url}/ws?token=${user.token}&resume=1`);
    socket.send({ type: "resume", rooms: {} });
    const told = await socket.find("resumed", ({ type }) => type === "resumed").catch(() => null);
    if (told) return told.data.epoch;
  }
  throw new Error("nobody could resume");
}

async function openRoom() {
  const pair = await newPair(server);
  const path = `/ws/conversations/${pair.conversationId}`;
  const socket = await (await server.connect(pair.ali, path)).ready();
  const room = `conversation:${pair.conversationId}`;
  return { ...pair, path, socket, room };
}

test("`resumed` names one epoch for everybody, and a resume that gives it back is replayed", async () => {
  const { ali, veli, conversationId, path, room } = await openRoom();
  await veli.post(`/messages/${conversationId}`, { body: "one" });
  const epoch = await epochFor(ali);
  expect(epoch).toMatch(/^[\w-]{16}$/);
  expect(await epochFor(veli)).toBe(epoch);
  const own = await replayed(await resume(server, ali, path, { after_seq: 0, epoch }));
  expect([own.events.map(({ type }) => type), own.resumed.data.epoch]).toEqual([["message.new"], epoch]);
  const all = await replayed(await resume(server, ali, "/ws", { rooms: { [room]: 0 }, epoch }));
  expect([all.events.map(({ type }) => type), all.resumed.data.epoch]).toEqual([["message.new"], epoch]);
});

test("a resume with another epoch is answered by `resync` for every room it names, also where the position is the same", async () => {
  const { ali, veli, conversationId, path, room } = await openRoom();
  const { groupId } = await newGroup(server, 1);
  await ali.post("/groups", { name: "Not named" });
  await veli.post(`/messages/${conversationId}`, { body: "one" });
  const own = await replayed(await resume(server, ali, path, { after_seq: 1, epoch: "another" }));
  expect(own.events).toEqual([{ type: "resync", data: { room, conversation_id: conversationId, seq: 1 } }]);
  const rooms = { [room]: 0, [`group:${groupId}`]: 1 };
  const all = await replayed(await resume(server, ali, "/ws", { rooms, epoch: "another" }));
  expect(all.events.map(({ type, data }) => [type, data.room])).toEqual([["resync", room]]);
  expect(all.resumed.data.lost).toEqual([`group:${groupId}`]);
});

test("an epoch that is too long is refused", async () => {
  const { ali } = await newPair(server);
  const socket = await resume(server, ali, "/ws", { rooms: {}, epoch: "x".repeat(65), ref: "1" });
  expect(await socket.next("error")).toMatchObject({ ref: "1", code: "invalid" });
});

test("after a restore under the running server sockets are closed, the epoch is another, and nothing of what was lost is shown", async () => {
  const { ali, veli, conversationId, path } = await openRoom();
  await veli.post(`/messages/${conversationId}`, { body: "kept" });
  await history.keep();
  const early = await epochFor(ali);
  const socket = await (await server.connect(ali, path)).ready();
  for (const body of ["lost 1", "lost 2"]) await veli.post(`/messages/${conversationId}`, { body });
  const late = await newPair(server); // Their accounts and sessions are lost as well.
  expect((await late.ali.get("/me")).status).toBe(200);

  await history.goBack();
  expect(await socket.closed).toEqual(RESTARTED);
  const now = await epochFor(ali);
  expect(now).not.toBe(early);
  expect((await late.ali.get("/me")).status).toBe(401);
  const { events, resumed } = await replayed(await resume(server, ali, path, { after_seq: 3, epoch: early }));
  expect(events.map(({ type, data }) => [type, data.seq])).toEqual([["resync", 1]]);
  expect(resumed.data.seq).toBe(1);
  const answer = await veli.post(`/messages/${conversationId}`, { body: "new" });
  expect([answer.status, answer.body.data.seq]).toEqual([201, 2]);
});

test("a message that comes before anybody has noticed a restore is not published to those who are still connected", async () => {
  const { ali, veli, conversationId, path } = await openRoom();
  await veli.post(`/messages/${conversationId}`, { body: "kept" });
  const socket = await (await server.connect(ali, path)).ready();
  // What a restore by hand does to a database whose sessions live on.
  const [state] = await locks.sql<{ id: number }[]>`select max(id) as id from events`;
  for (const body of ["lost 1", "lost 2"]) {
    await veli.post(`/messages/${conversationId}`, { body });
    await socket.next("message.new", ({ data }) => data.body === body);
  }
  await locks.sql.begin(async (tx) => {
    await tx`delete from events where id > ${state!.id}`;
    await tx`update rooms set last_seq = 1 where id = ${conversationId}`;
    await tx`select setval(pg_get_serial_sequence('events', 'id'), ${state!.id})`;
  });
  await veli.post(`/messages/${conversationId}`, { body: "new" });
  expect(await socket.closed).toEqual(RESTARTED);
  expect(socket.frames.filter(({ data }) => data?.body === "new")).toEqual([]);
});

test("a change of a group that comes before anybody has noticed a restore is not published either", async () => {
  const { owner, groupId } = await newGroup(server, 1);
  const socket = await (await server.connect(owner, `/ws/groups/${groupId}`)).ready();
  const [state] = await locks.sql<{ id: number }[]>`select max(id) as id from events`;
  for (const name of ["Lost 1", "Lost 2"]) {
    await owner.put(`/groups/${groupId}`, { name });
    await socket.next("group.updated", ({ data }) => data.name === name);
  }
  await locks.sql.begin(async (tx) => {
    await tx`delete from events where id > ${state!.id}`;
    await tx`update rooms set last_seq = 1 where id = ${groupId}`;
    await tx`select setval(pg_get_serial_sequence('events', 'id'), ${state!.id})`;
  });
  await owner.put(`/groups/${groupId}`, { name: "New" });
  expect(await socket.closed).toEqual(RESTARTED);
  expect(socket.frames.filter(({ data }) => data?.name === "New")).toEqual([]);
});

test.each([
  ["another system identifier", "system"],
  ["another timeline", "timeline"],
])("%s changes the epoch, and nobody writes before it has", async (_name, column) => {
  const { ali, veli, conversationId, socket, room } = await openRoom();
  await veli.post(`/messages/${conversationId}`, { body: "one" });
  const early = await epochFor(ali);
  await locks.sql.unsafe(`update epoch set ${column} = 'elsewhere'`);
  await history.endSessions("writer");
  await veli.post(`/messages/${conversationId}`, { body: "two" });
  expect(await socket.closed).toEqual(RESTARTED);
  expect(socket.frames.filter(({ data }) => data?.body === "two")).toEqual([]);
  const now = await epochFor(ali);
  expect(now).not.toBe(early);
  const { events } = await replayed(await resume(server, ali, "/ws", { rooms: { [room]: 0 }, epoch: early }));
  expect(events.map(({ type }) => type)).toEqual(["resync"]);
});

test("a change of a room in a session of another history changes nothing, and is told to come back", async () => {
  const { owner, groupId } = await newGroup(server, 1);
  const socket = await (await server.connect(owner, `/ws/groups/${groupId}`)).ready();
  await owner.put(`/groups/${groupId}`, { name: "Before" });
  await locks.sql`update epoch set system = 'elsewhere'`;
  await history.endSessions();
  // Whichever comes first: the look at the new session, or the change.
  const changed = await owner.put(`/groups/${groupId}`, { name: "After" });
  expect([200, 503]).toContain(changed.status);
  expect(await socket.closed).toEqual(RESTARTED);
  expect(socket.frames.filter(({ data }) => data?.name === "After")).toEqual([]);
});

test("what is published while the database is asked is no sign that history went back", async () => {
  let published = 0;
  let changes = 0;
  const epoch = new Epoch({
    sql: server.core.sql,
    log: server.core.log,
    publishedId: () => published,
    onChange: () => void changes++,
  });
  await epoch.check();
  const looking = epoch.check();
  published = Number.MAX_SAFE_INTEGER;
  await looking;
  epoch.close();
  expect(changes).toBe(0);
});

test("sessions that end without a change of history cost nobody their socket", async () => {
  const { ali, veli, conversationId, socket } = await openRoom();
  const early = await epochFor(ali);
  for (const round of [1, 2, 3]) {
    await history.endSessions();
    let status = 0;
    while (status !== 201) status = (await veli.post(`/messages/${conversationId}`, { body: `${round}` })).status;
    expect((await socket.next("message.new")).data.body).toBe(`${round}`);
  }
  expect(await epochFor(ali)).toBe(early);
});

test("a process that loses its place with the history that held it goes on under another epoch", async () => {
  const own = await startServer({ logLevel: "silent" });
  const past = History.of(own);
  try {
    const { ali, veli, conversationId } = await newPair(own);
    await past.keep();
    const settings = { ...databaseSettings(own.target), JWT_SECRET: "s".repeat(32), LOG_LEVEL: "silent" };
    const epochAt = async (url: string) => {
      const socket = await connect(`${url}/ws?token=${ali.token}&resume=1`);
      socket.send({ type: "resume", rooms: {} });
      return { socket, epoch: (await socket.next("resumed")).data.epoch as string };
    };
    const process = startMain(settings);
    const url = await process.listening();
    const { socket, epoch } = await epochAt(url);
    await asUser(url, veli.token).post(`/messages/${conversationId}`, { body: "lost" });
    await socket.next("message.new");
    await past.goBack();
    expect([1001, 1012]).toContain((await socket.closed).code);
    // While the process finds its way back, sockets may be closed again.
    const reconnect = (): ReturnType<typeof epochAt> => epochAt(url).catch(reconnect);
    expect((await reconnect()).epoch).not.toBe(epoch);
    expect((await process.stop()).code).toBe(0);
  } finally {
    await past.close();
    await own.close();
  }
});
