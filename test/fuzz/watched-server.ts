// Loaded before the server that is fuzzed (`bun --preload`): on SIGIO it collects garbage and writes what is left to the file that
// FUZZ_MEMORY names; FUZZ_MUTANT makes it one of the mutants.

import { heapStats } from "bun:jsc";
import { renameSync, writeFileSync } from "node:fs";
import { plugin } from "bun";
import { mutatedSources } from "../faults/mutants.ts";
import { FUZZ_MUTANTS } from "./mutants.ts";

const { FUZZ_MEMORY, FUZZ_MUTANT } = process.env;

const tick = () => new Promise((resolve) => setTimeout(resolve, 20));

process.on("SIGIO", async () => {
  // What a collection finalizes may hold others.
  for (let n = 0; n < 5; n++) {
    Bun.gc(true);
    await tick();
  }
  const { heapSize, objectCount, objectTypeCounts } = heapStats();
  const types = Object.fromEntries(
    Object.entries(objectTypeCounts)
      .sort(([, a], [, b]) => b - a)
      .slice(0, 40),
  );
  writeFileSync(
    `${FUZZ_MEMORY}.new`,
    JSON.stringify({ heap: heapSize, rss: process.memoryUsage.rss(), objects: objectCount, types }),
  );
  renameSync(`${FUZZ_MEMORY}.new`, FUZZ_MEMORY!);
});

if (FUZZ_MUTANT) {
  const mutant = FUZZ_MUTANTS[FUZZ_MUTANT];
  if (!mutant) throw new Error("FUZZ_MUTANT does not name one");
  const sources = await mutatedSources(mutant.edits);
  plugin({
    name: "mutant",
    setup(build) {
      build.onLoad({ filter: /\/src\/.+\.ts$/ }, async ({ path }) => ({
        contents: sources.get(path) ?? (await Bun.file(path).text()),
        loader: "ts",
      }));
    },
  });
}
