// What outlives a membership: bans keep people out until they end or are lifted, and a mute is there again with its member.
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
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

const HOUR = 3_600_000;
const later = (millis: number) => new Date(Date.now() + millis).toISOString();

/** A public group with an admin and two plain members, and somebody outside. */
async function scene(isPrivate = false) {
  const { owner, others, groupId } = await newGroup(server, 5, { is_private: isPrivate });
  const [admin, admin2, veli, can] = others as [User, User, User, User];
  for (const { id } of [admin, admin2]) await owner.put(`/groups/${groupId}/members/${id}/role`, { role: "admin" });
  const path = `/groups/${groupId}`;
  return {
    owner,
    admin,
    admin2,
    veli,
    can,
    outsider: await server.newUser(),
    groupId,
    path,
    banned: async () => (await owner.get(`${path}/bans`)).body.data,
    seq: async () => (await owner.get(path)).body.data.seq as number,
    isMember: async (user: User) => (await user.get(`${path}/messages`)).status === 200,
  };
}

describe("a ban", () => {
  test("removes a member, is told as a removal, and keeps them out of joining and being added", async () => {
    const { owner, admin, veli, groupId, path, banned } = await scene();
    const [socket, theirs] = await Promise.all([
      server.connect(owner, `/ws/groups/${groupId}`),
      server.connect(veli, `/ws/groups/${groupId}`),
    ]);
    await Promise.all([socket.ready(), theirs.ready()]);
    const { status, body } = await admin.put(`${path}/bans/${veli.id}`, { reason: "  Advertising " });
    expect(status).toBe(200);
    const ban = { user_id: veli.id, username: veli.username, reason: "Advertising", until: null, actor_id: admin.id };
    expect(body).toEqual({ data: { ...ban, banned_at: expect.stringMatching(MOMENT) } });
    expect(await banned()).toEqual([body.data]);

    const left = await socket.next("group.member.left");
    expect(left.data).toMatchObject({ user_id: veli.id, actor_id: admin.id, banned: true });
    await theirs.next("group.member.left");
    expect(await theirs.closed).toEqual({ code: 1008, reason: "forbidden" });

    expectRefusal(await veli.post(`${path}/join`), 403, "banned");
    for (const adder of [owner, admin]) {
      expectRefusal(await adder.post(`${path}/members`, { user_id: veli.id }), 403, "banned");
    }
    expectRefusal(await veli.post(`${path}/messages`, { body: "hello" }), 403, "forbidden");
    await socket.expectSilence();
    await socket.close();
  });

  test("is replayed as the removal that it was, and an ordinary one is told without `banned`", async () => {
    const { owner, veli, can, groupId, path, seq } = await scene();
    const before = await seq();
    await owner.put(`${path}/bans/${veli.id}`);
    await owner.delete(`${path}/members/${can.id}`);
    const socket = await server.connect(owner, `/ws/groups/${groupId}`);
    await socket.ready();
    socket.send({ type: "resume", after_seq: before });
    expect(await socket.next("group.member.left")).toMatchObject({
      seq: before + 1,
      data: { user_id: veli.id, banned: true },
    });
    expect(Object.keys((await socket.next("group.member.left")).data)).not.toContain("banned");
    await socket.close();
  });

  test("of a private group leaves it invisible to the one who is kept out", async () => {
    const { owner, veli, path } = await scene(true);
    await owner.put(`${path}/bans/${veli.id}`);
    expectRefusal(await veli.get(path), 404, "not_found");
    expectRefusal(await veli.post(`${path}/join`), 404, "not_found");
    expectRefusal(await owner.post(`${path}/members`, { user_id: veli.id }), 403, "banned");
  });

  test("of somebody who was never a member keeps them out, and takes no place in the group's order", async () => {
    const { admin, outsider, path, seq } = await scene();
    const before = await seq();
    expect((await admin.put(`${path}/bans/${outsider.id}`)).status).toBe(200);
    expect(await seq()).toBe(before);
    expectRefusal(await outsider.post(`${path}/join`), 403, "banned");
  });

  test("once more changes its reason and end, and neither its beginning nor the group's order", async () => {
    const { owner, admin, veli, path, banned, seq } = await scene();
    const first = (await owner.put(`${path}/bans/${veli.id}`, { reason: "x" })).body.data;
    const before = await seq();
    const until = "2999-01-02T03:04:05.678901+00:00";
    const second = (await admin.put(`${path}/bans/${veli.id}`, { reason: null, until })).body.data;
    expect(second).toEqual({ ...first, reason: "", until, actor_id: admin.id });
    expect(await seq()).toBe(before);
    expect(await banned()).toEqual([second]);
  });

  test("that is lifted lets them in again, by joining and by being added", async () => {
    const { owner, admin, veli, can, path, banned } = await scene();
    for (const { id } of [veli, can]) await owner.put(`${path}/bans/${id}`);
    for (const { id } of [veli, can]) expect((await admin.delete(`${path}/bans/${id}`)).status).toBe(200);
    expect(await banned()).toEqual([]);
    expect((await veli.post(`${path}/join`)).status).toBe(200);
    expect((await admin.post(`${path}/members`, { user_id: can.id })).status).toBe(201);
    // There is none any more.
    expect((await admin.delete(`${path}/bans/${veli.id}`)).status).toBe(200);
  });

  test("with an end keeps out until then, and is gone from the list after", async () => {
    const { owner, veli, groupId, path, banned } = await scene();
    const { body } = await owner.put(`${path}/bans/${veli.id}`, { until: later(HOUR) });
    expect(body.data.until).toMatch(MOMENT);
    expectRefusal(await veli.post(`${path}/join`), 403, "banned");
    await server.core.sql`update group_bans set until = clock_timestamp() where room_id = ${groupId}`;
    expect(await banned()).toEqual([]);
    expect((await veli.post(`${path}/join`)).status).toBe(200);
    const again = (await owner.put(`${path}/bans/${veli.id}`)).body.data;
    expect(again.banned_at > body.data.banned_at).toBe(true);
    expect(again.until).toBeNull();
  });

  test("is one group's alone, and goes with it", async () => {
    const { owner, veli, groupId, path } = await scene();
    await owner.put(`${path}/bans/${veli.id}`);
    const other = (await owner.post("/groups", { name: "Other", is_private: false })).body.group_id;
    expect((await veli.post(`/groups/${other}/join`)).status).toBe(200);
    expect((await owner.delete(path)).status).toBe(200);
    expect(await server.core.sql`select 1 from group_bans where room_id = ${groupId}`).toHaveLength(0);
  });

  test("and a join at the same moment end with the person outside", async () => {
    const { owner, outsider, path, isMember } = await scene();
    for (let round = 0; round < 5; round++) {
      await Promise.all([outsider.post(`${path}/join`), owner.put(`${path}/bans/${outsider.id}`)]);
      expect(await isMember(outsider)).toBe(false);
      await owner.delete(`${path}/bans/${outsider.id}`);
    }
  });

  test.each([
    ["until", "2020-01-01T00:00:00Z"],
    ["until", "9999-12-31T23:59:59.9999999Z"],
    ["until", "infinity"],
    ["until", 7],
    ["reason", "x".repeat(256)],
    ["reason", "a\0b"],
    ["reason", "\ud800"],
    ["reason", 7],
  ])("with %s %p is refused, and nobody is removed", async (field, value) => {
    const { owner, veli, path, banned, isMember } = await scene();
    expectInvalid(await owner.put(`${path}/bans/${veli.id}`, { [field]: value }), field);
    expect(await banned()).toEqual([]);
    expect(await isMember(veli)).toBe(true);
  });

  test("of oneself and of nobody is refused", async () => {
    const { owner, path } = await scene();
    expectRefusal(await owner.put(`${path}/bans/${owner.id}`), 400, "bad_request");
    expectRefusal(await owner.put(`${path}/bans/999999999`), 404, "not_found");
  });
});

