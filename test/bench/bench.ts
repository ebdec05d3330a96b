// What every load is handed: the subjects, how long to measure, and the way to compare them.
import { type Load, median, type Round, runRound } from "./fleet.ts";
import type { Bar, Report } from "./report.ts";
import type { Floor, Server, Subject } from "./subjects.ts";

// The first round of a load finds cold code and empty caches on both sides; it does not count.
const REHEARSAL_SECONDS = 1;

export interface Bench {
  server: Server;
  floor: Floor;
  /** Another server like it, empty; ended with the others. */
  newServer(): Promise<Server>;
  rounds: number;
  seconds: number;
  report: Report;
}

export interface Pair {
  server: Round;
  floor: Round;
}

/** The load on the server and on the floor in turn, so that whatever else the machine does hits both. */
export async function alternate(
  { server, floor, rounds, seconds, report }: Bench,
  name: string,
  loadOn: (subject: Subject) => Load,
): Promise<Pair[]> {
  const pairs: Pair[] = [];
  for (let round = 0; round <= rounds; round++) {
    const duration = round === 0 ? REHEARSAL_SECONDS : seconds;
    const pair = {
      server: await runRound(server, loadOn(server), duration),
      floor: await runRound(floor, loadOn(floor), duration),
    };
    if (round === 0) continue;
    report.round(name, pair.server);
    report.round(name, pair.floor);
    pairs.push(pair);
  }
  return pairs;
}

/** Reports the medians of something measured in each round, and of its ratios. */
export function compare(
  { report }: Bench,
  pairs: Pair[],
  figure: { name: string; unit: string; of: (round: Round) => number; bar: Bar | null },
) {
  const { name, unit, of, bar } = figure;
  const bound = (subject: Subject["name"]) => pairs.some((pair) => pair[subject].clientBound);
  report.add({
    name,
    unit,
    server: median(pairs.map((pair) => of(pair.server))),
    base: median(pairs.map((pair) => of(pair.floor))),
    against: "floor",
    ratio: median(pairs.map((pair) => of(pair.server) / of(pair.floor))),
    bar,
    notes: (["server", "floor"] as const).filter(bound).map((subject) => `clients at their limit with the ${subject}`),
  });
}
