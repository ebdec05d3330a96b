// `bun run faults [--seconds 300] [--seed N]`: a campaign of faults against a server of its own, and what came of it; the seed
// repeats the schedule. `--kills N` instead: a kill -9 under load, N times. Ends with 1 if anything was lost, doubled, out of
// order or seen by the wrong people, or if too little happened to say so.
import { parseArgs } from "node:util";
import { EVERYTHING, runCampaign } from "./campaign.ts";
import { FAULTS, type Fault, type Verdict } from "./checker.ts";
import { killUnderLoad } from "./kills.ts";

// A campaign in which little was said or done has shown little. A slow machine does ten times as much.
const MESSAGES_PER_SECOND = 10;
const SECONDS_PER_FAULT = 5;
// The promise for a machine with nothing else to do; the tests only want it to start.
const START_LIMIT_MS = 5_000;

const { values } = parseArgs({
  options: { seconds: { type: "string", default: "300" }, seed: { type: "string" }, kills: { type: "string" } },
});
const seed = values.seed === undefined ? Math.floor(Math.random() * 1_000_000) : Number(values.seed);
const seconds = Number(values.seconds);
const kills = values.kills === undefined ? null : Number(values.kills);
if (!Number.isSafeInteger(seed) || !(seconds > 0) || (kills !== null && !(kills > 0))) {
  console.error("Usage: bun run faults [--seconds 300 | --kills 20] [--seed N]");
  process.exit(2);
}

/** What must hold: in words, and whether it does. */
const checks: [string, boolean][] = [];
if (kills === null) {
  console.log(`${seconds} seconds of faults, --seed ${seed}`);
  const {
    seconds: took,
    verdict,
    faults,
    counts,
    surprises,
  } = await runCampaign({ seconds, seed, weights: EVERYTHING });
  section("What happened", { "seconds in all": took, ...Object.fromEntries(counts) });
  section("Faults done", Object.fromEntries(faults));
  const done = [...faults.values()].reduce((sum, n) => sum + n, 0);
  judge(verdict, surprises, seconds * MESSAGES_PER_SECOND);
  checks.push([`enough faults were done (${done})`, done >= seconds / SECONDS_PER_FAULT]);
} else {
  console.log(`${kills} kills under load, --seed ${seed}`);
  const { verdict, slowestStartMs, counts, surprises } = await killUnderLoad(kills, 1_000, seed);
  section("What happened", { "ms that the slowest start took": slowestStartMs, ...Object.fromEntries(counts) });
  judge(verdict, surprises, kills * MESSAGES_PER_SECOND);
  checks.push([`each start took less than ${START_LIMIT_MS} ms (${slowestStartMs})`, slowestStartMs < START_LIMIT_MS]);
}
console.log();
for (const [what, holds] of checks) console.log(`(${holds ? "pass" : "FAIL"}) ${what}`);
const failed = checks.filter(([, holds]) => !holds).length;
console.log(`\n ${checks.length - failed} pass\n ${failed} fail`);
process.exit(failed === 0 ? 0 : 1);

function judge(verdict: Verdict, surprises: Map<string, number>, enough: number) {
  if (surprises.size > 0) section("Surprises", Object.fromEntries(surprises));
  section("Compared", {
    "events stored": verdict.stored,
    "messages acknowledged": verdict.acknowledged,
    "events shown": verdict.shown,
  });
  if (verdict.examples.length > 0) console.log(`\nFound\n${verdict.examples.join("\n")}`);
  for (const [fault, found] of Object.entries(verdict.faults)) {
    checks.push([`${fault}: ${found} (${FAULTS[fault as Fault]})`, found === 0]);
  }
  checks.push([`nothing happened that no fault explains: ${surprises.size}`, surprises.size === 0]);
  checks.push([`enough was said (${verdict.acknowledged} messages)`, verdict.acknowledged >= enough]);
}

function section(title: string, lines: Record<string, number>) {
  console.log(`\n${title}`);
  for (const [name, n] of Object.entries(lines).toSorted()) console.log(`${String(n).padStart(10)}  ${name}`);
}
