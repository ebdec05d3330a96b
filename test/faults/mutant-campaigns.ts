// Short campaigns against mutants of the server: `bun run faults --mutants`.
import pLimit from "p-limit";
import { OURS } from "../support/server-process.ts";
import { runCampaign } from "./campaign.ts";
import type { Fault } from "./checker.ts";
import { MUTANTS, type MutantName } from "./mutants.ts";

// A few faults are enough for any of them.
const SECONDS = 3;
const PACE = 0.2;
const FAULTS = 5;
// Each is a server, a database and a dozen clients: more at once take each other's time.
const AT_ONCE = 2;

export interface MutantResult {
  name: MutantName;
  /** What it has to be caught as. */
  fault: Fault;
  /** How often it was. */
  found: number;
}

/** Runs a campaign against each of the mutants. */
export async function runMutants(names: MutantName[]): Promise<MutantResult[]> {
  const limit = pLimit(AT_ONCE);
  const results = await limit.map(names, async (name) => {
    const { weights, caughtAs } = MUTANTS[name];
    const launch = { ...OURS, env: { MUTANT: name } };
    const { verdict } = await runCampaign({ seconds: SECONDS, seed: 1, pace: PACE, least: FAULTS, weights, launch });
    return caughtAs.map((fault) => ({ name, fault, found: verdict.faults[fault] }));
  });
  return results.flat();
}
