// `bun run bench:versus DIR`: this version beside the one checked out in DIR, in turn, under the same load. What a message costs is
// processor time of the server and of its PostgreSQL, which holds on a busy machine where speed does not.
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { OURS, ServerProcess } from "../support/server-process.ts";
import { residentBytes } from "./cpu.ts";
import { type Load, runRound } from "./fleet.ts";
import { newConversations } from "./people.ts";
import { productionOf } from "./production.ts";
import { median, medianInterval, type Round } from "./round.ts";
import { Server, type Subject } from "./subjects.ts";

const CONVERSATIONS = 20;
/** How long a server that has just started is left alone before its memory is read. */
const REST_MS = 2_000;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: "string", default: "15" },
    seconds: { type: "string", default: "4" },
    rate: { type: "string", default: "4000" },
    "in-flight": { type: "string", default: "0" },
    starts: { type: "string", default: "7" },
    env: { type: "string", multiple: true, default: [] },
    "their-env": { type: "string", multiple: true, default: [] },
  },
});
const [checkout] = positionals;
if (!checkout) {
  console.log(`bun run bench:versus DIR [--rounds 15] [--seconds 4] [--rate 4000] [--starts 7]
  DIR        a checkout of the other version, with its packages installed
  --rounds   rounds of each side
  --seconds  seconds a round
  --rate     messages a second, sent whatever the server does
  --in-flight   messages of each client under way instead, sent as soon as there is room: how many a second get through
  --starts   starts of each side, for the time to /health and the memory at rest; 0 for none
  --env, --their-env   a setting of this version, and of the other one, as NAME=VALUE: with . for DIR, two settings of this version`);
  process.exit(2);
}

const environments = {
  ours: Object.fromEntries(options.env.map((setting) => setting.split("=", 2))),
  theirs: Object.fromEntries(options["their-env"].map((setting) => setting.split("=", 2))),
};

interface Pair<T> {
  ours: T;
  theirs: T;
}

const checkouts = { ours: OURS.checkout, theirs: resolve(checkout) };

/** One after the other, and the other way round each second time, so that neither always comes first. */
async function inTurn<T>(times: number, measure: (side: keyof Pair<T>) => Promise<T>): Promise<Pair<T>[]> {
  const pairs: Pair<T>[] = [];
  for (let i = 0; i < times; i++) {
    const pair: Partial<Pair<T>> = {};
    for (const side of i % 2 ? (["theirs", "ours"] as const) : (["ours", "theirs"] as const))
      pair[side] = await measure(side);
    pairs.push(pair as Pair<T>);
  }
  return pairs;
}

function print<T>(name: string, unit: string, pairs: Pair<T>[], of: (measured: T) => number) {
  const { median: ratio, low, high } = medianInterval(pairs.map(({ ours, theirs }) => of(ours) / of(theirs)));
  const [ours, theirs] = (["ours", "theirs"] as const).map((side) => median(pairs.map((pair) => of(pair[side]))));
  console.log(
    `${name.padEnd(34)} ${ours!.toFixed(1).padStart(9)} ${theirs!.toFixed(1).padStart(9)} ${unit.padEnd(6)} ratio ${ratio.toFixed(3)}, 95 % ${low.toFixed(3)} to ${high.toFixed(3)}`,
  );
}

const microseconds = (of: (round: Round) => number | null) => (round: Round) => (of(round)! / round.answered) * 1e6;

async function messages() {
  const servers = {
    ours: await Server.start("ours", undefined, environments.ours),
    theirs: await Server.start("theirs", checkouts.theirs, environments.theirs),
  };
  try {
    const sockets = {
      ours: await newConversations(servers.ours.url, CONVERSATIONS),
      theirs: await newConversations(servers.theirs.url, CONVERSATIONS),
    };
    const inFlight = Number(options["in-flight"]);
    const rate = inFlight > 0 ? undefined : Number(options.rate);
    const run = (side: keyof Pair<Round>, seconds: number) => {
      const load: Load = { sockets: sockets[side], inFlight, ...(rate && { rate }) };
      return runRound(servers[side] as Subject, load, seconds);
    };
    for (const side of ["ours", "theirs"] as const) await run(side, 1);
    const pairs = await inTurn(Number(options.rounds), (side) => run(side, Number(options.seconds)));
    const faults = pairs.flatMap(({ ours, theirs }) => [...ours.faults, ...theirs.faults]);
    for (const fault of faults) console.log(`fault: ${fault}`);
    const perMessage = {
      server: microseconds(({ cpu }) => cpu.server),
      database: microseconds(({ cpu }) => cpu.database),
    };
    console.log(
      `${pairs.length} rounds of ${options.seconds} s a side, ${rate ? `${rate} messages/s` : `${inFlight} in flight`}; ours, theirs`,
    );
    print("server, CPU a message", "us", pairs, perMessage.server);
    print("PostgreSQL, CPU a message", "us", pairs, perMessage.database);
    print("both, CPU a message", "us", pairs, (round) => perMessage.server(round) + perMessage.database(round));
    print("messages", "/s", pairs, (round) => round.answered);
    print("p50", "ms", pairs, (round) => round.p50);
    print("p99", "ms", pairs, (round) => round.p99);
    return faults.length;
  } finally {
    await Promise.all([servers.ours.end(), servers.theirs.end()]);
  }
}

/** From the second start on: the first one creates the database. */
async function starts() {
  const create = async (side: keyof Pair<never>) =>
    ServerProcess.create(undefined, await productionOf(checkouts[side], environments[side]));
  const processes = { ours: await create("ours"), theirs: await create("theirs") };
  try {
    for (const server of Object.values(processes)) {
      await server.start();
      await server.end("SIGTERM");
    }
    const pairs = await inTurn(Number(options.starts), async (side) => {
      const milliseconds = await processes[side].start();
      await Bun.sleep(REST_MS);
      const bytes = residentBytes(processes[side].pid) ?? Number.NaN;
      await processes[side].end("SIGTERM");
      return { milliseconds, bytes };
    });
    console.log(`${pairs.length} starts a side; ours, theirs`);
    print("start to /health", "ms", pairs, ({ milliseconds }) => milliseconds);
    print("memory at rest", "MiB", pairs, ({ bytes }) => bytes / 2 ** 20);
  } finally {
    for (const server of Object.values(processes)) await server.remove();
  }
}

if (Number(options.starts) > 0) await starts();
process.exit(Number(options.rounds) > 0 && (await messages()) > 0 ? 1 : 0);
