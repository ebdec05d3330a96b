// Moments that PostgreSQL stores but the wire's form can't say, such as those of earlier versions: they are never taken as
// input, and no row that holds one keeps a list from being read.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { FIRST_TIMESTAMP, LAST_TIMESTAMP } from "../../src/protocol/limits.ts";
import {
  expectInvalid,
  MOMENT,
  newGroup,
  newPair,
  startServer,
  type TestServer,
  type User,
} from "../support/harness.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

const ODD = [
  ["infinity", LAST_TIMESTAMP],
  ["10000-01-01 00:00:00+00", LAST_TIMESTAMP],
  ["294276-01-01 00:00:00+00", LAST_TIMESTAMP],
  ["-infinity", FIRST_TIMESTAMP],
  ["0044-03-15 00:00:00+00 BC", FIRST_TIMESTAMP],
] as const;

describe("a mute", () => {
  test.each([
    "9999-12-31T23:59:59.9999999Z",
    "9999-12-31T23:59:59.999999999Z",
    "9999-12-31T23:59:59-00:01",
    "9999-12-31T23:59:59.999999-15:59",
    "0001-01-01T00:00:00+15:59",
    "10000-01-01T00:00:00Z",
    "+010000-01-01T00:00:00Z",
    "99999-12-31T23:59:59Z",
    "-000043-03-15T00:00:00Z",
    "infinity",
    "-infinity",
    "Infinity",
    "now",
    "epoch",
    "allballs",
  ])("until %s is refused, and the target's groups stay readable", async (until) => {
    const { owner, others, groupId } = await newGroup(server, 2);
    expectInvalid(await owner.put(`/groups/${groupId}/members/${others[0]!.id}/mute`, { until }), "until");
    const { status, body } = await others[0]!.get("/groups");
    expect(status).toBe(200);
    expect(body.data[0]).toMatchObject({ is_muted: false, muted_until: null });
  });

  test("until the last moment of the year 9999 is one without an end", async () => {
    const { owner, others, groupId } = await newGroup(server, 2);
    const until = LAST_TIMESTAMP;
    const { status, body } = await owner.put(`/groups/${groupId}/members/${others[0]!.id}/mute`, { until });
    expect(status).toBe(200);
    expect(body.data).toMatchObject({ is_muted: true, muted_until: null });
    expect((await others[0]!.get("/groups")).body.data[0]).toMatchObject({ is_muted: true, muted_until: null });
  });

  test.each(ODD)("that an earlier version stored until %s leaves every list readable", async (stored, shown) => {
    const { owner, others, groupId } = await newGroup(server, 2);
    const [veli] = others;
    await server.core.sql`
      update members set muted_until = ${stored}::timestamptz where room_id = ${groupId} and user_id = ${veli!.id}`;
    const mute = { is_muted: shown === LAST_TIMESTAMP, muted_until: null };
    for (const path of ["/groups", "/groups/my"]) {
      expect((await veli!.get(path)).body.data[0]).toMatchObject(mute);
    }
    expect((await veli!.get(`/groups/${groupId}`)).body.data).toMatchObject(mute);
    expect((await owner.get(`/groups/${groupId}/members`)).body.data).toContainEqual(
      expect.objectContaining({ user_id: veli!.id, ...mute }),
    );
  });

  test.each(["10000-01-01T00:00:00.000000+00:00", "infinity", "Invalid Date"])(
    "whose event says until %s is replayed as one without an end",
    async (stored) => {
      const { owner, others, groupId } = await newGroup(server, 2);
      await owner.put(`/groups/${groupId}/members/${others[0]!.id}/mute`);
      await server.core.sql`
        update events set data = jsonb_set(data, '{muted_until}', to_jsonb(${stored}::text))
        where room_id = ${groupId} and kind = 'member.muted'`;
      const socket = await server.connect(others[0]!, "/ws");
      await socket.ready();
      socket.send({ type: "resume", rooms: { [`group:${groupId}`]: 0 } });
      const { data } = await socket.next("group.member.muted");
      expect(data.muted_until).toBeNull();
      await socket.close();
    },
  );
});

