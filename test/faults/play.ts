// Plays a campaign: one fault after another of each kind while people talk; then quiet, and the comparison.
import type { Chance } from "../support/random.ts";
import type { Verdict } from "./checker.ts";
import type { Scene } from "./scene.ts";

export type Pause = (ms: number) => Promise<unknown>;

/** Faults of a kind, done one after another. */
export interface Series {
  kind: string;
  acts: Record<string, (chance: Chance) => Promise<unknown>>;
  /** How often each is done, compared with the others. */
  weights: Partial<Record<string, number>>;
  /** Between two of them. */
  pauseMs: [number, number];
}

export interface Report {
  seconds: number;
  verdict: Verdict;
  /** How often each fault was done. */
  faults: Map<string, number>;
  counts: Map<string, number>;
  /** What no fault explains. */
  surprises: Map<string, number>;
}

const TICK_MS = 50;
// Between two looks at what only quiet shows.
const ROUND_MS = 60_000;
// Of a campaign that waits for its faults.
const LIMIT_MS = 60_000;

/** Of faults that are done to these targets. */
export const actsOn = <Targets>(
  faults: Record<string, (targets: Targets, chance: Chance) => Promise<unknown>>,
  targets: Targets,
): Series["acts"] =>
  Object.fromEntries(Object.entries(faults).map(([name, fault]) => [name, (chance) => fault(targets, chance)]));

export const paced = ([from, to]: [number, number], pace = 1): [number, number] => [from * pace, to * pace];

/**
 * To its end, which comes after so many seconds, and when `least` faults are done, however long a busy machine takes for them. Now and
 * then there is quiet, to look at what only quiet shows.
 */
export async function play(
  scene: Scene,
  chance: Chance,
  { seconds, least = 0 }: { seconds: number; least?: number },
  seriesOf: (pause: Pause) => Series[],
): Promise<Report> {
  const faults = new Map<string, number>();
  try {
    await scene.talk();
    const started = performance.now();
    let done = 0;
    const failed: unknown[] = [];
    const isOver = () => {
      if (failed.length > 0) return true;
      const elapsed = performance.now() - started;
      return elapsed > seconds * 1_000 && (done >= least || elapsed > seconds * 1_000 + LIMIT_MS);
    };
    let round = { endsAt: 0, end: Promise.resolve() };
    const isRoundOver = () => isOver() || performance.now() > round.endsAt;
    const pause: Pause = (ms) => Promise.race([Bun.sleep(ms), round.end]);
    const series = seriesOf(pause).map(({ kind, acts, weights, pauseMs }) => {
      const own = chance.of(kind);
      const deck = own.deck(weights);
      return async () => {
        for (;;) {
          await pause(own.between(...pauseMs));
          if (isRoundOver()) return;
          const { value: name } = deck.next();
          if (name === undefined) return;
          faults.set(name, (faults.get(name) ?? 0) + 1);
          await acts[name]!(own);
          done++;
        }
      };
    });
    for (;;) {
      round = { endsAt: performance.now() + ROUND_MS, end: Promise.resolve() };
      round.end = (async () => {
        while (!isRoundOver()) await Bun.sleep(TICK_MS);
      })();
      // When one kind of fault fails, those that are under way come to their end all the same: they start what they have ended.
      await Promise.all([...series.map((keepDoing) => keepDoing().catch((error) => failed.push(error))), round.end]);
      if (failed.length > 0) throw failed[0];
      await scene.quiet();
      await scene.observeAftermath();
      if (isOver()) break;
      await scene.talk();
    }
    await scene.upgrade();
    const verdict = await scene.judge();
    const { counts, surprises } = scene.tally;
    return { seconds: Math.round((performance.now() - started) / 1_000), verdict, faults, counts, surprises };
  } finally {
    await scene.close();
  }
}
