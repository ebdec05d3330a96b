// What several servers on one database promise about who is online: a user with a socket on any of them is, and friends on all of
// them learn of it once.
import { afterAll, beforeAll, describe, expect, spyOn, test } from "bun:test";
import { type Json, MOMENT, type TestServer, type User } from "../support/harness.ts";
import { BUSES, startTwo, type TwoServers } from "./two-servers.ts";

const open = async (server: TestServer, user: User, path = "/ws") => (await server.connect(user, path)).ready();

async function newFriends(server: TestServer) {
  const [ali, veli] = [await server.newUser(), await server.newUser()];
  await befriend(ali, veli);
  return { ali, veli };
}

async function befriend(a: User, b: User) {
  await a.post(`/friends/requests/${b.id}`);
  await b.post(`/friends/requests/${a.id}`);
}

/** Holds back what the server publishes of users who have gone; returns a function that lets it through. */
function holdBackGoings(server: TestServer): () => void {
  const { bus } = server.core;
  const publish = bus.publishToUser.bind(bus);
  const held: (() => void)[] = [];
  const spy = spyOn(bus, "publishToUser").mockImplementation((...told) => {
    if (told[1].includes('"online":false')) held.push(() => publish(...told));
    else publish(...told);
  });
  return () => {
    spy.mockRestore();
    for (const release of held) release();
  };
}

const GRACE_MS = 500;
const SEEN = expect.stringMatching(MOMENT);

for (const bus of BUSES)
  describe(bus, () => {
    let two: TwoServers;
    beforeAll(async () => {
      two = await startTwo(bus);
    });
    afterAll(() => two.close());

    const isOnline = async (by: Pick<User, "get">) => (await by.get("/friends")).body.data[0].online;

    test("friends on every server learn who comes online on one of them, and who goes", async () => {
      const { ali, veli } = await newFriends(two.a);
      const watching = [await open(two.a, ali), await open(two.b, ali)];
      const socket = await open(two.b, veli);
      for (const own of watching)
        expect((await own.next("presence")).data).toEqual({ user_id: veli.id, online: true, last_seen_at: SEEN });
      expect(await isOnline(ali)).toBe(true);
      expect(await isOnline(two.onB(ali))).toBe(true);
      await socket.close();
      for (const own of watching)
        expect((await own.next("presence")).data).toEqual({ user_id: veli.id, online: false, last_seen_at: SEEN });
      expect(await isOnline(ali)).toBe(false);
      expect(await isOnline(two.onB(ali))).toBe(false);
    });

    test("who closes a tab on one server and has another on the other stays online, and is told of once", async () => {
      const { ali, veli } = await newFriends(two.a);
      const onA = await open(two.a, ali);
      const first = await open(two.a, veli);
      expect((await onA.next("presence")).data.online).toBe(true);
      const second = await open(two.b, veli);
      await rows(two, veli.id, 2);
      await first.close();
      await rows(two, veli.id, 1);
      expect(await isOnline(ali)).toBe(true);
      await second.close();
      expect((await onA.next("presence")).data.online).toBe(false);
      expect(onA.frames.filter(({ type }) => type === "presence")).toEqual([]);
    });

    test("who comes and goes on both servers at once is told of once each time", async () => {
      const { ali, veli } = await newFriends(two.a);
      const onA = await open(two.a, ali);
      for (let i = 0; i < 3; i++) {
        const tabs = await Promise.all([open(two.a, veli), open(two.b, veli)]);
        expect((await onA.next("presence")).data.online).toBe(true);
        await rows(two, veli.id, 2);
        await Promise.all(tabs.map((tab) => tab.close()));
        expect((await onA.next("presence")).data.online).toBe(false);
        await rows(two, veli.id, 0);
        expect(onA.frames.filter(({ type }) => type === "presence")).toEqual([]);
      }
    });

    test("who goes from one server to the other is online for friends everywhere, though the going is published last", async () => {
      const { ali, veli } = await newFriends(two.a);
      const watching = [await open(two.a, ali), await open(two.b, ali)];
      const first = await open(two.a, veli);
      // (That they were not, when the friendship began, may come late.)
      for (const own of watching) await own.find("online", ({ type, data }) => type === "presence" && data.online);
      const release = holdBackGoings(two.a);
      await first.close();
      await rows(two, veli.id, 0);
      await open(two.b, veli);
      for (const own of watching) expect((await own.next("presence")).data.online).toBe(true);
      release();
      // What is published after it has come as well.
      const can = await two.a.newUser();
      await can.post(`/friends/requests/${ali.id}`);
      for (const own of watching)
        expect((await own.nextOf("friend.requested", "presence")).type).toBe("friend.requested");
    });

    test.each([
      ["a little is outrun", 10, true],
      ["a lot is not held on to", 3_600, false],
    ])("a clock of the database that was set back by %s", async (_name, seconds, isLater) => {
      const { ali, veli } = await newFriends(two.a);
      const onA = await open(two.a, ali);
      const [row] = await two.a.core.sql<{ at: Date }[]>`
        update users set last_seen_at = clock_timestamp() + ${seconds} * interval '1 second' where id = ${veli.id}
        returning last_seen_at::text as at`;
      await open(two.b, veli);
      const { last_seen_at } = (await onA.next("presence")).data;
      expect(new Date(last_seen_at) >= new Date(row!.at)).toBe(isLater);
    });

    test("new friends on different servers learn of each other at once", async () => {
      const [ali, veli] = [await two.a.newUser(), await two.a.newUser()];
      const [onA, onB] = [await open(two.a, ali), await open(two.b, veli)];
      await rows(two, ali.id, 1);
      await rows(two, veli.id, 1);
      await befriend(ali, veli);
      expect((await onA.next("presence")).data).toMatchObject({ user_id: veli.id, online: true });
      expect((await onB.next("presence")).data).toMatchObject({ user_id: ali.id, online: true });
    });

    test("a server that is taken for dead and goes on has its users online again", async () => {
      const { ali, veli } = await newFriends(two.a);
      const onA = await open(two.a, ali);
      await open(two.b, veli);
      expect((await onA.next("presence")).data.online).toBe(true);
      const { sql } = two.a.core;
      await sql`delete from nodes where id = ${two.nodeIds.b}`;
      expect((await onA.next("presence")).data).toEqual({ user_id: veli.id, online: false, last_seen_at: SEEN });
      await sql`insert into nodes (id, name, is_shared) values (${two.nodeIds.b}, 'b', true)`;
      expect((await onA.next("presence")).data).toMatchObject({ user_id: veli.id, online: true });
    });

    test("a table that a crash of PostgreSQL has emptied is written anew", async () => {
      const { ali, veli } = await newFriends(two.a);
      await open(two.b, veli);
      await rows(two, veli.id, 1);
      await two.a.core.sql`truncate online`;
      await rows(two, veli.id, 1);
      expect(await isOnline(ali)).toBe(true);
    });
  });