describe("who may ban whom", () => {
  const ACTORS = ["owner", "admin", "can", "outsider"] as const;
  test.each([
    ["veli", 200, 200, 403],
    ["admin2", 200, 403, 403],
    ["owner", 400, 403, 403],
  ] as const)(
    "%s: the owner %i, an admin %i, a member and an outsider %i",
    async (target, byOwner, byAdmin, byOthers) => {
      const statuses: number[] = [byOwner, byAdmin, byOthers];
      for (const [index, actor] of ACTORS.entries()) {
        const cast = await scene();
        const answer = await cast[actor].put(`${cast.path}/bans/${cast[target].id}`);
        expect<unknown[]>([actor, answer.status]).toEqual([actor, statuses[Math.min(index, 2)]]);
        expect(await cast.isMember(cast[target])).toBe(answer.status !== 200);
      }
    },
  );

  test.each([
    [false, [200, 200, 403, 403], "forbidden"],
    [true, [200, 200, 403, 404], "not_found"],
  ] as const)("sees and lifts bans (private: %p)", async (isPrivate, statuses, code) => {
    const cast = await scene(isPrivate);
    await cast.owner.put(`${cast.path}/bans/${cast.veli.id}`);
    for (const [index, actor] of ACTORS.entries()) {
      for (const answer of [
        await cast[actor].get(`${cast.path}/bans`),
        await cast[actor].delete(`${cast.path}/bans/${cast.veli.id}`),
      ]) {
        expect<unknown[]>([actor, answer.status]).toEqual([actor, statuses[index]]);
        if (actor === "outsider") expect(answer.body.code).toBe(code);
      }
    }
  });

  test("the banned themselves see and lift nothing", async () => {
    const { owner, admin, path, banned } = await scene();
    await owner.put(`${path}/bans/${admin.id}`);
    expectRefusal(await admin.get(`${path}/bans`), 403, "forbidden");
    expectRefusal(await admin.delete(`${path}/bans/${admin.id}`), 403, "forbidden");
    expect(await banned()).toHaveLength(1);
  });
});

