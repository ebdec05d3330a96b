// GET /admin/health where several servers share a database: each is asked, whatever the bus does.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Json, newPair, type User } from "../support/harness.ts";
import { makeAdmin } from "../support/keys.ts";
import { startTwo, type TwoServers } from "./two-servers.ts";

let two: TwoServers;
let admin: User;
beforeAll(async () => {
  two = await startTwo("memory");
  admin = await two.a.newUser();
  await makeAdmin(two.a, admin);
});
afterAll(() => two.close());

const serversAt = async (user: Pick<User, "get">) => (await user.get("/admin/health")).body.data.servers;

test("either server says the figures of both", async () => {
  const { veli } = await newPair(two.a);
  const socket = await (await two.b.connect(two.onB(veli) as User, "/ws")).ready();
  for (const [user, own, other] of [
    [admin, two.nodeIds.a, two.nodeIds.b],
    [two.onB(admin), two.nodeIds.b, two.nodeIds.a],
  ] as const) {
    const servers = await serversAt(user);
    const byId = Object.fromEntries(servers.map((server: { id: string }) => [server.id, server]));
    expect(Object.keys(byId).toSorted()).toEqual([own, other].toSorted());
    expect(byId[own].is_current).toBe(true);
    expect(byId[other].is_current).toBe(false);
    expect(byId[two.nodeIds.b].figures.sockets).toBe(1);
    expect(byId[two.nodeIds.a].figures.sockets).toBe(0);
    for (const { figures } of servers) expect(figures.bus).toMatchObject({ is_up: true });
  }
  socket.close();
});

test("a server that does not respond is named without figures", async () => {
  const silent = crypto.randomUUID();
  await two.a.core.sql`insert into nodes (id, name, is_shared) values (${silent}, 'frozen', true)`;
  const silentAt = async () => (await serversAt(admin)).find(({ id }: { id: string }) => id === silent);
  let found = await silentAt();
  while (!found) {
    await Bun.sleep(50);
    found = await silentAt();
  }
  expect(found).toEqual({ id: silent, name: "frozen", is_current: false, figures: null });
  await two.a.core.sql`delete from nodes where id = ${silent}`;
});

test("while the bus is cut the others are still asked, and say so", async () => {
  two.network!.cut();
  const isCut = async () => {
    const servers = await serversAt(admin);
    return servers.length === 2 && servers.every(({ figures }: Json) => figures?.bus.is_up === false);
  };
  while (!(await isCut())) await Bun.sleep(50);
  two.network!.restore();
});
