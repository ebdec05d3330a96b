// Adding people to groups: under which names, with which role, how many who are no friends, and whom not at all.
import { afterAll, beforeAll, describe, expect, spyOn, test } from "bun:test";
import { ChatError } from "../../../src/lib/errors.ts";
import { tooMany } from "../../../src/protocol/refusals.ts";
import {
  expectInvalid,
  expectRefusal,
  newGroup,
  startServer,
  type TestServer,
  type User,
} from "../../support/harness.ts";

let server: TestServer;
/** With rates, and few adds. */
let strict: TestServer;
beforeAll(async () => {
  [server, strict] = await Promise.all([startServer(), startServer({ rateLimits: true, addsPerHour: 3 })]);
});
afterAll(() => Promise.all([server.close(), strict.close()]));

async function befriend(a: User, b: User) {
  await a.post(`/friends/requests/${b.id}`);
  await b.post(`/friends/requests/${a.id}`);
}

describe("a frontend written for the seed's own code", () => {
  test("adds by `member_id`, and gives `member` or nothing as the role", async () => {
    const { owner, groupId } = await newGroup(server, 1);
    for (const role of [undefined, "member"]) {
      const veli = await server.newUser();
      const { status, body } = await owner.post(`/groups/${groupId}/members`, { member_id: veli.id, role });
      expect(status).toBe(201);
      expect(body.data).toMatchObject({ user_id: veli.id, role: "member" });
      expect(Object.keys(body.data)).not.toContain("member_id");
    }
  });

  test("has the owner add an admin, in one change that tells so", async () => {
    const { owner, groupId } = await newGroup(server, 1);
    const veli = await server.newUser();
    const socket = await server.connect(owner, `/ws/groups/${groupId}`);
    await socket.ready();
    const { status, body } = await owner.post(`/groups/${groupId}/members`, { member_id: veli.id, role: "admin" });
    expect(status).toBe(201);
    expect(body.data).toMatchObject({ user_id: veli.id, role: "admin" });
    expect((await socket.next("group.member.joined")).data).toMatchObject({ user_id: veli.id, role: "admin" });
    await socket.expectSilence();
    await socket.close();
    expect((await veli.put(`/groups/${groupId}`, { name: "Renamed" })).status).toBe(200);
  });

  test("is refused an admin by an admin or a member, and nobody is added", async () => {
    const { owner, others, groupId } = await newGroup(server, 3);
    const [admin, member] = others;
    await owner.put(`/groups/${groupId}/members/${admin!.id}/role`, { role: "admin" });
    const veli = await server.newUser();
    for (const actor of [admin!, member!]) {
      const answer = await actor.post(`/groups/${groupId}/members`, { member_id: veli.id, role: "admin" });
      expectRefusal(answer, 403, "forbidden");
    }
    expectRefusal(await veli.get(`/groups/${groupId}`), 404, "not_found");
  });

  test.each([
    [{ role: "owner" }, "role"],
    [{ role: "moderator" }, "role"],
    [{ role: null }, "role"],
    [{ role: "" }, "role"],
    [{ member_id: "abc" }, "member_id"],
    [{ member_id: 0 }, "member_id"],
    [{ member_id: 1.5 }, "member_id"],
    [{ member_id: null }, "member_id"],
    [{ member_id: undefined }, "user_id"],
    [{ user_id: 999_999_998 }, "member_id"],
  ])("is refused %p, and nobody is added", async (spoilt, field) => {
    const { owner, groupId } = await newGroup(server, 1);
    const veli = await server.newUser();
    expectInvalid(await owner.post(`/groups/${groupId}/members`, { member_id: veli.id, ...spoilt }), field);
    expect((await owner.get(`/groups/${groupId}`)).body.data.member_count).toBe(1);
  });

  test("may give both names, if they name the same person", async () => {
    const { owner, groupId } = await newGroup(server, 1);
    const { id } = await server.newUser();
    expect((await owner.post(`/groups/${groupId}/members`, { member_id: id, user_id: id })).status).toBe(201);
  });

  test("adds an admin who was muted once as one who can speak", async () => {
    const { owner, others, groupId } = await newGroup(server, 2);
    const [veli] = others;
    await owner.put(`/groups/${groupId}/members/${veli!.id}/mute`);
    await veli!.post(`/groups/${groupId}/leave`);
    await owner.post(`/groups/${groupId}/members`, { user_id: veli!.id, role: "admin" });
    expect((await veli!.post(`/groups/${groupId}/messages`, { body: "hello" })).status).toBe(201);
  });
});

