// Coming back to a lot: long absences, large messages, many rooms, crowds.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { newGroup, newPair, startServer, type TestServer } from "../support/harness.ts";
import { replayed, resume, seqs, upTo } from "../support/resuming.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

test("past 1,000 missed changes, or from a position that is not there, the client is told to read anew", async () => {
  const { ali, veli, conversationId } = await newPair(server);
  await server.core.sql`insert into events (room_id, seq, kind, actor_id, body, client_id)
    select ${conversationId}, n, 'message', ${veli.id}, n::text, gen_random_uuid() from generate_series(1, 1005) n`;
  await server.core.sql`update rooms set last_seq = 1005 where id = ${conversationId}`;
  const path = `/ws/conversations/${conversationId}`;
  const resync = { room: `conversation:${conversationId}`, conversation_id: conversationId, seq: 1005 };

  const exact = await replayed(await resume(server, ali, path, { after_seq: 5 }));
  expect(seqs(exact.events)).toEqual(upTo(1005, 6));
  for (const after_seq of [4, 1006]) {
    const socket = await resume(server, ali, path, { after_seq });
    const { events, resumed } = await replayed(socket);
    expect(events).toEqual([{ type: "resync", data: resync }]);
    expect(resumed.data).toMatchObject({ seq: 1005, unread_count: 100 });
    await socket.close();
  }
  const socket = await resume(server, ali, "/ws", { rooms: { [`conversation:${conversationId}`]: 0 } });
  expect((await replayed(socket)).events).toEqual([{ type: "resync", data: resync }]);
  await veli.post(`/messages/${conversationId}`, { body: "after it" });
  expect((await socket.next("message.new")).seq).toBe(1006);
});

test("a replay far larger than a socket may let pile up arrives whole", async () => {
  const { ali, veli, conversationId } = await newPair(server);
  await server.core.sql`insert into events (room_id, seq, kind, actor_id, body, client_id)
    select ${conversationId}, n, 'message', ${veli.id}, repeat('x', 4000), gen_random_uuid() from generate_series(1, 1000) n`;
  await server.core.sql`update rooms set last_seq = 1000 where id = ${conversationId}`;
  const { events } = await replayed(
    await resume(server, ali, "/ws", { rooms: { [`conversation:${conversationId}`]: 0 } }),
  );
  expect(seqs(events)).toEqual(upTo(1000));
});

test("positions are those of all members up to a hundred, beyond that of oneself", async () => {
  const { owner, groupId } = await newGroup(server, 2);
  const standing = async () =>
    (await replayed(await resume(server, owner, `/ws/groups/${groupId}`, { after_seq: 0 }))).resumed.data;
  expect((await standing()).members).toHaveLength(2);
  await server.core.sql`insert into users (username, username_key, email, email_key, password_hash)
    select 'crowd' || n, 'crowd' || n, 'crowd' || n, 'crowd' || n, '' from generate_series(1, 99) n`;
  await server.core.sql`insert into members (room_id, user_id)
    select ${groupId}, id from users where username like 'crowd%' order by id limit 98`;
  expect((await standing()).members).toHaveLength(100);
  await server.core.sql`insert into members (room_id, user_id)
    select ${groupId}, id from users where username like 'crowd%' on conflict do nothing`;
  expect((await standing()).members).toEqual([{ user_id: owner.id, read_seq: 0, delivered_seq: expect.any(Number) }]);
});

test("a user with hundreds of rooms is told of all of them, a part at a time", async () => {
  const ali = await server.newUser();
  const ids = await server.core.sql<{ id: number }[]>`
    insert into rooms (kind) select 'group' from generate_series(1, 250) returning id`;
  await server.core
    .sql`insert into groups (room_id, name, owner_id) select id, 'g', ${ali.id} from unnest(${ids.map(({ id }) => id)}::bigint[]) id`;
  await server.core
    .sql`insert into members (room_id, user_id, role) select id, ${ali.id}, 'owner' from unnest(${ids.map(({ id }) => id)}::bigint[]) id`;
  const named = ids[249]!.id;
  await ali.post(`/groups/${named}/messages`, { body: "missed" });
  const socket = await resume(server, ali, "/ws", { rooms: { [`group:${named}`]: 0 } });
  const first = await replayed(socket);
  expect(seqs(first.events)).toEqual([1]);
  expect(first.resumed.data.rooms).toHaveProperty([`group:${named}`]);
  const parts = [first, await replayed(socket), await replayed(socket)].map(({ resumed }) => resumed.data);
  expect(parts.map(({ more }) => more)).toEqual([true, true, false]);
  expect(new Set(parts.flatMap(({ rooms }) => Object.keys(rooms))).size).toBe(250);
});

test("what was missed in many rooms comes room by room, in order and once, wherever it is cut to be read", async () => {
  const ali = await server.newUser();
  const counts = [70, 1, 99, 0, 130, 30];
  const rooms = [];
  for (const count of counts) {
    const { body } = await ali.post("/groups", { name: "Cut" });
    await server.core.sql`
      with stored as (
        insert into events (room_id, seq, kind, actor_id, body)
        select ${body.group_id}::bigint, n, 'message', ${ali.id}::bigint, n::text from generate_series(2, ${count + 1}::int) n
        returning 1)
      update rooms set last_seq = ${count + 1}::int where id = ${body.group_id}`;
    rooms.push({ id: body.group_id as number, count });
  }
  const socket = await (await server.connect(ali, "/ws")).ready();
  socket.send({ type: "resume", rooms: Object.fromEntries(rooms.map(({ id }) => [`group:${id}`, 1])) });
  const shown = new Map<number, number[]>();
  for (let frame = await socket.find("a frame", () => true); frame.type !== "resumed"; ) {
    shown.set(frame.data.group_id, [...(shown.get(frame.data.group_id) ?? []), frame.seq!]);
    frame = await socket.find("a frame", () => true);
  }
  for (const { id, count } of rooms) expect(shown.get(id) ?? []).toEqual(upTo(count + 1, 2));
});
