// `bun run faults [--seconds 300] [--seed N]`: a campaign of faults against a server of its own, and what came of it; the seed
// repeats the schedule. `--servers N [--bus notify|nats]` has several servers on one database, `--former COMMIT` some of them as they were
// at that commit. `--kills N` instead: a kill -9 under load, N times. `--mutants` instead: shows that the comparison can
// fail, by campaigns against servers with a fault built in; `--sample N` takes N of them, chosen by the seed. Ends with 1 if
// anything was lost, doubled, out of order or seen by the wrong people, if a mutant was not caught, or if too little happened
// to say so. A run that broke off without having found anything is repeated once, with the same seed. Each leaves its report in `reports/`.
import { parseArgs } from "node:util";
import { Chance } from "../support/random.ts";
import { breakOff, onceBroken } from "./broken-off.ts";
import { EVERYTHING, runCampaign } from "./campaign.ts";
import { FAULTS, type Fault, type Verdict } from "./checker.ts";
import { thawAll } from "./faults.ts";
import { everythingOn, runGroupCampaign } from "./group-campaign.ts";
import { GROUP_MUTANTS } from "./group-mutants.ts";
import { killUnderLoad } from "./kills.ts";
import { runGroupMutants, runMutants } from "./mutant-campaigns.ts";
import { MUTANTS } from "./mutants.ts";
import { RunReport } from "./report.ts";
import { BUSES } from "./server-group.ts";
import { Teardown } from "./teardown.ts";

// A campaign in which little was said or done has shown little. A slow machine does ten times as much.
const MESSAGES_PER_SECOND = 10;
const SECONDS_PER_FAULT = 5;
// Of a run beyond the time that it is given: what comes before and after it, however slow the machine.
const STANDSTILL_MS = 600_000;
const MUTANT_LIMIT_S = 300;
const END_LIMIT_MS = 60_000;

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "300" },
    seed: { type: "string" },
    servers: { type: "string", default: "1" },
    bus: { type: "string", default: "notify" },
    former: { type: "string" },
    kills: { type: "string" },
    mutants: { type: "boolean", default: false },
    sample: { type: "string", default: String(Object.keys(MUTANTS).length) },
    // A second or two is what a machine with nothing else to do takes, crash recovery included. The limit is for what hangs.
    "start-limit": { type: "string", default: "60" },
  },
});
const seed = values.seed === undefined ? Math.floor(Math.random() * 1_000_000) : Number(values.seed);
const seconds = Number(values.seconds);
const kills = values.kills === undefined ? null : Number(values.kills);
const servers = Number(values.servers);
const bus = BUSES.find((name) => name === values.bus);
const { former } = values;
const sample = Number(values.sample);
const startLimitMs = Number(values["start-limit"]) * 1_000;
const isValid =
  [seconds, startLimitMs, sample, servers, kills ?? 1].every((value) => value > 0) &&
  Number.isSafeInteger(seed) &&
  bus &&
  (former === undefined || servers > 1);
if (!isValid) {
  console.error(
    "Usage: bun run faults [--seconds 300 [--servers 3 [--bus notify|nats] [--former COMMIT]] | --kills 20 [--start-limit 60] | --mutants [--servers 2] [--sample N]] [--seed N]",
  );
  process.exit(2);
}

const kind = values.mutants
  ? "mutants"
  : kills === null
    ? `${seconds}s${servers > 1 ? `-${servers}-servers-${bus}` : ""}${former ? `-former-${former}` : ""}`
    : `${kills}-kills`;
const report = new RunReport(`${kind}-seed-${seed}`);
const isBroken = onceBroken((error) => void breakOff(error, { report, seed, endProcesses }));
// One that stands still says nothing, and would be waited for for ever.
const limit = setTimeout(
  () => isBroken(new Error("it did not come to its end")),
  (values.mutants ? sample * MUTANT_LIMIT_S : (kills ?? seconds) * 2) * 1_000 + STANDSTILL_MS,
);
try {
  if (values.mutants) await mutants();
  else if (kills === null) await campaign();
  else await killing(kills);
  clearTimeout(limit);
  await endProcesses();
  process.exit(report.end());
} catch (error) {
  clearTimeout(limit);
  isBroken(error);
}

