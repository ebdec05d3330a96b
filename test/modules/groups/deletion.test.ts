// Deleting a group: gone for everyone at once, and cleared from the database soon after.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { expectRefusal, newGroup, startServer, type TestServer, type User } from "../../support/harness.ts";
import { until } from "../../support/patience.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

const idsOf = (answer: { body: { data: { id: number }[] } }) => answer.body.data.map(({ id }) => id);
const say = (user: User, groupId: number, body: string) => user.post(`/groups/${groupId}/messages`, { body });

describe("deleting a group", () => {
  const left = async (groupId: number) => {
    const [row] = await server.core.sql`
      select (select count(*) from events where room_id = ${groupId}) + (select count(*) from members where room_id = ${groupId})
        + (select count(*) from rooms where id = ${groupId}) as rows`;
    return row!.rows as number;
  };
  const purged = async (groupId: number) => {
    await until("nothing is left of the group", async () => (await left(groupId)) === 0);
    return 0;
  };

  test("removes it for everyone at once", async () => {
    const { owner, others, groupId } = await newGroup(server, 2, { is_private: false });
    const { body } = await say(others[0]!, groupId, "soon gone");
    const deleted = await owner.delete(`/groups/${groupId}`);
    expect(deleted.status).toBe(200);
    expect(deleted.body).toEqual({ detail: expect.any(String) });
    const path = `/groups/${groupId}`;
    for (const user of [owner, others[0]!, await server.newUser()]) {
      for (const answer of await Promise.all([
        user.get(path),
        user.get(`${path}/members`),
        user.get(`${path}/messages`),
        user.post(`${path}/messages`, { body: "anyone?" }),
        user.delete(`${path}/messages/${body.data.id}`),
        user.put(`${path}/members/me/read`),
        user.post(`${path}/join`),
        user.delete(path),
      ])) {
        expectRefusal(answer, 404, "not_found");
      }
      expect(idsOf(await user.get("/groups"))).not.toContain(groupId);
      expect(idsOf(await user.get("/groups/public"))).not.toContain(groupId);
    }
  });

  test("clears its messages from the database, and those of no other", async () => {
    const [gone, kept] = await Promise.all([newGroup(server, 2), newGroup(server, 2)]);
    for (const { owner, groupId } of [gone, kept]) await say(owner, groupId, "hello");
    const before = await left(kept.groupId);
    await gone.owner.delete(`/groups/${gone.groupId}`);
    expect(await purged(gone.groupId)).toBe(0);
    expect(await left(kept.groupId)).toBe(before);
  });

  test("clears one that is deleted while a large one is being cleared", async () => {
    const [large, small] = await Promise.all([newGroup(server, 1), newGroup(server, 1)]);
    await server.core.sql`
      insert into events (room_id, seq, kind, actor_id, body)
      select ${large.groupId}, 1000 + n, 'message', ${large.owner.id}, 'x' from generate_series(1, 20000) n`;
    await say(small.owner, small.groupId, "hello");
    await large.owner.delete(`/groups/${large.groupId}`);
    await small.owner.delete(`/groups/${small.groupId}`);
    expect(await purged(large.groupId)).toBe(0);
    expect(await purged(small.groupId)).toBe(0);
  });

  test("ten times at once: one is told 200, the others that it isn't there", async () => {
    const { owner, groupId } = await newGroup(server, 1);
    const answers = await Promise.all(Array.from({ length: 10 }, () => owner.delete(`/groups/${groupId}`)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(9).fill(404)]);
  });
});
