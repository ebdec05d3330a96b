// Rights are judged by the database's clock as it is now: neither the server's own clock nor a room's newest change has a say.
import { afterAll, afterEach, beforeAll, describe, expect, setSystemTime, test } from "bun:test";
import { expectInvalid, expectRefusal, newGroup, startServer, type TestServer } from "../support/harness.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterEach(() => void setSystemTime());
afterAll(() => server.close());

const HOUR = 3_600_000;
const inHours = (hours: number) => new Date(Date.now() + hours * HOUR).toISOString();

async function scene() {
  const { owner, others, groupId } = await newGroup(server, 2, { is_private: false });
  return { owner, veli: others[0]!, groupId, path: `/groups/${groupId}` };
}

describe("while the server's clock is two hours ahead", () => {
  test("a mute and a ban may end within the next hour", async () => {
    const { owner, veli, path } = await scene();
    const until = inHours(1);
    setSystemTime(Date.now() + 2 * HOUR);
    const mute = await owner.put(`${path}/members/${veli.id}/mute`, { until });
    expect(mute.body.data).toMatchObject({ is_muted: true, muted_until: `${until.slice(0, -1)}000+00:00` });
    expectRefusal(await veli.post(`${path}/messages`, { body: "hello" }), 403, "muted");
    expect((await owner.put(`${path}/bans/${veli.id}`, { until })).status).toBe(200);
    expectRefusal(await veli.post(`${path}/join`), 403, "banned");
  });
});

describe("while the server's clock is two hours behind", () => {
  test("a mute and a ban that ended an hour ago are refused, and change nothing", async () => {
    const { owner, veli, path } = await scene();
    const until = inHours(-1);
    setSystemTime(Date.now() - 2 * HOUR);
    const { seq } = (await owner.get(path)).body.data;
    expectInvalid(await owner.put(`${path}/members/${veli.id}/mute`, { until }), "until");
    expectInvalid(await owner.put(`${path}/bans/${veli.id}`, { until }), "until");
    expect((await owner.get(path)).body.data).toMatchObject({ seq, member_count: 2 });
    expect((await veli.post(`${path}/messages`, { body: "hello" })).status).toBe(201);
  });

  test("a declined request is still within its day, and not beyond it", async () => {
    const [ali, veli] = await Promise.all([server.newUser(), server.newUser()]);
    const { body } = await ali.post(`/friends/requests/${veli.id}`);
    setSystemTime(Date.now() - 48 * HOUR);
    await veli.post(`/requests/${body.data.id}/decline`);
    const { retry_after } = expectRefusal(await ali.post(`/friends/requests/${veli.id}`), 429, "slow_down");
    expect(retry_after).toBeWithin(86_000, 86_401);
  });
});

describe("in a room whose newest change lies in the future", () => {
  test("the muted can't edit or type, and those who are kept out stay out", async () => {
    const { owner, veli, groupId, path } = await scene();
    const sent = await veli.post(`${path}/messages`, { body: "before" });
    const until = inHours(1);
    await owner.put(`${path}/members/${veli.id}/mute`, { until });
    await server.core.sql`
      update rooms set last_event_at = clock_timestamp() + interval '1 day' where id = ${groupId}`;
    expectRefusal(await veli.put(`${path}/messages/${sent.body.data.id}`, { body: "after" }), 403, "muted");
    const socket = await server.connect(veli, `/ws/groups/${groupId}`);
    await socket.ready();
    socket.send({ type: "typing.start", ref: "1" });
    expect((await socket.next("error")).code).toBe("muted");
    await socket.close();
    await owner.put(`${path}/bans/${veli.id}`, { until });
    expectRefusal(await veli.post(`${path}/join`), 403, "banned");
  });
});
