// The same clients on one server, and spread over two and four, with notifications and with NATS between them: conversations whose two
// sides are on different servers, and groups of which each server has its part.
import { type Bench, compare, pairUp, rotate, type Side } from "../bench.ts";
import { costOf, costTable } from "../costs.ts";
import type { SocketPlan } from "../plan.ts";
import { atLeast } from "../report.ts";
import { type BusName, QUIET, Servers } from "../servers.ts";
import type { Store, Subject } from "../subjects.ts";
import { prepareConversations } from "./direct.ts";
import { prepareGroup } from "./group.ts";

const SETUPS: { count: number; bus: BusName; quick: boolean }[] = [
  { count: 2, bus: "NOTIFY", quick: true },
  { count: 2, bus: "NATS", quick: true },
  { count: 4, bus: "NOTIFY", quick: false },
  { count: 4, bus: "NATS", quick: false },
];

type Member = Subject & Store & { end(): Promise<void> };

interface SpreadLoad {
  name: string;
  inFlight: number;
  quick: boolean;
  /** Answers the sockets on a subject; those of `store` are there already. */
  prepare(store: Store): Promise<(subject: Subject) => SocketPlan[]>;
}

const LOADS: SpreadLoad[] = [
  { name: "direct, 10 in flight", inFlight: 10, quick: true, prepare: splitConversations },
  { name: "group of 100, 10 in flight", inFlight: 10, quick: false, prepare: (store) => splitGroup(store, 100) },
  { name: "group of 1,000, 1 in flight", inFlight: 1, quick: false, prepare: (store) => splitGroup(store, 1_000) },
];

export async function spread(bench: Bench) {
  const members: Member[] = [];
  try {
    members.push(await bench.newServer("1 server", QUIET));
    for (const { count, bus, quick } of SETUPS) {
      if (bench.quick && !quick) continue;
      members.push(await Servers.start(`${count}, ${bus}`, { count, bus, checkout: bench.checkout }));
    }
    for (const load of LOADS) if (load.quick || !bench.quick) await measure(bench, load, members);
  } finally {
    await Promise.all(members.map((member) => member.end()));
  }
}

async function measure(bench: Bench, { name, inFlight, prepare }: SpreadLoad, members: Member[]) {
  const sides: Side[] = [];
  for (const subject of members) {
    const socketsOn = await prepare(subject);
    // The floor takes the rooms of the first as they are named there.
    if (sides.length === 0) sides.push({ subject: bench.floor, load: { sockets: socketsOn(bench.floor), inFlight } });
    sides.push({ subject, load: { sockets: socketsOn(subject), inFlight } });
  }
  const [floor, one, ...several] = await rotate(bench, `${name}, spread`, sides, bench.rounds);
  costTable(bench, `${name}, spread over servers; CPU a message`, [floor!, one!, ...several]);
  for (const rounds of several) {
    const { subject } = rounds[0]!;
    const isBarred = subject === "2, NATS" && name.startsWith("direct");
    compare(bench, pairUp(rounds, one!), {
      name: `${name}: ${subject}`,
      unit: "deliveries/s",
      of: (round) => round.deliveries ?? 0,
      ...(isBarred && { bar: atLeast(0.9, 1) }),
    });
    compare(bench, pairUp(rounds, one!), { name: "the same: all parts", unit: "CPU us/message", of: costOf("all") });
  }
}

/** The two sides of each conversation on servers next to each other. */
async function splitConversations(store: Store) {
  const { socketsOn } = await prepareConversations(store);
  return (subject: Subject) =>
    socketsOn(subject).map((plan, index) => ({ ...plan, server: Math.floor(index / 2) + (index % 2) }));
}

async function splitGroup(store: Store, size: number) {
  const socketsOn = await prepareGroup(store, size);
  return (subject: Subject) => socketsOn(subject).map((plan, index) => ({ ...plan, server: index }));
}
