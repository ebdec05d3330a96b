// GET /admin/groups/{id} and its members: any group, without what is said in it.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { expectRefusal, startServer, type TestServer, type User } from "../support/harness.ts";

let server: TestServer;
let moderator: User;
let owner: User;
let groupId: number;
beforeAll(async () => {
  server = await startServer();
  [moderator, owner] = [await server.newUser(), await server.newUser()];
  await server.core.sql`update users set role = 'moderator' where id = ${moderator.id}`;
  groupId = (await owner.post("/groups", { name: "Hidden", description: "For two", is_private: true })).body.group_id;
});
afterAll(() => server.close());

test("a moderator sees a private group that they are not in: whose it is and how large, and nothing that is said there", async () => {
  await owner.post(`/groups/${groupId}/messages`, { body: "A secret of two" });
  const { status, body } = await moderator.get(`/admin/groups/${groupId}`);
  expect(status).toBe(200);
  expect(body.data).toMatchObject({
    id: groupId,
    name: "Hidden",
    description: "For two",
    is_private: true,
    owner: { id: owner.id },
    member_count: 1,
  });
  expect(JSON.stringify(body)).not.toContain("secret");
});

test("its members are listed page by page, with their roles and without what they have read", async () => {
  const added = [await server.newUser(), await server.newUser()];
  for (const { id } of added)
    expect((await owner.post(`/groups/${groupId}/members`, { user_id: id })).status).toBeWithin(200, 300);
  const first = await moderator.get(`/admin/groups/${groupId}/members?limit=2`);
  const second = await moderator.get(`/admin/groups/${groupId}/members?limit=2&cursor=${first.body.next_cursor}`);
  expect(second.body.next_cursor).toBeNull();
  const members = [...first.body.data, ...second.body.data];
  expect(members.map(({ id, role }) => ({ id, role }))).toEqual([
    { id: owner.id, role: "owner" },
    ...added.map(({ id }) => ({ id, role: "member" })),
  ]);
  for (const member of members) expect(Object.keys(member).toSorted()).toEqual(["id", "joined_at", "role", "username"]);
});

test("they are for moderators and admins, and of groups that exist", async () => {
  for (const path of [`/admin/groups/${groupId}`, `/admin/groups/${groupId}/members`]) {
    expectRefusal(await owner.get(path), 403, "forbidden");
    expectRefusal(await moderator.get(path.replace(String(groupId), "999999999")), 404, "not_found");
  }
  expectRefusal(await moderator.get(`/admin/groups/${groupId}/members?cursor=x`), 400, "bad_request");
});