/** Every process that was started for campaigns, also those of one that goes on beside the one that failed. */
async function endProcesses() {
  thawAll();
  await Promise.race([Teardown.endAll(), Bun.sleep(END_LIMIT_MS)]);
}

async function campaign() {
  report.say(
    `${seconds} seconds of faults${servers > 1 ? ` against ${servers} servers, --bus ${bus}` : ""}${former ? `, --former ${former}` : ""}, --seed ${seed}`,
  );
  const {
    seconds: took,
    verdict,
    faults,
    counts,
    surprises,
  } = await (servers > 1
    ? runGroupCampaign({ servers, bus: bus!, seconds, seed, weights: everythingOn(bus!, former !== undefined), former })
    : runCampaign({ seconds, seed, weights: EVERYTHING }));
  report.section("What happened", { "seconds in all": took, ...Object.fromEntries(counts) });
  report.section("Faults done", Object.fromEntries(faults));
  const done = [...faults.values()].reduce((sum, n) => sum + n, 0);
  judge(verdict, surprises, seconds * MESSAGES_PER_SECOND);
  report.check(`enough faults were done (${done})`, done >= seconds / SECONDS_PER_FAULT);
}

async function killing(rounds: number) {
  report.say(`${rounds} kills under load, --seed ${seed}`);
  const { verdict, slowestStartMs, counts, surprises } = await killUnderLoad(rounds, 1_000, seed);
  report.section("What happened", { "ms that the slowest start took": slowestStartMs, ...Object.fromEntries(counts) });
  judge(verdict, surprises, rounds * MESSAGES_PER_SECOND);
  report.check(`each start took less than ${startLimitMs} ms (${slowestStartMs})`, slowestStartMs < startLimitMs);
}

async function mutants() {
  const chance = new Chance(seed, "mutants");
  const sampleOf = <Name extends string>(all: Record<Name, unknown>) => {
    const names = chance.shuffled(Object.keys(all) as Name[]).slice(0, sample);
    report.say(`${names.length} of ${Object.keys(all).length} mutants, --seed ${seed}`);
    return names;
  };
  const results =
    servers > 1 ? await runGroupMutants(sampleOf(GROUP_MUTANTS), bus!) : await runMutants(sampleOf(MUTANTS));
  for (const { name, fault, found } of results) {
    const [what, why] = typeof found === "number" ? [found, ""] : [found.message.split("\n")[0], found.stack];
    report.check(`the mutant "${name}" was caught: ${fault} (${what})`, typeof found === "number" && found > 0, why);
  }
}

function judge(verdict: Verdict, surprises: Map<string, number>, enough: number) {
  if (surprises.size > 0) report.section("Surprises", Object.fromEntries(surprises));
  report.section("Compared", {
    "events stored": verdict.stored,
    "messages acknowledged": verdict.acknowledged,
    "events shown": verdict.shown,
  });
  if (verdict.examples.length > 0) report.say(`\nFound\n${verdict.examples.join("\n")}`);
  for (const [fault, found] of Object.entries(verdict.faults)) {
    const examples = verdict.examples.filter((example) => example.startsWith(fault));
    const again = found === 0 ? "" : `, --seed ${seed}`;
    report.check(`${fault}: ${found} (${FAULTS[fault as Fault]})${again}`, found === 0, examples.join("\n"));
  }
  report.check(
    `nothing happened that no fault explains: ${[...surprises.keys()].join(", ") || 0}`,
    surprises.size === 0,
  );
  report.check(`enough was said (${verdict.acknowledged} messages)`, verdict.acknowledged >= enough);
}
