// Batches that the database refuses as a whole, and what follows them: nothing is lost, doubled or reordered.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { openWriter } from "../../src/db/client.ts";
import { appendMessages, type BatchLink } from "../../src/timeline/append.ts";
import { direct, draft } from "../support/drafts.ts";
import { newGroup, newPair, startServer, type TestServer } from "../support/harness.ts";
import { openLocks, timelineOf } from "../support/room-lock.ts";

let server: TestServer;
let locks: ReturnType<typeof openLocks>;

beforeAll(async () => {
  server = await startServer({ logLevel: "silent", lockTimeoutMs: 30_000 });
  locks = openLocks(server);
  // The database itself refuses what says so, as a broken disk page or a constraint of tomorrow would.
  await locks.sql.unsafe(`
    create function refuse_poison() returns trigger language plpgsql as
      $$ begin
        if new.body like 'poison%' then raise exception 'no such luck'; end if;
        if new.body = 'slow' then perform pg_sleep(0.001); end if;
        return new;
      end $$;
    create trigger refuse_poison before insert on events for each row execute function refuse_poison()`);
});
afterAll(async () => {
  await locks.close();
  await server.close();
});

test("a message that the database can't store is refused alone; its neighbours in the batch are stored in order", async () => {
  const { ali, veli, conversationId } = await newPair(server);
  const elsewhere = await newPair(server);
  const path = `/ws/conversations/${conversationId}`;
  const [a, v] = await Promise.all([server.connect(ali, path), server.connect(veli, path)]);
  await Promise.all([a.ready(), v.ready()]);
  // The first message waits for the lock; all others then make one batch.
  const release = await locks.holdRoom(conversationId);
  const bodies = ["first", "one", "poison a", "two", "three", "poison b", "four"];
  for (const body of bodies) a.send({ type: "message.send", body, ref: body });
  await locks.queued(1);
  const neighbour = elsewhere.ali.post(`/messages/${elsewhere.conversationId}`, { body: "from another room" });
  const poison = veli.post(`/messages/${conversationId}`, { body: "poison c" });
  await release();

  const answers = [];
  for (const _ of bodies) answers.push(await a.nextOf("ack", "error"));
  const refused = answers.filter(({ type }) => type === "error");
  expect(refused.map(({ ref, code }) => [ref, code])).toEqual([
    ["poison a", "internal"],
    ["poison b", "internal"],
  ]);
  expect(JSON.stringify(refused)).not.toContain("luck");
  const stored = ["first", "one", "two", "three", "four"];
  for (const [i, body] of stored.entries()) {
    expect(await v.next("message.new")).toMatchObject({ seq: i + 1, data: { body } });
  }
  expect(answers.filter(({ type }) => type === "ack").map(({ ref }) => ref)).toEqual(stored);
  expect((await neighbour).status).toBe(201);
  expect([(await poison).status, (await poison).body.code]).toEqual([500, "internal"]);
  a.send({ type: "message.send", body: "after" });
  expect(await v.next("message.new")).toMatchObject({ seq: 6, data: { body: "after" } });
  await v.expectSilence();
});

test("nothing of a batch is stored when the one before it on the same connection was not", async () => {
  const { ali, veli, conversationId } = await newPair(server);
  const { sql, name } = openWriter(server.target);
  const send = (turn: BatchLink, ...bodies: string[]) =>
    appendMessages(
      sql,
      bodies.map((body) => draft(ali, direct(conversationId), { body })),
      () => null,
      turn,
    );
  try {
    await send({ name: "1", after: null }, "first");
    const [stored, refused, behind, last] = await Promise.allSettled([
      send({ name: "2", after: "1" }, "second"),
      send({ name: "3", after: "2" }, "poison", "third"),
      send({ name: "4", after: "3" }, "fourth"),
      send({ name: "5", after: null }, "fifth"),
    ]);
    expect([stored, last].map((one) => one.status)).toEqual(["fulfilled", "fulfilled"]);
    expect(refused.status).toBe("rejected");
    expect(behind).toEqual({ status: "fulfilled", value: null });
    // Nor on a connection that has never heard of it.
    await locks.sql`select pg_terminate_backend(pid, 5000) from pg_stat_activity where application_name = ${name}`;
    while ((await send({ name: "6", after: null }).catch(() => "gone")) === "gone") await Bun.sleep(5);
    expect(await send({ name: "7", after: "5" }, "sixth")).toBeNull();
  } finally {
    await sql.end();
  }
  const { data } = (await veli.get(`/messages/${conversationId}`)).body;
  expect(data.map(({ body }: { body: string }) => body)).toEqual(["first", "second", "fifth"]);
});

test("each sender's messages are stored in the order in which they were sent, however many batches the database refuses", async () => {
  const pairs = await Promise.all(Array.from({ length: 4 }, () => newPair(server)));
  const sent = 150;
  const bodies = Array.from({ length: sent }, (_, i) => (i % 13 === 7 ? `poison ${i}` : String(i)));
  const answers = await Promise.all(
    pairs.map(async ({ ali, conversationId }) => {
      const socket = await (await server.connect(ali, `/ws/conversations/${conversationId}`)).ready();
      const codes = [];
      // A few at a time, so that batches are small and one is always on its way behind another.
      for (const [i, body] of bodies.entries()) {
        socket.send({ type: "message.send", body, ref: body });
        if (i % 3 === 0) await new Promise(setImmediate);
        if (i >= 30) codes.push(await socket.nextOf("ack", "error"));
      }
      while (codes.length < sent) codes.push(await socket.nextOf("ack", "error"));
      return codes;
    }),
  );
  const healthy = bodies.filter((body) => !body.startsWith("poison"));
  for (const codes of answers) {
    expect(codes.filter(({ type }) => type === "error").map(({ ref }) => ref)).toEqual(
      bodies.filter((body) => body.startsWith("poison")),
    );
  }
  for (const { conversationId } of pairs) {
    expect((await timelineOf(server, conversationId)).map(({ body }) => body)).toEqual(healthy);
  }
});

test("a change of a room has its turn though messages never cease to come", async () => {
  const { owner, others, groupId } = await newGroup(server, 3);
  const [o, ...talkers] = await Promise.all(
    [owner, ...others].map((user) => server.connect(user, `/ws/groups/${groupId}`)),
  );
  await Promise.all([o!, ...talkers].map((socket) => socket.ready()));
  let isRenamed = false;
  let sent = 0;
  // Slow to store, so that there are always some that wait.
  const talk = async (socket: (typeof talkers)[number]) => {
    for (let i = 0; !isRenamed && i < 1_000; i++, sent++) {
      socket.send({ type: "group.message.send", body: "slow", ref: "" });
      if (i >= 40) await socket.next("ack");
    }
  };
  const rename = async () => {
    await o!.next("group.message.new");
    const { status } = await owner.put(`/groups/${groupId}`, { name: "Sunday" });
    isRenamed = true;
    return status;
  };
  const [status] = await Promise.all([rename(), ...talkers.map(talk)]);
  expect([status, sent < 2_000]).toEqual([200, true]);
});
