// What every load is handed, and the way to compare two subjects: the same load on one and the other in turn.
import { type Load, runRound } from "./fleet.ts";
import type { Bar, Report } from "./report.ts";
import { median, medianInterval, type Round } from "./round.ts";
import type { Floor, Server, Subject } from "./subjects.ts";

// The first round of a load finds cold code and empty caches on both sides; it does not count.
const REHEARSAL_SECONDS = 1;

export interface Bench {
  floor: Floor;
  /** The server that loads share as long as they don't mind each other's rooms. */
  server(): Promise<Server>;
  /** One more, empty, with these settings. The caller may end it. */
  newServer(name: string, env?: Record<string, string>): Promise<Server>;
  /** Of the source to measure; this one when undefined. */
  checkout: string | undefined;
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

/** One of several subjects that take turns. */
export interface Side {
  subject: Subject;
  load: Load;
  /** What it is called in the report, where that is not the subject's own name. */
  name?: string;
}

/** Measures all in turn, the other way round each second time, so that none always follows the same one; answers the rounds of each. */
export async function rotate(
  { seconds, report }: Bench,
  name: string,
  sides: Side[],
  rounds: number,
): Promise<Round[][]> {
  const measured = sides.map((): Round[] => []);
  for (let round = 0; round <= rounds; round++) {
    const duration = round === 0 ? Math.min(REHEARSAL_SECONDS, seconds) : seconds;
    const order = [...sides.keys()];
    for (const side of round % 2 ? order : order.reverse()) {
      const { subject, load, name: sideName = subject.name } = sides[side]!;
      const result = { ...(await runRound(subject, load, duration)), subject: sideName };
      if (round === 0) continue;
      report.round(name, result);
      measured[side]!.push(result);
    }
  }
  return measured;
}

/** Two of those that took turns. */
export const pairUp = (ours: Round[], base: Round[]): Pair[] =>
  ours.map((round, index) => ({ ours: round, base: base[index]! }));

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
  const { median: ratio, low, high } = medianInterval(pairs.map(({ ours, base }) => of(ours) / of(base)));
  report.add({
    name,
    unit,
    value: median(pairs.map(({ ours }) => of(ours))),
    base: median(pairs.map(({ base }) => of(base))),
    against: pairs[0]!.base.subject,
    ratio,
    interval: { low, high },
    bar,
    notes: bound.map(([round]) => `clients at their limit with the ${round!.subject}`),
  });
}
