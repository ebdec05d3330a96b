// What it costs one server to be ready for others: the same rate of messages on a server with its own PostgreSQL, and on servers that
// listen for others, of which there are none. In processor time of all parts, which holds on a busy machine where speed does not.
import { type Bench, compare, pairUp, rotate } from "../bench.ts";
import { costOf, costTable } from "../costs.ts";
import { atMost } from "../report.ts";
import { QUIET, Servers } from "../servers.ts";
import type { Store, Subject } from "../subjects.ts";
import { prepareConversations } from "./direct.ts";

const RATE = 3_000;
// The difference looked for is smaller than that between two rounds.
const ROUNDS_TIMES = 3;

export async function alone(bench: Bench) {
  const subjects: (Subject & Store & { end(): Promise<void> })[] = [];
  try {
    subjects.push(await bench.newServer("1 server", QUIET));
    for (const bus of ["NOTIFY", "NATS"] as const) {
      subjects.push(await Servers.start(`1, ${bus}`, { count: 1, bus, checkout: bench.checkout }));
    }
    const sides = [];
    for (const subject of subjects) {
      const { socketsOn } = await prepareConversations(subject);
      sides.push({ subject, load: { sockets: socketsOn(subject), inFlight: 0, rate: RATE } });
    }
    const name = `a bus but alone, ${RATE} messages/s`;
    const measured = await rotate(bench, name, sides, bench.rounds * (bench.quick ? 1 : ROUNDS_TIMES));
    costTable(bench, name, measured);
    for (const rounds of measured.slice(1)) {
      compare(bench, pairUp(rounds, measured[0]!), {
        name: `${rounds[0]!.subject} but alone: all parts`,
        unit: "CPU us/message",
        of: costOf("all"),
        bar: atMost(1.03, 1),
      });
    }
  } finally {
    await Promise.all(subjects.map((subject) => subject.end()));
  }
}
