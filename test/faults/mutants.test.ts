// Each mutant still fits the source. Whether the comparison catches it is what `bun run faults --mutants` shows.
import { expect, test } from "bun:test";
import { GROUP_MUTANTS } from "./group-mutants.ts";
import { DATABASE_PROXY_EDIT, FUNCTIONS_EDIT, MUTANTS, mutate, mutatedSources } from "./mutants.ts";

test.each(Object.entries({ ...MUTANTS, ...GROUP_MUTANTS }))(
  "the edits of %s apply to the source as it is",
  async (_name, { edits }) => {
    const sources = await mutatedSources([...edits, DATABASE_PROXY_EDIT("/socket"), FUNCTIONS_EDIT("/functions")]);
    for (const [path, source] of sources) {
      expect(source).not.toBe(await Bun.file(path).text());
      if (path.endsWith(".ts")) expect(() => new Bun.Transpiler({ loader: "ts" }).transformSync(source)).not.toThrow();
    }
  },
);

test("a mutant whose place in the source is gone, or is there twice, is an error", () => {
  const edit = { file: "a.ts", find: "one", replace: "two" };
  expect(mutate("just one", edit)).toBe("just two");
  expect(() => mutate("a text", edit)).toThrow("a.ts");
  expect(() => mutate("one and one", edit)).toThrow("a.ts");
});
