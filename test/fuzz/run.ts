// `bun run fuzz [--count 1000000] [--seed N] [--only REGEX]`: random requests and frames, made from the documents that the server hands
// out, against a server of its own, while innocent people go on chatting. Ends with 1 if it crashed, failed, answered other than it
// documents, kept memory, or if anybody was disturbed. `--mutants` shows that each of these is found; `--only` then chooses mutants.
import { parseArgs } from "node:util";
import { breakOff, onceBroken } from "../faults/broken-off.ts";
import { RunReport } from "../faults/report.ts";
import { endFuzzing, fuzz } from "./campaign.ts";
import { FINDINGS } from "./ledger.ts";
import { FUZZ_MUTANTS } from "./mutants.ts";

const USAGE = "Usage: bun run fuzz [--count 1000000] [--seed N] [--only REGEX] [--mutants | --mutant NAME]";
// In a short run what is kept on purpose is not full when memory is first measured.
const JUDGES_MEMORY_FROM = 200_000;
const MUTANT_CALLS = 12_000;

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "1000000" },
    seed: { type: "string" },
    only: { type: "string" },
    mutants: { type: "boolean", default: false },
    mutant: { type: "string" },
  },
});
const seed = values.seed === undefined ? Math.floor(Math.random() * 1_000_000) : Number(values.seed);
const count = Number(values.count);
if (!Number.isSafeInteger(seed) || !(count > 0)) {
  console.error(USAGE);
  process.exit(2);
}
const only = values.only ? new RegExp(values.only) : null;
const report = new RunReport(`fuzz-${values.mutants ? "mutants" : count}-seed-${seed}`);
report.say(`seed ${seed}`);
const say = (text: string) => report.say(text);

const isBroken = onceBroken((error) => void breakOff(error, { report, seed, endProcesses: endFuzzing }));
try {
  if (values.mutants) {
    for (const [name, mutant] of Object.entries(FUZZ_MUTANTS)) {
      if (only && !only.test(name)) continue;
      const { caughtAs } = mutant;
      const judgesMemory = caughtAs === "memory kept";
      const { ledger } = await fuzz({
        seed,
        count: MUTANT_CALLS,
        only: mutant.only ?? null,
        mutant: name,
        judgesMemory,
        say,
      });
      report.check(
        `the mutant "${name}" is caught: ${caughtAs}, ${ledger.timesOf(caughtAs)} times`,
        ledger.timesOf(caughtAs) > 0,
      );
    }
  } else await campaign();
  process.exit(report.end());
} catch (error) {
  isBroken(error);
}

async function campaign() {
  const judgesMemory = count >= JUDGES_MEMORY_FROM;
  const { ledger, seconds, calls, memory, messages, waits, accounts } = await fuzz({
    seed,
    count,
    only,
    judgesMemory,
    say,
    mutant: values.mutant,
  });
  const inMiB = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  report.section("Tried", Object.fromEntries(ledger.tried));
  report.section("Answered", ledger.answers);
  for (const finding of FINDINGS) {
    for (const [kind, examples] of ledger.kindsOf(finding)) {
      report.say(`\n${finding}: ${kind}`);
      for (const example of examples) report.say(`  ${JSON.stringify(example)}`);
    }
  }
  const at = (share: number) => `${(waits[Math.floor(waits.length * share)] ?? 0).toFixed(0)} ms`;
  report.say(
    `\n${calls} calls in ${seconds.toFixed(0)} s (${Math.round(calls / seconds)} a second) from ${accounts} accounts and without`,
  );
  report.say(`${messages} messages of the innocent: half within ${at(0.5)}, 99 % within ${at(0.99)}`);
  if (memory)
    report.say(
      `heap ${inMiB(memory.before.heap)} after the warm-up, ${inMiB(memory.after.heap)} in the end; resident ${inMiB(memory.before.rss)}, ${inMiB(memory.after.rss)}`,
    );
  for (const finding of FINDINGS) {
    if (finding === "memory kept" && !judgesMemory) continue;
    const kinds = ledger.kindsOf(finding).map(([kind, examples]) => `${kind}: ${JSON.stringify(examples[0])}`);
    const times = ledger.timesOf(finding);
    report.check(`${finding}: ${times}${times > 0 ? `, --seed ${seed}` : ""}`, times === 0, kinds.join("\n"));
  }
  // What has come nowhere has shown little.
  report.check(`at least ${count} calls were made`, calls >= count || only !== null);
  const operations = new Set([...ledger.tried.keys()].map((key) => key.split(",")[0]));
  report.say(`${operations.size} kinds of calls`);
}
