// Mutes: for good or until a moment, what they forbid, and how they end. Who may mute whom is in roles.test.ts.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { expectInvalid, expectRefusal, newGroup, startServer, type TestServer } from "../../support/harness.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

const HOUR = 3_600_000;
const later = (millis: number) => new Date(Date.now() + millis).toISOString();

async function scene() {
  const { owner, others, groupId } = await newGroup(server, 2);
  const veli = others[0]!;
  const path = `/groups/${groupId}/members/${veli.id}`;
  return {
    owner,
    veli,
    groupId,
    mute: (input?: unknown) => owner.put(`${path}/mute`, input),
    unmute: () => owner.put(`${path}/unmute`),
    say: (body = "hello") => veli.post(`/groups/${groupId}/messages`, { body }),
    seen: async () =>
      (await owner.get(`/groups/${groupId}/members`)).body.data.find(
        ({ user_id }: { user_id: number }) => user_id === veli.id,
      ),
  };
}

describe("muting", () => {
  test.each([
    ["nothing", undefined],
    ["an empty object", {}],
    ["until null", { until: null }],
  ])("with %s has no end", async (_what, input) => {
    const { groupId, veli, mute, seen } = await scene();
    const { status, body } = await mute(input);
    expect(status).toBe(200);
    expect(body.data).toMatchObject({ user_id: veli.id, role: "member", is_muted: true, muted_until: null });
    expect(await seen()).toEqual(body.data);
    expect((await veli.get(`/groups/${groupId}`)).body.data).toMatchObject({ is_muted: true, muted_until: null });
  });

  test.each([
    ["2999-01-02T03:04:05Z", "2999-01-02T03:04:05.000000+00:00"],
    ["2999-01-02T03:04Z", "2999-01-02T03:04:00.000000+00:00"],
    ["2999-01-02T03:04:05.678901+03:30", "2999-01-01T23:34:05.678901+00:00"],
    ["2996-02-29T23:59:59.5-12:00", "2996-03-01T11:59:59.500000+00:00"],
  ])("until %s ends then, shown in UTC with microseconds", async (until, shown) => {
    const { groupId, veli, mute } = await scene();
    expect((await mute({ until })).body.data).toMatchObject({ is_muted: true, muted_until: shown });
    expect((await veli.get(`/groups/${groupId}`)).body.data.muted_until).toBe(shown);
  });

  test("again replaces the end", async () => {
    const { mute, seen } = await scene();
    await mute({ until: later(HOUR) });
    await mute();
    expect(await seen()).toMatchObject({ is_muted: true, muted_until: null });
  });

  const wrong: unknown[] = [
    "2020-01-01T00:00:00Z",
    "2999-01-01",
    "2999-01-01T00:00:00",
    "2999-02-30T00:00:00Z",
    "2997-02-29T00:00:00Z",
    "2999-13-01T00:00:00Z",
    "2999-01-01T25:00:00Z",
    "2999-01-01T00:00:61Z",
    "2999-01-01T00:00:00+16:00",
    "2999-01-01T00:00:00+23:59",
    "2999-01-01T00:00:00+01:99",
    "+002999-01-01T00:00:00Z",
    "0000-01-01T00:00:00Z",
    "infinity",
    "tomorrow",
    "",
    32_503_680_000,
    true,
    ["2999-01-01T00:00:00Z"],
  ];
  test.each(wrong.map((until) => [until]))("until %p is refused, and nobody is muted", async (until) => {
    const { mute, seen } = await scene();
    expectInvalid(await mute({ until }), "until");
    expect((await seen()).is_muted).toBe(false);
  });

  test.each(["[]", "1", "true", '"2999-01-01T00:00:00Z"', "null"])(
    "with the body %s, which is no object, is refused, and nobody is muted",
    async (body) => {
      const { owner, groupId, veli, seen } = await scene();
      const headers = { "content-type": "application/json", authorization: `Bearer ${owner.token}` };
      expectInvalid(await server.call("PUT", `/groups/${groupId}/members/${veli.id}/mute`, body, headers), "body");
      expect((await seen()).is_muted).toBe(false);
    },
  );
});

