// Invites to groups: links that admins create and revoke, and by which anybody joins, as often as they may and no longer.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  expectInvalid,
  expectRefusal,
  MOMENT,
  newGroup,
  startServer,
  type TestServer,
  type User,
} from "../../support/harness.ts";

let server: TestServer;
let limited: TestServer;
beforeAll(async () => {
  server = await startServer({ publicUrl: "https://chat.example.org" });
  limited = await startServer({ rateLimits: true }, server.target);
});
afterAll(async () => {
  await limited.close();
  await server.close();
});

const DAY = 86_400_000;
const later = (millis: number) => new Date(Date.now() + millis).toISOString();
const UNKNOWN = "x".repeat(22);

async function scene() {
  const { owner, others, groupId } = await newGroup(server, 3, { description: "Where to?" });
  const [admin, member] = others as [User, User];
  const path = `/groups/${groupId}`;
  await owner.put(`${path}/members/${admin.id}/role`, { role: "admin" });
  return {
    owner,
    admin,
    member,
    groupId,
    path,
    invite: async (input?: object) => (await admin.post(`${path}/invites`, input)).body.data,
    uses: async (code: string) =>
      (await owner.get(`${path}/invites`)).body.data.find((invite: { code: string }) => invite.code === code)?.uses,
  };
}

const join = (user: User, code: string) => user.post(`/invites/${code}/join`);

describe("an invite", () => {
  test("shows the group to whoever has it, without a session, and lets them join it, private as it is", async () => {
    const { owner, admin, groupId, path, invite, uses } = await scene();
    const created = await invite();
    expect(created).toEqual({
      code: expect.stringMatching(/^[\w-]{22}$/),
      url: `https://chat.example.org/#/invite/${created.code}`,
      creator_id: admin.id,
      creator_name: admin.username,
      uses: 0,
      max_uses: null,
      expires_at: expect.stringMatching(MOMENT),
      created_at: expect.stringMatching(MOMENT),
    });
    const life = Date.parse(created.expires_at) - Date.parse(created.created_at);
    expect(Math.abs(life - 7 * DAY)).toBeLessThan(60_000);
    const { body } = await server.call("GET", `/invites/${created.code}`);
    expect(body.data).toEqual({
      group: { id: groupId, name: "Weekend", description: "Where to?", member_count: 3 },
      can_register: true,
      expires_at: created.expires_at,
    });

    const socket = await server.connect(owner, "/ws");
    await socket.ready();
    const newcomer = await server.newUser();
    expectRefusal(await newcomer.get(path), 404, "not_found");
    const joined = await join(newcomer, created.code);
    expect(joined.status).toBe(200);
    expect(joined.body.data).toMatchObject({ id: groupId, role: "member", member_count: 4 });
    const event = await socket.next("group.member.joined");
    expect(event.data).toMatchObject({ user_id: newcomer.id, actor_id: newcomer.id, invite_by: admin.id });
    expect(await uses(created.code)).toBe(1);
    // Nothing else of a membership says so.
    const { id } = await server.newUser();
    await owner.post(`${path}/members`, { user_id: id });
    expect((await socket.next("group.member.joined")).data).not.toHaveProperty("invite_by");
  });

  test("changes nothing for a member, and counts each person once, also when they come back", async () => {
    const { owner, member, path, invite, uses } = await scene();
    const { code } = await invite({ max_uses: 1 });
    const before = (await owner.get(path)).body.data.seq;
    expect((await join(member, code)).status).toBe(200);
    expect((await owner.get(path)).body.data.seq).toBe(before);
    expect(await uses(code)).toBe(0);
    const newcomer = await server.newUser();
    for (let time = 0; time < 2; time++) {
      expect((await join(newcomer, code)).status).toBe(200);
      await newcomer.post(`${path}/leave`);
    }
    expect(await uses(code)).toBe(1);
  });

  test("is used by no more people than it is for, however many come at once", async () => {
    const { path, owner, invite, uses } = await scene();
    const { code } = await invite({ max_uses: 3 });
    const people = await Promise.all(Array.from({ length: 8 }, () => server.newUser()));
    const answers = await Promise.all(people.map((user) => join(user, code)));
    const refused = answers.filter(({ status }) => status !== 200);
    expect(refused).toHaveLength(5);
    for (const answer of refused) expectRefusal(answer, 409, "closed");
    expect(await uses(code)).toBe(3);
    expect((await owner.get(path)).body.data.member_count).toBe(6);
    expectRefusal(await server.call("GET", `/invites/${code}`), 409, "closed");
  });

  test("ends when it runs out, and when it is revoked", async () => {
    const { owner, path, invite } = await scene();
    const [{ code }, other] = [await invite(), await invite()];
    await server.core.sql`update invites set expires_at = now() where code = ${code}`;
    const newcomer = await server.newUser();
    expectRefusal(await join(newcomer, code), 409, "closed");
    expect((await owner.get(`${path}/invites`)).body.data).toEqual([other]);
    for (let time = 0; time < 2; time++) expect((await owner.delete(`${path}/invites/${other.code}`)).status).toBe(200);
    expectRefusal(await join(newcomer, other.code), 404, "not_found");
    expectRefusal(await server.call("GET", `/invites/${other.code}`), 404, "not_found");
  });

  test("does not let in whoever is banned, and those of an admin who is banned end", async () => {
    const { owner, admin, path, invite } = await scene();
    const { code } = await invite();
    const banned = await server.newUser();
    await owner.put(`${path}/bans/${banned.id}`);
    expectRefusal(await join(banned, code), 403, "banned");
    await owner.put(`${path}/bans/${admin.id}`);
    expectRefusal(await join(await server.newUser(), code), 404, "not_found");
  });

  test("lets in also whom its creator blocks: a group is not its creator", async () => {
    const { admin, invite } = await scene();
    const { code } = await invite();
    const blocked = await server.newUser();
    await admin.put(`/blocks/${blocked.id}`);
    expect((await join(blocked, code)).status).toBe(200);
  });

  test("ends with its group", async () => {
    const { owner, path, invite } = await scene();
    const { code } = await invite();
    await owner.delete(path);
    expectRefusal(await server.call("GET", `/invites/${code}`), 404, "not_found");
  });
});