test("the users of a server that was killed are offline after the grace, but for those who are back on another one", async () => {
  const two = await startTwo("notify");
  const { ali, veli } = await newFriends(two.a);
  const can = await two.a.newUser();
  await befriend(ali, can);
  const onA = await open(two.a, ali);
  await Promise.all([open(two.b, veli), open(two.b, can)]);
  await rows(two, veli.id, 1);
  await rows(two, can.id, 1);
  await two.b.close();
  await two.a.core.sql`delete from nodes where id = ${two.nodeIds.b}`;
  await open(two.a, can);
  for (;;) {
    const { data } = await onA.next("presence");
    if (data.online) continue;
    expect(data).toEqual({ user_id: veli.id, online: false, last_seen_at: SEEN });
    break;
  }
  await rows(two, can.id, 1);
  const { body } = await ali.get("/friends");
  expect(body.data.map(({ id, online }: Json) => [id, online])).toEqual([
    [veli.id, false],
    [can.id, true],
  ]);
  expect(onA.frames.filter(({ type, data }) => type === "presence" && data.user_id === can.id && !data.online)).toEqual(
    [],
  );
  await two.a.close();
});

test("who is back on the other server at the very end of the grace was never gone", async () => {
  const two = await startTwo("notify", {}, { presenceGrace: GRACE_MS });
  const { ali, veli } = await newFriends(two.a);
  const watching = await open(two.a, ali);
  const { sql } = two.a.core;
  let servers = [
    { server: two.a, nodeId: two.nodeIds.a },
    { server: two.b, nodeId: two.nodeIds.b },
  ];
  const settled = async () => {
    const isAlone = () =>
      sql`select 1 from online where user_id = ${veli.id} having bool_and(node_id = ${servers[0]!.nodeId})`;
    while ((await isAlone()).length === 0) await Bun.sleep(10);
  };
  let socket = await open(two.a, veli);
  await settled();
  expect((await watching.next("presence")).data.online).toBe(true);
  for (let judged = 0; judged < 4; ) {
    const began = performance.now();
    await socket.close();
    await Bun.sleep(GRACE_MS - 30);
    servers = servers.toReversed();
    socket = await open(servers[0]!.server, veli);
    const isLate = performance.now() - began > GRACE_MS;
    await settled();
    if (!isLate) {
      judged++;
      expect(watching.frames.filter(({ type }) => type === "presence")).toEqual([]);
    }
    // What a late one has shown comes before this.
    const can = await two.a.newUser();
    await can.post(`/friends/requests/${ali.id}`);
    await watching.next("friend.requested");
  }
  await two.close();
});

/** Resolves when this many servers have stored that they have sockets of the user. */
async function rows(two: TwoServers, userId: number, count: number) {
  const { sql } = two.a.core;
  for (;;) {
    const [row] = await sql`select count(*)::int as count from online where user_id = ${userId}`;
    if (row!.count === count) return;
    await Bun.sleep(10);
  }
}
