// A campaign: people talk while one fault after another is done to the processes, the network and the clients; then quiet,
// and the comparison. Called by run.ts and, with a mutant for a server, by mutants.test.ts.

import { Chance } from "../support/random.ts";
import type { Launch } from "../support/server-process.ts";
import { CLIENT_FAULTS, type FaultTargets, NETWORK_FAULTS, PROCESS_FAULTS } from "./faults.ts";
import { actsOn, paced, play, type Report, type Series } from "./play.ts";
import { Scene } from "./scene.ts";
import { SingleServer } from "./single-server.ts";

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

/** Runs it to its end. Throws when the server does not come back. */
export async function runCampaign({ weights, pace, launch, ...plan }: Plan): Promise<Report> {
  const chance = new Chance(plan.seed, "campaign");
  const stage = await SingleServer.create(launch);
  const scene = await Scene.open(stage, chance);
  const { server, databaseProxy } = stage;
  return play(scene, chance, plan, (pause) => {
    const { network, clients } = scene;
    const targets: FaultTargets = { server, url: server.url, databaseProxy, network, clients, pause };
    type Act = (targets: FaultTargets, chance: Chance) => Promise<void>;
    const series = <Name extends string>(
      kind: keyof Weights,
      all: Record<Name, Act>,
      wanted: Partial<Record<Name, number>>,
    ): Series => ({ kind, acts: actsOn(all, targets), weights: wanted, pauseMs: paced(PAUSE_MS[kind], pace) });
    return [
      series("processes", PROCESS_FAULTS, weights.processes),
      series("network", NETWORK_FAULTS, weights.network),
      series("clients", CLIENT_FAULTS, weights.clients),
    ];
  });
}
