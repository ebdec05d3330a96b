// Loaded before a server (`bun --preload`): makes it the mutant that MUTANT names, if it names one, and puts the proxy that
// DATABASE_PROXY names between it and its database. Refuses to start when it can't.
import { rmSync } from "node:fs";
import { cp, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { plugin } from "bun";
import { GROUP_MUTANTS } from "./group-mutants.ts";
import { DATABASE_PROXY_EDIT, FUNCTIONS_EDIT, MUTANTS, type Mutant, mutatedSources, SRC } from "./mutants.ts";

const { MUTANT, DATABASE_PROXY } = process.env;
const mutant = MUTANT
  ? ({ ...MUTANTS, ...GROUP_MUTANTS } as Record<string, Pick<Mutant, "edits">>)[MUTANT]
  : { edits: [] };
if (!mutant) throw new Error("MUTANT does not name one");

const sources = await mutatedSources([
  ...mutant.edits,
  ...(DATABASE_PROXY ? [DATABASE_PROXY_EDIT(DATABASE_PROXY)] : []),
]);
// SQL functions are read as files: from a copy of their directory, with the mutant's among them.
const functions = [...sources].filter(([path]) => path.endsWith(".sql"));
if (functions.length > 0) {
  const dir = await mkdtemp(join(tmpdir(), "chat-mutant-"));
  process.on("exit", () => rmSync(dir, { recursive: true, force: true }));
  await cp(join(SRC, "db/functions"), dir, { recursive: true });
  for (const [path, source] of functions) await Bun.write(join(dir, basename(path)), source);
  for (const [path, source] of await mutatedSources([FUNCTIONS_EDIT(dir)])) sources.set(path, source);
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
