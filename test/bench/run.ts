// `bun run bench`: measures the server against its own limit in the same run, and prints every figure beside what it must reach.
// How it measures is described in docs/performance.md.
import { parseArgs } from "node:util";
import type { Bench } from "./bench.ts";
import { CLIENTS } from "./fleet.ts";
import { allRooms } from "./loads/all-rooms.ts";
import { alone } from "./loads/alone.ts";
import { convoy } from "./loads/convoy.ts";
import { depth } from "./loads/depth.ts";
import { direct } from "./loads/direct.ts";
import { failover } from "./loads/failover.ts";
import { floods } from "./loads/floods.ts";
import { group } from "./loads/group.ts";
import { idle } from "./loads/idle.ts";
import { list } from "./loads/list.ts";
import { logInFlood } from "./loads/log-in-flood.ts";
import { logInTiming } from "./loads/log-in-timing.ts";
import { reactions } from "./loads/reactions.ts";
import { rich } from "./loads/rich.ts";
import { spread } from "./loads/spread.ts";
import { spreadIdle } from "./loads/spread-idle.ts";
import { storm } from "./loads/storm.ts";
import { takeover } from "./loads/takeover.ts";
import { tracing } from "./loads/tracing.ts";
import { Report } from "./report.ts";
import { cores, Floor, Server } from "./subjects.ts";

/** In the order in which they run. Those that are not quick are left out by `--quick`. */
const LOADS: Record<string, { quick: boolean; run: (bench: Bench) => Promise<void> }> = {
  direct: { quick: true, run: direct },
  group: { quick: true, run: group },
  ws: { quick: true, run: allRooms },
  list: { quick: true, run: list },
  storm: { quick: true, run: storm },
  rich: { quick: true, run: rich },
  floods: { quick: false, run: floods },
  "log-in:flood": { quick: false, run: logInFlood },
  "log-in:timing": { quick: false, run: logInTiming },
  reactions: { quick: false, run: reactions },
  idle: { quick: false, run: idle },
  depth: { quick: false, run: depth },
  tracing: { quick: false, run: tracing },
  // Several servers.
  "cluster:alone": { quick: false, run: alone },
  "cluster:spread": { quick: false, run: spread },
  "cluster:convoy": { quick: false, run: convoy },
  "cluster:idle": { quick: false, run: spreadIdle },
  "cluster:takeover": { quick: false, run: takeover },
  failover: { quick: false, run: failover },
};

const { values: options } = parseArgs({
  options: {
    only: { type: "string" },
    quick: { type: "boolean", default: false },
    rounds: { type: "string" },
    seconds: { type: "string" },
    json: { type: "string", default: "bench-results.json" },
    checkout: { type: "string" },
    help: { type: "boolean", default: false },
  },
});

if (options.help) {
  console.log(`bun run bench [--quick] [--only ${Object.keys(LOADS).join(",")}] [--rounds N] [--seconds N] [--json FILE] [--checkout DIR]
  --quick     about a minute: two short rounds, and none of the loads that take long to set up
  --only      these loads alone; "cluster" is all of "cluster:…"
  --rounds    rounds of each load on each side; 5, or 2 with --quick
  --seconds   seconds a round; 4, or 2 with --quick
  --json      where the results go; bench-results.json unless told
  --checkout  measure the server of this directory instead of this one's`);
  process.exit(0);
}

const names = Object.keys(LOADS);
const matches = (name: string, wanted: string) => name === wanted || name.startsWith(`${wanted}:`);
const wanted = options.only?.split(",");
const asked = names.filter((name) =>
  wanted ? wanted.some((part) => matches(name, part)) : LOADS[name]!.quick || !options.quick,
);
const unknown = wanted?.filter((part) => !names.some((name) => matches(name, part))) ?? [];
if (unknown.length > 0) {
  console.error(`There is no load "${unknown[0]}": the loads are ${Object.keys(LOADS).join(", ")}.`);
  process.exit(2);
}

const report = new Report();
const servers: Server[] = [];
const newServer = async (name: string, env?: Record<string, string>) => {
  const server = await Server.start(name, options.checkout, env);
  servers.push(server);
  return server;
};
let shared: Promise<Server> | undefined;
const floor = await Floor.start();
try {
  const bench: Bench = {
    floor,
    server: () => (shared ??= newServer("server")),
    newServer,
    checkout: options.checkout,
    rounds: Number(options.rounds ?? (options.quick ? 2 : 5)),
    seconds: Number(options.seconds ?? (options.quick ? 2 : 4)),
    quick: options.quick,
    report,
  };
  console.log(
    `${cores} cores shared by all; ${CLIENTS} client processes; ${bench.rounds} rounds of ${bench.seconds} s\n`,
  );
  for (const name of asked) {
    await LOADS[name]!.run(bench).catch((error) => report.fault(`${name}: ${error.stack ?? error}`));
  }
} finally {
  await Promise.all([floor.end(), ...servers.map((server) => server.end())]);
}
report.print();
await Bun.write(options.json, `${JSON.stringify(report, null, 2)}\n`);
process.exit(report.faults.length > 0 ? 1 : 0);