describe("the muted", () => {
  test.each([
    ["for good", undefined],
    ["until later", { until: later(HOUR) }],
  ])("%s can't send or edit, but read, mark read, delete their own and leave", async (_what, input) => {
    const { groupId, veli, mute, say } = await scene();
    const { body } = await say("before");
    const at = `/groups/${groupId}/messages/${body.data.id}`;
    await mute(input);
    expectRefusal(await say(), 403, "muted");
    expectRefusal(await veli.put(at, { body: "changed" }), 403, "muted");
    expect((await veli.get(`/groups/${groupId}/messages`)).body.data).toEqual([body.data]);
    expect((await veli.put(`/groups/${groupId}/members/me/read`)).status).toBe(200);
    expect((await veli.delete(at)).status).toBe(200);
    expect((await veli.post(`/groups/${groupId}/leave`)).status).toBe(200);
  });

  test("are answered with what they had sent before when they send it again", async () => {
    const { groupId, veli, mute } = await scene();
    const input = { body: "before", client_id: crypto.randomUUID() };
    const first = await veli.post(`/groups/${groupId}/messages`, input);
    await mute();
    const second = await veli.post(`/groups/${groupId}/messages`, input);
    expect(second.status).toBe(200);
    expect(second.body).toEqual(first.body);
  });

  test("are muted in this group only", async () => {
    const [here, there] = await Promise.all([scene(), scene()]);
    await there.owner.post(`/groups/${there.groupId}/members`, { user_id: here.veli.id });
    await here.mute();
    expect((await here.veli.post(`/groups/${there.groupId}/messages`, { body: "hello" })).status).toBe(201);
  });

  test("may speak once the moment has passed, and no longer show as muted", async () => {
    const { groupId, veli, mute, say, seen } = await scene();
    await mute({ until: later(HOUR) });
    await server.core.sql`update members set muted_until = now() where room_id = ${groupId} and user_id = ${veli.id}`;
    const { status, body } = await say();
    expect(status).toBe(201);
    expect(await seen()).toMatchObject({ is_muted: false, muted_until: null });
    expect((await veli.get(`/groups/${groupId}`)).body.data).toMatchObject({ is_muted: false, muted_until: null });
    expect((await veli.put(`/groups/${groupId}/messages/${body.data.id}`, { body: "edited" })).status).toBe(200);
  });

  test("may speak when they become an admin", async () => {
    const { owner, groupId, veli, mute, say } = await scene();
    await mute();
    const { body } = await owner.put(`/groups/${groupId}/members/${veli.id}/role`, { role: "admin" });
    expect(body.data).toMatchObject({ role: "admin", is_muted: false });
    expect((await say()).status).toBe(201);
  });
});

describe("unmuting", () => {
  test("lets them speak and edit again", async () => {
    const { groupId, veli, mute, unmute, say } = await scene();
    const sent = await say("before");
    await mute();
    const { status, body } = await unmute();
    expect(status).toBe(200);
    expect(body.data).toMatchObject({ user_id: veli.id, is_muted: false, muted_until: null });
    expect((await say()).status).toBe(201);
    expect((await veli.put(`/groups/${groupId}/messages/${sent.body.data.id}`, { body: "x" })).status).toBe(200);
  });

  test("who isn't muted changes nothing and takes no place", async () => {
    const { owner, groupId, unmute } = await scene();
    const before = (await owner.get(`/groups/${groupId}`)).body.data.seq;
    const { status, body } = await unmute();
    expect(status).toBe(200);
    expect(body.data.is_muted).toBe(false);
    expect((await owner.get(`/groups/${groupId}`)).body.data.seq).toBe(before);
  });

  test("and muting find nobody who isn't a member", async () => {
    const [{ owner, groupId }, stranger] = await Promise.all([scene(), server.newUser()]);
    for (const id of [stranger.id, 999_999_999]) {
      for (const action of ["mute", "unmute"]) {
        expectRefusal(await owner.put(`/groups/${groupId}/members/${id}/${action}`), 404, "not_found");
      }
    }
  });
});

test("a mute, its end and a change of role leave the group where it stands in the list of groups", async () => {
  const { owner, veli, groupId, mute, unmute, say } = await scene();
  await say();
  const other = (await owner.post("/groups", { name: "Other" })).body.group_id;
  const order = async () => (await owner.get("/groups")).body.data.map(({ id }: { id: number }) => id);
  const path = `/groups/${groupId}/members/${veli.id}/role`;
  const changes = [mute, unmute, () => owner.put(path, { role: "admin" }), () => owner.put(path, { role: "member" })];
  for (const change of changes) {
    expect((await change()).status).toBe(200);
    expect(await order()).toEqual([other, groupId]);
  }
  await say();
  expect(await order()).toEqual([groupId, other]);
});
