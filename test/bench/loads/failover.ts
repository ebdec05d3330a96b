// How long clients see nothing when their server is killed: two servers on NATS behind the proxy of deploy/, chats of the SDK with its own
// waits, and people who go on writing. The servers are killed in turn, so that each time all clients lose theirs at once.

import { startCaddy } from "../../support/caddy.ts";
import type { Bench } from "../bench.ts";
import { ClientProcess } from "../client-process.ts";
import { type ChatterOrder, type ChatterTold, type Failover, instant } from "../plan.ts";
import { atMost } from "../report.ts";
import { percentile } from "../round.ts";
import { makeGroups, makePeople } from "../seed.ts";
import { Servers } from "../servers.ts";
import type { Person } from "../subjects.ts";

const GROUP_SIZE = 50;
// In each group; what a client sees later for lack of a message is counted as well.
const WRITE_MS = 100;
const RECOVERY_LIMIT_MS = 30_000;
// The SDK takes a connection of ten seconds for a stable one, and the proxy a server for dead for five.
const BETWEEN_MS = 12_000;

export async function failover(bench: Bench) {
  const groups = bench.quick ? 2 : 8;
  const kills = bench.quick ? 2 : 6;
  const env = { TRUST_PROXY: "1" };
  const servers = await Servers.start("2, NATS", { count: 2, bus: "NATS", checkout: bench.checkout, env });
  const proxy = await startCaddy(servers.urls);
  const clients = new ClientProcess<ChatterOrder, ChatterTold>("chatter.ts");
  const writing = new AbortController();
  let writers: Promise<unknown> = Promise.resolve();
  try {
    const people = await makePeople(servers, groups * (GROUP_SIZE + 1));
    const crowds = Array.from({ length: groups }, (_, i) =>
      people.slice(i * (GROUP_SIZE + 1), (i + 1) * (GROUP_SIZE + 1)),
    );
    const ids = await makeGroups(servers, crowds);
    const tokens = crowds.flatMap(([, ...readers]) => readers.map(({ token }) => token));
    clients.order({ order: "connect", url: proxy.url, tokens });
    await clients.hear("connected");
    writers = Promise.all(ids.map((id, i) => write(servers, id, crowds[i]![0]!, writing.signal)));

    const all: Failover[] = [];
    for (let kill = 0; kill < kills; kill++) {
      await Bun.sleep(bench.quick ? BETWEEN_MS / 2 : BETWEEN_MS);
      const victim = servers.processes[kill % 2]!;
      const killedAt = instant();
      await victim.end("SIGKILL");
      // Whoever was on the other one notices nothing.
      await Bun.sleep(1_000);
      clients.order({ order: "collect", limitMs: RECOVERY_LIMIT_MS });
      const { failovers, faults } = await clients.hear("collected");
      for (const fault of faults.slice(0, 5)) bench.report.fault(`failover: ${fault}`);
      all.push(...failovers);
      describe(bench, killedAt, failovers);
      await victim.start();
      await servers.untilAllMet();
    }
    const gaps = gapsOf(all);
    const figure = { base: null, against: "", ratio: null, notes: [`${gaps.length} clients in ${kills} kills`] };
    const name = "killed server's last message to another's first";
    bench.report.add({ ...figure, name: `${name}: p50`, unit: "ms", value: percentile(gaps, 0.5), bar: null });
    bench.report.add({
      ...figure,
      name: "the same: p99",
      unit: "ms",
      value: percentile(gaps, 0.99),
      bar: atMost(2_000, 1_000),
    });
    bench.report.add({ ...figure, name: "the same: the longest", unit: "ms", value: gaps.at(-1) ?? 0, bar: null });
  } finally {
    writing.abort();
    await Promise.all([writers, clients.end()]);
    await proxy.stop();
    await servers.end();
  }
}

/** Writes to the group over both servers in turn, and passes over one that does not answer. */
async function write(servers: Servers, groupId: number, writer: Person, signal: AbortSignal) {
  for (let count = 0; !signal.aborted; count++) {
    const url = servers.urls[count % servers.urls.length]!;
    const sent = fetch(`${url}/groups/${groupId}/messages`, {
      method: "POST",
      headers: { authorization: `Bearer ${writer.token}`, "content-type": "application/json" },
      body: JSON.stringify({ body: "Does anybody notice?" }),
      signal: AbortSignal.timeout(5_000),
    }).then(
      (response) => response.arrayBuffer(),
      () => {},
    );
    await Promise.all([sent, Bun.sleep(WRITE_MS)]);
  }
}

const gapsOf = (failovers: Failover[]) =>
  failovers.map(({ lastAt, firstAt }) => firstAt - lastAt).sort((a, b) => a - b);

function describe({ report }: Bench, killedAt: number, failovers: Failover[]) {
  const gaps = gapsOf(failovers);
  const of = (part: (failover: Failover) => number) => failovers.map(part).sort((a, b) => a - b);
  const noticed = of(({ lostAt }) => lostAt - killedAt);
  const waited = of(({ lostAt, triedAt }) => triedAt - lostAt);
  const back = of(({ triedAt, firstAt }) => firstAt - triedAt);
  const both = (sorted: number[]) => `${percentile(sorted, 0.5).toFixed(0)} / ${percentile(sorted, 0.99).toFixed(0)}`;
  const attempts = Math.max(0, ...failovers.map((failover) => failover.attempts));
  report.note(
    "failover",
    `${gaps.length} clients; p50 / p99 ms: without a message ${both(gaps)}; noticed after ${both(noticed)}, waited for ${both(waited)}, first message after the last attempt ${both(back)}; at most ${attempts} attempts`,
    {
      clients: gaps.length,
      p50: percentile(gaps, 0.5),
      p99: percentile(gaps, 0.99),
      noticed: percentile(noticed, 0.99),
      waited: percentile(waited, 0.99),
      back: percentile(back, 0.99),
      attempts,
    },
  );
}
