// A campaign: people talk while one fault after another is done to the processes, the network and the clients; then quiet,
// and the comparison. Called by run.ts and, with a mutant for a server, by mutants.test.ts.

import { Chance } from "../support/random.ts";
import type { Launch } from "../support/server-process.ts";
import type { Verdict } from "./checker.ts";
import { CLIENT_FAULTS, type Fault, NETWORK_FAULTS, PROCESS_FAULTS } from "./faults.ts";
import { Scene } from "./scene.ts";

/** How often each fault happens, compared with the others of its kind. */
export interface Weights {
  processes: Partial<Record<keyof typeof PROCESS_FAULTS, number>>;
  network: Partial<Record<keyof typeof NETWORK_FAULTS, number>>;
  clients: Partial<Record<keyof typeof CLIENT_FAULTS, number>>;
}

export interface Plan {
  seconds: number;
  seed: number;
  weights: Weights;
  /** How long the pauses between faults are, compared with those of PAUSE_MS. */
  pace?: number;
  /** So many faults are done, however long a busy machine takes for them. */
  least?: number;
  launch?: Launch;
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

export const EVERYTHING: Weights = {
  processes: {
    "server killed": 3,
    "server and PostgreSQL killed": 1,
    "PostgreSQL killed": 2,
    "PostgreSQL stopped": 2,
    "PostgreSQL frozen": 2,
    "server and PostgreSQL frozen": 2,
    "answers of PostgreSQL lost": 3,
  },
  network: {
    "every connection cut": 2,
    "some connections cut": 2,
    "everything delayed": 2,
    "some connections silent": 2,
  },
  clients: { "client restarted": 5, "client away": 1, "session ended": 2 },
};

// Between two faults of a kind: sometimes hardly any time to recover, sometimes enough for traffic to flow.
const PAUSE_MS: Record<keyof Weights, [number, number]> = {
  processes: [300, 5_000],
  network: [200, 3_000],
  clients: [100, 1_000],
};

const TICK_MS = 50;
// Of a campaign that waits for its faults.
const LIMIT_MS = 60_000;

/** Runs it to its end. Throws when the server does not come back. */
export async function runCampaign({ seconds, seed, weights, pace = 1, least = 0, launch }: Plan): Promise<Report> {
  const chance = new Chance(seed, "campaign");
  const scene = await Scene.open(chance, launch);
  const faults = new Map<string, number>();
  await scene.talk().catch(async (error) => {
    await scene.close();
    throw error;
  });
  const started = performance.now();
  let done = 0;
  const isOver = () => {
    const elapsed = performance.now() - started;
    return elapsed > seconds * 1_000 && (done >= least || elapsed > seconds * 1_000 + LIMIT_MS);
  };
  const end = (async () => {
    while (!isOver()) await Bun.sleep(TICK_MS);
  })();
  const pause = (ms: number) => Promise.race([Bun.sleep(ms), end]);
  const { server, network, databaseProxy, clients } = scene;
  try {
    const keepDoing = async <Name extends string>(
      kind: keyof Weights,
      all: Record<Name, Fault>,
      wanted: Partial<Record<Name, number>>,
    ) => {
      const own = chance.of(kind);
      for (const name of own.deck<Name>(wanted)) {
        await pause(pace * own.between(...PAUSE_MS[kind]));
        if (isOver()) return;
        faults.set(name, (faults.get(name) ?? 0) + 1);
        await all[name]({ server, network, databaseProxy, clients, pause }, own);
        done++;
      }
    };
    await Promise.all([
      keepDoing("processes", PROCESS_FAULTS, weights.processes),
      keepDoing("network", NETWORK_FAULTS, weights.network),
      keepDoing("clients", CLIENT_FAULTS, weights.clients),
      end,
    ]);
    await scene.quiet();
    const verdict = await scene.judge();
    const { counts, surprises } = scene.tally;
    return { seconds: Math.round((performance.now() - started) / 1_000), verdict, faults, counts, surprises };
  } finally {
    await scene.close();
  }
}
