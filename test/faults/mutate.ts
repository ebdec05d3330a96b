// Loaded before a server (`bun --preload`): makes it the mutant that MUTANT names, if it names one, and puts the line that DATABASE_LINE
// names between it and its database. Refuses to start when it can't.
import { join } from "node:path";
import { plugin } from "bun";
import { type Edit, MUTANTS, type Mutant, mutate } from "./mutants.ts";

const SRC = join(import.meta.dir, "../../src");
const { MUTANT, DATABASE_LINE } = process.env;
const mutant = MUTANT ? (MUTANTS as Record<string, Mutant>)[MUTANT] : { edits: [] };
if (!mutant) throw new Error("MUTANT does not name one");

const line: Edit = {
  file: "db/storage.ts",
  find: "target: embedded.target(DATABASE)",
  replace: `target: { ...embedded.target(DATABASE), socket: ${JSON.stringify(DATABASE_LINE)} }`,
};

const sources = new Map<string, string>();
for (const edit of [...mutant.edits, ...(DATABASE_LINE ? [line] : [])]) {
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