describe("people who are no friends of the one who adds them", () => {
  test("are bounded in all groups together; friends, and adds that fail, are not", async () => {
    const { owner, others, groupId } = await newGroup(strict, 1);
    expect(others).toHaveLength(0);
    const people = await Promise.all(Array.from({ length: 8 }, () => strict.newUser()));
    const other = (await owner.post("/groups", { name: "Other" })).body.group_id;
    await befriend(owner, people[7]!);
    const add = (id: number, to: number) => owner.post(`/groups/${to}/members`, { user_id: id });
    expect((await add(people[0]!.id, groupId)).status).toBe(201);
    expectRefusal(await add(people[0]!.id, groupId), 409, "already_member");
    expectRefusal(await add(999_999_999, groupId), 404, "not_found");
    expect((await add(people[0]!.id, other)).status).toBe(201);
    expect((await add(people[1]!.id, other)).status).toBe(201);
    for (const to of [groupId, other]) {
      const { retry_after } = expectRefusal(await add(people[2]!.id, to), 429, "slow_down");
      expect(retry_after).toBeWithin(1, 3_601);
      expectRefusal(await people[2]!.get(`/groups/${to}`), 404, "not_found");
    }
    for (const to of [groupId, other]) expect((await add(people[7]!.id, to)).status).toBe(201);
    // Others have theirs.
    const { owner: another, groupId: theirs } = await newGroup(strict, 1);
    expect((await another.post(`/groups/${theirs}/members`, { user_id: people[2]!.id })).status).toBe(201);
  });

  test("who block the one who adds them are not found, and those whom the one who adds blocks are `blocked`", async () => {
    const { owner, groupId } = await newGroup(server, 1);
    const [veli, can] = await Promise.all([server.newUser(), server.newUser()]);
    await veli.put(`/blocks/${owner.id}`);
    await owner.put(`/blocks/${can.id}`);
    expectRefusal(await owner.post(`/groups/${groupId}/members`, { user_id: veli.id }), 404, "not_found");
    expectRefusal(await owner.post(`/groups/${groupId}/members`, { member_id: veli.id }), 404, "not_found");
    expectRefusal(await owner.post(`/groups/${groupId}/members`, { user_id: can.id }), 403, "blocked");
    expect((await owner.get(`/groups/${groupId}`)).body.data.member_count).toBe(1);
  });
});

describe("joining and leaving", () => {
  test("the same group again and again is slowed down, and others' joins are not", async () => {
    const { groupId } = await newGroup(strict, 1, { is_private: false });
    const [ali, veli] = await Promise.all([strict.newUser(), strict.newUser()]);
    const statuses = [];
    for (let n = 0; n < 20; n++) {
      const answer = await ali.post(`/groups/${groupId}/${n % 2 === 0 ? "join" : "leave"}`);
      statuses.push(answer.status);
      if (answer.status !== 200) {
        expectRefusal(answer, 429, "slow_down");
        break;
      }
    }
    expect(statuses.length).toBeLessThanOrEqual(12);
    expect(statuses.at(-1)).toBe(429);
    expect((await veli.post(`/groups/${groupId}/join`)).status).toBe(200);
    expect((await veli.post(`/groups/${groupId}/leave`)).status).toBe(200);
  });

  test("one group after the other is slowed down", async () => {
    const [ali, ...owners] = await Promise.all(Array.from({ length: 5 }, () => strict.newUser()));
    let refused = 0;
    for (let n = 0; n < 70 && refused === 0; n++) {
      const { body } = await owners[n % 4]!.post("/groups", { name: "Weekend", is_private: false });
      const answer = await ali!.post(`/groups/${body.group_id}/join`);
      if (answer.status !== 200) {
        refused = n;
        expectRefusal(answer, 429, "slow_down");
        expectRefusal(await ali!.get(`/groups/${body.group_id}/messages`), 403, "forbidden");
      }
    }
    expect(refused).toBeWithin(50, 70);
  });
});

test("making groups is slowed down", async () => {
  const ali = await strict.newUser();
  const statuses = [];
  for (let n = 0; n < 40; n++) statuses.push((await ali.post("/groups", { name: "Weekend" })).status);
  expect(statuses.filter((status) => status === 201).length).toBeWithin(20, 40);
  expectRefusal(await ali.post("/groups", { name: "Weekend" }), 429, "slow_down");
});

test("changes of a group count as sends: past that rate none is made", async () => {
  const { owner, others, groupId } = await newGroup(server, 3, { is_private: false });
  const outsider = await server.newUser();
  const path = `/groups/${groupId}`;
  const one = `${path}/members/${others[0]!.id}`;
  const { seq } = (await owner.get(path)).body.data;
  const counted: number[] = [];
  const sends = spyOn(server.core.limits, "send").mockImplementation((userId) => {
    counted.push(userId);
    throw new ChatError(tooMany("messages", 1));
  });
  try {
    for (const answer of [
      await owner.put(path, { name: "Renamed" }),
      await owner.put(`${path}/visibility`, { is_private: true }),
      await owner.post(`${path}/members`, { user_id: outsider.id }),
      await owner.put(`${one}/role`, { role: "admin" }),
      await owner.put(`${one}/mute`),
      await owner.put(`${one}/unmute`),
      await owner.delete(one),
      await owner.put(`${path}/bans/${others[0]!.id}`),
      await owner.delete(`${path}/bans/${others[0]!.id}`),
      await owner.delete(path),
    ])
      expectRefusal(answer, 429, "slow_down");
    expectRefusal(await others[0]!.post(`${path}/leave`), 429, "slow_down");
    expectRefusal(await outsider.post(`${path}/join`), 429, "slow_down");
  } finally {
    sends.mockRestore();
  }
  expect(counted).toEqual([...Array.from({ length: 10 }, () => owner.id), others[0]!.id, outsider.id]);
  expect((await owner.get(path)).body.data).toMatchObject({ seq, name: "Weekend", is_private: false, member_count: 3 });
});
