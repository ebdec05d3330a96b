// Loaded before a server (`bun --preload`): makes it the mutant that MUTANT names, if it names one, and puts the proxy that
// DATABASE_PROXY names between it and its database. Refuses to start when it can't.
import { plugin } from "bun";
import { GROUP_MUTANTS } from "./group-mutants.ts";
import { DATABASE_PROXY_EDIT, MUTANTS, type Mutant, mutatedSources } from "./mutants.ts";

const { MUTANT, DATABASE_PROXY } = process.env;
const mutant = MUTANT
  ? ({ ...MUTANTS, ...GROUP_MUTANTS } as Record<string, Pick<Mutant, "edits">>)[MUTANT]
  : { edits: [] };
if (!mutant) throw new Error("MUTANT does not name one");

const sources = await mutatedSources([
  ...mutant.edits,
  ...(DATABASE_PROXY ? [DATABASE_PROXY_EDIT(DATABASE_PROXY)] : []),
]);

plugin({
  name: "mutant",
  setup(build) {
    build.onLoad({ filter: /\/src\/.+\.ts$/ }, async ({ path }) => ({
      contents: sources.get(path) ?? (await Bun.file(path).text()),
      loader: "ts",
    }));
  },
});
