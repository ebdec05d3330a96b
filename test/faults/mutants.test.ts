// The suite can fail: each mutant of the server is caught, by the fault that it was given.
import { describe, expect, test } from "bun:test";
import pLimit from "p-limit";
import { OURS } from "../support/server-process.ts";
import { runCampaign } from "./campaign.ts";
import { DATABASE_LINE_EDIT, MUTANTS, mutate, mutatedSources } from "./mutants.ts";

// A few faults are enough for any of them.
const SECONDS = 3;
const PACE = 0.2;
const FAULTS = 5;
// Each is a server, a database and a dozen clients: more at once take each other's time.
const limit = pLimit(2);

describe.concurrent("mutants", () => {
  test.each(Object.entries(MUTANTS))(
    "%s",
    async (name, { weights, caughtAs }) => {
      const launch = { ...OURS, env: { MUTANT: name } };
      const { verdict } = await limit(() =>
        runCampaign({ seconds: SECONDS, seed: 1, pace: PACE, least: FAULTS, weights, launch }),
      );
      for (const fault of caughtAs) expect([fault, verdict.faults[fault] > 0]).toEqual([fault, true]);
    },
    300_000,
  );
});

// Without running them: this is what a change of the source breaks first.
test.each(Object.entries(MUTANTS))("the edits of %s apply to the source as it is", async (_name, { edits }) => {
  const sources = await mutatedSources([...edits, DATABASE_LINE_EDIT("/socket")]);
  for (const [path, source] of sources) {
    expect(source).not.toBe(await Bun.file(path).text());
    expect(() => new Bun.Transpiler({ loader: "ts" }).transformSync(source)).not.toThrow();
  }
});

test("a mutant whose place in the source is gone, or is there twice, is an error", () => {
  const edit = { file: "a.ts", find: "one", replace: "two" };
  expect(mutate("just one", edit)).toBe("just two");
  expect(() => mutate("a text", edit)).toThrow("a.ts");
  expect(() => mutate("one and one", edit)).toThrow("a.ts");
});
