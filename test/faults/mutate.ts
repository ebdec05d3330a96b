// Loaded before a server (`bun --preload`): makes it the mutant that MUTANT names. Refuses to start when it can't.
import { join } from "node:path";
import { plugin } from "bun";
import { MUTANTS, type Mutant, mutate } from "./mutants.ts";

const SRC = join(import.meta.dir, "../../src");
const mutant = (MUTANTS as Record<string, Mutant>)[process.env.MUTANT ?? ""];
if (!mutant) throw new Error("MUTANT does not name one");

const sources = new Map<string, string>();
for (const edit of mutant.edits) {
  const path = join(SRC, edit.file);
  sources.set(path, mutate(sources.get(path) ?? (await Bun.file(path).text()), edit));
}

plugin({
  name: "mutant",
  setup(build) {
    build.onLoad({ filter: /\/src\/.+\.ts$/ }, async ({ path }) => ({
      contents: sources.get(path) ?? (await Bun.file(path).text()),
      loader: "ts",
    }));
  },
});