test("the list comes in pages, newest first", async () => {
  const { owner, veli, can, outsider, path } = await scene();
  for (const { id } of [veli, can, outsider]) await owner.put(`${path}/bans/${id}`);
  const ids: number[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const { body } = await owner.get(`${path}/bans?limit=1&cursor=${cursor}`);
    ids.push(...body.data.map(({ user_id }: { user_id: number }) => user_id));
    cursor = body.next_cursor;
  }
  expect(ids).toEqual([outsider.id, can.id, veli.id]);
});

describe("a mute outlives the membership", () => {
  const muted = { is_muted: true, muted_until: null };
  type Scene = Awaited<ReturnType<typeof scene>>;
  const ENDS: [string, (cast: Scene) => Promise<unknown>][] = [
    ["leaving", ({ veli, path }) => veli.post(`${path}/leave`)],
    ["leaving as a member", ({ veli, path }) => veli.delete(`${path}/members/me`)],
    ["being removed", ({ owner, veli, path }) => owner.delete(`${path}/members/${veli.id}`)],
    [
      "being banned and let in again",
      async ({ owner, veli, path }) => {
        await owner.put(`${path}/bans/${veli.id}`);
        await owner.delete(`${path}/bans/${veli.id}`);
      },
    ],
  ];
  const WAYS_BACK: [string, (cast: Scene) => Promise<unknown>][] = [
    ["joining", ({ veli, path }) => veli.post(`${path}/join`)],
    ["being added", ({ admin, veli, path }) => admin.post(`${path}/members`, { user_id: veli.id })],
  ];
  const CASES = ENDS.flatMap(([end, leave]) => WAYS_BACK.map(([back, join]) => [end, back, leave, join] as const));

  test.each(CASES)("through %s and %s", async (_end, _back, leave, join) => {
    const cast = await scene();
    const { owner, veli, groupId, path } = cast;
    await owner.put(`${path}/members/${veli.id}/mute`);
    const socket = await server.connect(owner, `/ws/groups/${groupId}`);
    await socket.ready();
    // More than once, so that nothing is used up.
    for (let round = 0; round < 2; round++) {
      await leave(cast);
      await join(cast);
      expect((await socket.next("group.member.joined")).data).toMatchObject({ user_id: veli.id, ...muted });
      expectRefusal(await veli.post(`${path}/messages`, { body: "hello" }), 403, "muted");
      expect((await veli.get(path)).body.data).toMatchObject(muted);
    }
    await owner.put(`${path}/members/${veli.id}/unmute`);
    await leave(cast);
    await join(cast);
    expect((await veli.post(`${path}/messages`, { body: "hello" })).status).toBe(201);
    await socket.close();
  });

  test("with its end, and not beyond it", async () => {
    const cast = await scene();
    const { owner, veli, groupId, path } = cast;
    const until = "2999-01-02T03:04:05.678901+00:00";
    await owner.put(`${path}/members/${veli.id}/mute`, { until });
    await veli.post(`${path}/leave`);
    await veli.post(`${path}/join`);
    expect((await veli.get(path)).body.data).toMatchObject({ is_muted: true, muted_until: until });
    await veli.post(`${path}/leave`);
    await server.core.sql`update group_mutes set muted_until = clock_timestamp() where room_id = ${groupId}`;
    await veli.post(`${path}/join`);
    expect((await veli.get(path)).body.data).toMatchObject({ is_muted: false, muted_until: null });
    expect((await veli.post(`${path}/messages`, { body: "hello" })).status).toBe(201);
  });

  test("and is one group's alone", async () => {
    const [here, there] = await Promise.all([scene(), scene()]);
    await here.owner.put(`${here.path}/members/${here.veli.id}/mute`);
    await here.veli.post(`${here.path}/leave`);
    await here.veli.post(`${there.path}/join`);
    expect((await here.veli.post(`${there.path}/messages`, { body: "hello" })).status).toBe(201);
  });
});