describe.each(ODD)("with %s in every column of time", (stored, shown) => {
  /** One by one, so that each page begins and ends at an odd row. */
  async function pagesOf(user: User, path: string) {
    const all: Record<string, unknown>[] = [];
    let cursor: string | null = null;
    do {
      const at: string = cursor ? `&cursor=${cursor}` : "";
      const { status, body } = await user.get(`${path}${path.includes("?") ? "&" : "?"}limit=1${at}`);
      expect({ path, status, body }).toMatchObject({ status: 200 });
      all.push(...body.data);
      cursor = body.next_cursor;
    } while (cursor);
    return all;
  }

  test("every list is whole, page by page, and every moment in it can be read", async () => {
    const { ali, veli, conversationId } = await newPair(server);
    const [can, ece] = await Promise.all([server.newUser(), server.newUser()]);
    const { sql } = server.core;
    const groupIds: number[] = [];
    for (const is_private of [true, false]) {
      const { body } = await ali.post("/groups", { name: "Weekend", is_private });
      groupIds.push(body.group_id);
      await ali.post(`/groups/${body.group_id}/members`, { user_id: veli.id });
      await veli.post(`/groups/${body.group_id}/messages`, { body: "hello" });
    }
    await ali.post(`/conversations/${can.id}`);
    await veli.post(`/messages/${conversationId}`, { body: "hello" });
    await ali.put(`/blocks/${can.id}`);
    await ali.put(`/blocks/${ece.id}`);
    await veli.post(`/friends/requests/${can.id}`);
    await ali.post(`/friends/requests/${veli.id}`);
    await veli.post(`/friends/requests/${ali.id}`);
    const ids = [ali.id, veli.id, can.id, ece.id];
    await sql`update users set created_at = ${stored}, last_seen_at = ${stored} where id = any (${ids}::bigint[])`;
    await sql`update friends set created_at = ${stored} where user_id = any (${ids}::bigint[])`;
    await sql`update friend_requests set created_at = ${stored} where sender_id = any (${ids}::bigint[])`;
    await sql`update blocks set created_at = ${stored} where blocker_id = any (${ids}::bigint[])`;
    await sql`
      update rooms set created_at = ${stored}, last_event_at = ${stored}
      where id in (select room_id from members where user_id = any (${ids}::bigint[]))`;
    await sql`update members set joined_at = ${stored} where user_id = any (${ids}::bigint[])`;
    await sql`
      update events set created_at = ${stored}, edited_at = ${stored}, delivered_at = ${stored}, read_at = ${stored}
      where room_id in (select room_id from members where user_id = any (${ids}::bigint[]))`;
    for (const [path, count] of [
      ["/friends", 1],
      ["/blocks", 2],
      ["/conversations", 2],
      ["/groups", 2],
      [`/groups/${groupIds[0]}/members`, 2],
      [`/groups/${groupIds[0]}/messages`, 1],
      [`/messages/${conversationId}`, 1],
    ] as const) {
      const rows = await pagesOf(ali, path);
      expect({ path, count: rows.length }).toEqual({ path, count });
      const moments = JSON.stringify(rows).matchAll(/"\w+_(?:at|since)":"([^"]*)"/g);
      for (const [, moment] of moments) expect(moment).toMatch(MOMENT);
      expect(JSON.stringify(rows)).toContain(shown);
    }
    const open = (await pagesOf(veli, "/groups/public")).filter(({ id }) => groupIds.includes(id as number));
    expect(open).toHaveLength(1);
    expect((await pagesOf(veli, "/friends/requests?direction=outgoing"))[0]).toMatchObject({ created_at: shown });
    expect((await ali.get("/me")).body.data.created_at).toBe(shown);

    // And the rooms go on.
    for (const path of [`/messages/${conversationId}`, `/groups/${groupIds[0]}/messages`]) {
      const { status, body } = await veli.post(path, { body: "after" });
      expect(status).toBe(201);
      expect(body.data.created_at).toMatch(MOMENT);
      expect((await veli.put(`${path}/${body.data.id}`, { body: "edited" })).status).toBe(200);
      expect((await ali.get(path)).body.data.at(-1)).toMatchObject({ body: "edited" });
    }

    const socket = await server.connect(ali, "/ws");
    await socket.ready();
    socket.send({ type: "resume", rooms: { [`conversation:${conversationId}`]: 0 } });
    expect((await socket.next("message.new")).data).toMatchObject({ created_at: shown, read_at: shown });
    await socket.close();
  });
});