describe("creating invites", () => {
  test("twice with one client_id creates one", async () => {
    const { admin, owner, path } = await scene();
    const input = { client_id: crypto.randomUUID() };
    const answers = await Promise.all([1, 2, 3].map(() => admin.post(`${path}/invites`, input)));
    expect(new Set(answers.map(({ body }) => body.data.code)).size).toBe(1);
    expect((await owner.get(`${path}/invites`)).body.data).toHaveLength(1);
  });

  test.each([
    ["a moment that has passed", { expires_at: "2020-01-01T00:00:00Z" }, "expires_at"],
    ["more than a year", { expires_at: later(366 * DAY) }, "expires_at"],
    ["no use at all", { max_uses: 0 }, "max_uses"],
    ["half a use", { max_uses: 1.5 }, "max_uses"],
    ["an id that is none", { client_id: "mine" }, "client_id"],
  ])("is refused with %s", async (_what, input, field) => {
    const { admin, path } = await scene();
    expectInvalid(await admin.post(`${path}/invites`, input), field);
    expect((await admin.get(`${path}/invites`)).body.data).toEqual([]);
  });

  test("stops at a hundred of a group that have not run out", async () => {
    const { owner, admin, groupId, path } = await scene();
    await server.core.sql`
      insert into invites (room_id, creator_id, code, expires_at)
      select ${groupId}, ${owner.id}, gen_random_uuid()::text, now() + (n - 1) * interval '1 hour' from generate_series(1, 101) n`;
    expect((await admin.get(`${path}/invites?limit=60`)).body.next_cursor).toBeString();
    expectInvalid(await admin.post(`${path}/invites`), "group_id");
    const [{ code }] = (await admin.get(`${path}/invites?limit=1`)).body.data;
    await admin.delete(`${path}/invites/${code}`);
    expect((await admin.post(`${path}/invites`)).status).toBe(201);
  });
});

test("a network may try twenty wrong codes a minute; right ones do not count", async () => {
  const { invite } = await scene();
  const { code } = await invite();
  for (let time = 0; time < 25; time++) expect((await limited.call("GET", `/invites/${code}`)).status).toBe(200);
  for (let time = 0; time < 20; time++)
    expectRefusal(await limited.call("GET", `/invites/${UNKNOWN}`), 404, "not_found");
  expectRefusal(await limited.call("GET", `/invites/${UNKNOWN}`), 429, "slow_down");
  expectRefusal(await limited.call("GET", `/invites/${code}`), 429, "slow_down");
});
