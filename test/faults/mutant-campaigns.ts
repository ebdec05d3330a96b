// Short campaigns against mutants of the server: `bun run faults --mutants`, with `--servers 2` against those of several.
import pLimit from "p-limit";
import { OURS } from "../support/server-process.ts";
import { runCampaign } from "./campaign.ts";
import type { Fault } from "./checker.ts";
import { runGroupCampaign } from "./group-campaign.ts";
import { GROUP_MUTANTS, type GroupMutantName } from "./group-mutants.ts";
import { MUTANTS, type MutantName } from "./mutants.ts";
import type { BusName } from "./server-group.ts";

// A few faults are enough for any of them.
const SECONDS = 3;
const PACE = 0.2;
const FAULTS = 5;
// Each is a server, a database and a dozen clients: more at once take each other's time.
const AT_ONCE = 2;

export interface MutantResult {
  name: MutantName | GroupMutantName;
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

const GROUP_SERVERS = 2;

/** The same against groups of servers. */
export async function runGroupMutants(names: GroupMutantName[], bus: BusName): Promise<MutantResult[]> {
  const limit = pLimit(AT_ONCE);
  const results = await limit.map(names, async (name) => {
    const { weights, caughtAs } = GROUP_MUTANTS[name];
    const { verdict } = await runGroupCampaign({
      servers: GROUP_SERVERS,
      bus,
      seconds: SECONDS,
      seed: 1,
      pace: PACE,
      least: FAULTS,
      weights,
      launch: { ...OURS, env: { MUTANT: name } },
    });
    return caughtAs.map((fault) => ({ name, fault, found: verdict.faults[fault] }));
  });
  return results.flat();
}
