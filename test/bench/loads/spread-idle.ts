// What 10,000 idle sockets cost two servers and all that is beside them, against one server: memory, and processor time while nobody
// writes.
import type { Bench } from "../bench.ts";
import { ClientProcess } from "../client-process.ts";
import { residentBytes } from "../cpu.ts";
import type { Order, Told } from "../plan.ts";
import { watch } from "../round.ts";
import { makePeople, makeRing } from "../seed.ts";
import { Servers } from "../servers.ts";
import type { Store, Subject } from "../subjects.ts";
import { ROOMS_EACH, socketFor } from "./all-rooms.ts";

const SOCKETS = 10_000;
const SOCKETS_EACH = 3;
// One process would be at its limit with the handshakes.
const PROCESSES = 2;
// Until what connecting has set off is over: presence, and the first comparison of each room.
const CALM_MS = 10_000;

interface Idle {
  /** Of all servers, with all sockets and without. */
  bytes: number;
  connectSeconds: number;
  /** Shares of a core while idle. */
  servers: number;
  database: number;
}

export async function spreadIdle(bench: Bench) {
  if (residentBytes(process.pid) === null) return console.log("idle sockets: left out, there is no /proc here");
  const one = await Servers.start("1, NATS", { count: 1, bus: "NATS", checkout: bench.checkout });
  const alone = await measure(bench, one).finally(() => one.end());
  const two = await Servers.start("2, NATS", { count: 2, bus: "NATS", checkout: bench.checkout });
  const spread = await measure(bench, two).finally(() => two.end());
  const add = (name: string, unit: string, of: (idle: Idle) => number) =>
    bench.report.add({
      name,
      unit,
      value: of(spread),
      base: of(alone),
      against: "1 server",
      ratio: of(spread) / of(alone),
      bar: null,
      notes: [],
    });
  add(
    `${SOCKETS} idle sockets on two servers, ${ROOMS_EACH} rooms each: memory of all`,
    "KiB/socket",
    ({ bytes }) => bytes / SOCKETS / 1024,
  );
  add("the same: servers while idle", "% of a core", ({ servers }) => servers * 100);
  add("the same: PostgreSQL while idle", "% of a core", ({ database }) => database * 100);
}

async function measure(bench: Bench, servers: Servers): Promise<Idle> {
  const people = await makePeople(servers, Math.ceil(SOCKETS / SOCKETS_EACH));
  const rooms = await makeRing(servers as Store, people, ROOMS_EACH);
  const sockets = people
    .flatMap((person) =>
      Array.from({ length: SOCKETS_EACH }, () => socketFor(servers as Subject, person, rooms.get(person)!, false)),
    )
    .slice(0, SOCKETS)
    .map((plan, server) => ({ ...plan, server }));
  const held = () => servers.processes.reduce((sum, { pid }) => sum + residentBytes(pid)!, 0);
  const before = held();
  const fleet = Array.from({ length: PROCESSES }, () => new ClientProcess<Order, Told>("client.ts"));
  try {
    const began = performance.now();
    for (const [index, client] of fleet.entries()) {
      const own = sockets.filter((_, socket) => socket % PROCESSES === index);
      const plan = { urls: servers.urls, sockets: own, first: 0, run: 0, inFlight: 0, rate: null, acks: false };
      client.order({ order: "connect", plan });
    }
    await Promise.all(fleet.map((client) => client.hear("ready")));
    const connectSeconds = (performance.now() - began) / 1000;
    await Bun.sleep(CALM_MS);
    const usage = watch(servers);
    await Bun.sleep(bench.seconds * 5_000);
    const { server, database } = usage();
    const idle = {
      bytes: held() - before,
      connectSeconds,
      servers: server ?? Number.NaN,
      database: database ?? Number.NaN,
    };
    const shares = `servers ${(idle.servers * 100).toFixed(1)}%, PostgreSQL ${(idle.database * 100).toFixed(1)}% of a core`;
    bench.report.note(
      `idle sockets, ${servers.name}`,
      `${SOCKETS} connected in ${connectSeconds.toFixed(1)} s, ${(idle.bytes / SOCKETS / 1024).toFixed(1)} KiB each; ${shares} while idle`,
      { ...idle },
    );
    return idle;
  } finally {
    await Promise.all(fleet.map((client) => client.end()));
  }
}
