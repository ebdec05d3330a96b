// Short campaigns against mutants of the server: `bun run faults --mutants`, with `--servers 2` against those of several.
import pLimit from "p-limit";
import { OURS } from "../support/server-process.ts";
import { runCampaign } from "./campaign.ts";
import type { Fault } from "./checker.ts";
import { runGroupCampaign } from "./group-campaign.ts";
import { GROUP_MUTANTS, type GroupMutant, type GroupMutantName } from "./group-mutants.ts";
import { MUTANTS, type MutantName } from "./mutants.ts";
import type { Report } from "./play.ts";
import type { BusName } from "./server-group.ts";

// A few faults are enough for any of them.
const SECONDS = 5;
const PACE = 0.2;
const FAULTS = 5;
// Whether a fault shows in so few seconds is by chance, on a busy machine more so: one that was not caught has longer campaigns.
const CAMPAIGNS = 3;
// Each is a server, a database and a dozen clients: more at once take each other's time.
const AT_ONCE = 2;

export interface MutantResult {
  name: MutantName | GroupMutantName;
  /** What it has to be caught as. */
  fault: Fault;
  /** How often it was; or what went wrong with its campaign. */
  found: number | Error;
}

const plan = (name: MutantName | GroupMutantName, campaign: number) => ({
  seconds: SECONDS * campaign,
  seed: campaign,
  pace: PACE,
  least: FAULTS,
  launch: { ...OURS, env: { MUTANT: name } },
});

/** Runs a campaign against each of the mutants. */
export const runMutants = (names: MutantName[]): Promise<MutantResult[]> =>
  runEach(names, MUTANTS, (name, campaign) => runCampaign({ ...plan(name, campaign), weights: MUTANTS[name].weights }));

const GROUP_SERVERS = 2;

/** The same against groups of servers. */
export const runGroupMutants = (names: GroupMutantName[], bus: BusName): Promise<MutantResult[]> =>
  runEach(names, GROUP_MUTANTS, (name, campaign) => {
    const { weights } = GROUP_MUTANTS[name] as GroupMutant;
    const chosen = typeof weights === "function" ? weights(bus) : weights;
    return runGroupCampaign({ ...plan(name, campaign), servers: GROUP_SERVERS, bus, weights: chosen });
  });

/** One that fails says nothing of the others, which come to their end. */
async function runEach<Name extends MutantName | GroupMutantName>(
  names: Name[],
  all: Record<Name, { caughtAs: Fault[] }>,
  run: (name: Name, campaign: number) => Promise<Report>,
): Promise<MutantResult[]> {
  const limit = pLimit(AT_ONCE);
  const results = await limit.map(names, async (name) => {
    for (let campaign = 1; ; campaign++) {
      const result = await tryToCatch(name, all[name].caughtAs, () => run(name, campaign));
      if (campaign === CAMPAIGNS || result.every(({ found }) => typeof found === "number" && found > 0)) return result;
    }
  });
  return results.flat();
}

async function tryToCatch(
  name: MutantResult["name"],
  caughtAs: Fault[],
  run: () => Promise<Report>,
): Promise<MutantResult[]> {
  try {
    const { verdict } = await run();
    return caughtAs.map((fault) => ({ name, fault, found: verdict.faults[fault] }));
  } catch (error) {
    return caughtAs.map((fault) => ({ name, fault, found: error as Error }));
  }
}
