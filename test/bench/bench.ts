// What every load is handed, and the way to compare two subjects: the same load on one and the other in turn.
import { type Load, runRound } from "./fleet.ts";
import type { Bar, Report } from "./report.ts";
import { median, type Round } from "./round.ts";
import type { Floor, Server, Subject } from "./subjects.ts";

// The first round of a load finds cold code and empty caches on both sides; it does not count.
const REHEARSAL_SECONDS = 1;

export interface Bench {
  floor: Floor;
  /** The server that loads share as long as they don't mind each other's rooms. */
  server(): Promise<Server>;
  /** One more, empty, with these settings. The caller may end it. */
  newServer(name: string, env?: Record<string, string>): Promise<Server>;
  rounds: number;
  seconds: number;
  quick: boolean;
  report: Report;
}

/** Rounds next to each other in time, to be compared with each other. */
export interface Pair {
  ours: Round;
  base: Round;
}

/** Measures both in turn, so that whatever else the machine does hits both. */
export async function alternate(
  { rounds, seconds, report }: Bench,
  name: string,
  measureOurs: (seconds: number) => Promise<Round>,
  measureBase: (seconds: number) => Promise<Round>,
): Promise<Pair[]> {
  const pairs: Pair[] = [];
  for (let round = 0; round <= rounds; round++) {
    const duration = round === 0 ? REHEARSAL_SECONDS : seconds;
    const pair = { ours: await measureOurs(duration), base: await measureBase(duration) };
    if (round === 0) continue;
    report.round(name, pair.ours);
    report.round(name, pair.base);
    pairs.push(pair);
  }
  return pairs;
}

/** The same load on the server and on the floor. */
export async function againstFloor(bench: Bench, name: string, loadOn: (subject: Subject) => Load): Promise<Pair[]> {
  const server = await bench.server();
  const on = (subject: Subject) => (seconds: number) => runRound(subject, loadOn(subject), seconds);
  return alternate(bench, name, on(server), on(bench.floor));
}

/** Reports the medians of something measured in each round, and the median of its ratios. */
export function compare(
  { report }: Bench,
  pairs: Pair[],
  figure: { name: string; unit: string; of: (round: Round) => number; bar?: Bar },
) {
  const { name, unit, of, bar = null } = figure;
  const sides = [pairs.map(({ ours }) => ours), pairs.map(({ base }) => base)];
  const bound = sides.filter((rounds) => rounds.some(({ clientBound }) => clientBound));
  report.add({
    name,
    unit,
    value: median(pairs.map(({ ours }) => of(ours))),
    base: median(pairs.map(({ base }) => of(base))),
    against: pairs[0]!.base.subject,
    ratio: median(pairs.map(({ ours, base }) => of(ours) / of(base))),
    bar,
    notes: bound.map(([round]) => `clients at their limit with the ${round!.subject}`),
  });
}
