// What search reads follows what is said: within a moment, whatever happens to messages, rooms and servers.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { searchFeed } from "../../src/feeds/search/feed.ts";
import { newGroup, newPair, startServer, type TestServer } from "../support/harness.ts";
import { faultsOfIndex, indexed } from "../support/search-index.ts";

let server: TestServer;

beforeAll(async () => {
  server = await startServer({ search: true });
});
afterAll(() => server.close());

const sql = () => server.core.sql;
const wordsOf = async (id: number) => {
  const [row] = await sql()<{ words: string }[]>`select words::text from search where event_id = ${id}`;
  return row?.words;
};

/** Runs `work` while the feed leaves the room alone. */
async function withoutFeed(roomId: number, work: () => Promise<void>) {
  const holder = await sql().reserve();
  await holder`begin`;
  await holder`select from feeds where room_id = ${roomId} for update`;
  await work();
  await holder`rollback`;
  holder.release();
}

test("messages, edits and deletions are indexed as they stand", async () => {
  const { ali, veli, conversationId } = await newPair(server);
  const { owner, groupId } = await newGroup(server);
  const [direct, group] = [`/messages/${conversationId}`, `/groups/${groupId}/messages`];
  const { id: edited } = (await ali.post(direct, { body: "apple pear" })).body.data;
  const { id: deleted } = (await veli.post(direct, { body: "cherry" })).body.data;
  await owner.post(group, { body: "see https://example.com/plum" });
  await indexed(sql());
  expect(await wordsOf(edited)).toContain("'w:pear'");
  await ali.put(`${direct}/${edited}`, { body: "apple quince" });
  await veli.delete(`${direct}/${deleted}`);
  await indexed(sql());
  expect(await wordsOf(edited)).not.toContain("'w:pear'");
  expect(await wordsOf(deleted)).toBeUndefined();
  expect(await faultsOfIndex(sql())).toEqual([]);
});

test("a deletion takes the text out of the index at once, before the feed comes to it", async () => {
  const { ali, conversationId } = await newPair(server);
  const { id } = (await ali.post(`/messages/${conversationId}`, { body: "secret" })).body.data;
  await indexed(sql());
  await withoutFeed(conversationId, async () => {
    await ali.delete(`/messages/${conversationId}/${id}`);
    expect(await wordsOf(id)).toBe("");
  });
  await indexed(sql());
  expect(await wordsOf(id)).toBeUndefined();
});

test("what was read before a deletion is not stored after it", async () => {
  const { ali, conversationId } = await newPair(server);
  await ali.post(`/messages/${conversationId}`, { body: "first" });
  await indexed(sql());
  await withoutFeed(conversationId, async () => {
    const { id } = (await ali.post(`/messages/${conversationId}`, { body: "too late" })).body.data;
    const { id: last } = (await ali.post(`/messages/${conversationId}`, { body: "in time" })).body.data;
    await ali.delete(`/messages/${conversationId}/${id}`);
    // As a feed that has read both while they stood.
    const read = { senderId: ali.id, body: "as read", data: null, createdAt: "2026-01-01", isDeleted: false };
    const events = [id, last].map((id) => ({
      ...{ id, roomId: conversationId, seq: id, kind: "message" as const },
      message: { id, ...read },
    }));
    await sql().begin((tx) => searchFeed.work(tx, events));
    expect(await wordsOf(id)).toBe("");
    expect(await wordsOf(last)).toContain("'w:read'");
  });
});

test("a deleted group leaves nothing behind", async () => {
  const { owner, groupId } = await newGroup(server);
  for (let i = 0; i < 5; i++) await owner.post(`/groups/${groupId}/messages`, { body: `message ${i}` });
  await indexed(sql());
  expect((await sql()`select from search where room_id = ${groupId}`).length).toBe(5);
  await owner.delete(`/groups/${groupId}`);
  const left = async () => [
    ...(await sql()`select 1 from rooms where id = ${groupId}`),
    ...(await sql()`select 1 from search where room_id = ${groupId}`),
    ...(await sql()`select 1 from feeds where room_id = ${groupId}`),
  ];
  while ((await left()).length > 0) await Bun.sleep(10);
});

test("what was written while search was off is indexed when it is turned on, deletions meanwhile included", async () => {
  const off = await startServer({ search: false });
  const { ali, conversationId } = await newPair(off);
  const path = `/messages/${conversationId}`;
  const ids: number[] = [];
  for (let i = 0; i < 12; i++) ids.push((await ali.post(path, { body: `message ${i}` })).body.data.id);
  expect(await off.core.sql`select from feeds`).toBeEmpty();
  const on = await startServer({ search: true }, off.target);
  await indexed(on.core.sql);
  expect(await faultsOfIndex(on.core.sql)).toEqual([]);
  await on.close();
  // Off again: a deletion reaches what was indexed before.
  await ali.delete(`${path}/${ids[3]}`);
  expect(await off.core.sql`select from search where event_id = ${ids[3]!}`).toBeEmpty();
  expect(await faultsOfIndex(off.core.sql)).toEqual([]);
  await off.close();
});

test("a room that a server without the feed has cleared away is forgotten", async () => {
  const { owner, groupId } = await newGroup(server);
  await owner.post(`/groups/${groupId}/messages`, { body: "gone" });
  await indexed(sql());
  await sql()`delete from events where room_id = ${groupId}`;
  await sql()`delete from rooms where id = ${groupId}`;
  const next = await startServer({ search: true }, server.target);
  while ((await sql()`select from search where room_id = ${groupId}`).length > 0) await Bun.sleep(10);
  while ((await sql()`select from feeds where room_id = ${groupId}`).length > 0) await Bun.sleep(10);
  await next.close();
});
