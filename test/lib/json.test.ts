// The judge of nesting agrees with the parser it stands before.
import { describe, expect, test } from "bun:test";
import { findRef, isTooDeep } from "../../src/lib/json.ts";
import { DEPTH_LIMIT } from "../../src/protocol/limits.ts";
import { Chance } from "../support/random.ts";

const drawing = (chance: Chance) => (bound: number) => Math.floor(chance.next() * bound);

const depthOf = (value: unknown): number =>
  typeof value === "object" && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;

test("a text that parses is too deep exactly when its value is", () => {
  const below = drawing(new Chance(7, "values"));
  const texts = ["[", "]{", '"', '\\"', "\\\\", "}", ",", ":", "\\", "é", "😀", "[[[[[[[[", "]]]]]]]]", "\u2028"];
  const text = () => Array.from({ length: below(6) }, () => texts[below(texts.length)]).join("");
  const value = (levels: number): unknown => {
    if (levels <= 0) return below(2) ? text() : below(1_000);
    const inner = [value(levels - 1), text(), ...(below(2) ? [value(below(levels))] : [])];
    return below(2) ? inner : Object.fromEntries(inner.map((part, i) => [text() + i, part]));
  };
  const seen = { deep: 0, flat: 0 };
  for (let i = 0; i < 2_000; i++) {
    const made = value(below(2) ? DEPTH_LIMIT - below(3) : DEPTH_LIMIT + below(4));
    const isDeep = depthOf(made) > DEPTH_LIMIT;
    seen[isDeep ? "deep" : "flat"]++;
    for (const space of [undefined, 1]) expect(isTooDeep(JSON.stringify(made, null, space))).toBe(isDeep);
  }
  expect(Math.min(seen.deep, seen.flat)).toBeGreaterThan(200);
});

test("whatever the parser is given does not take it deeper, broken or not", () => {
  const below = drawing(new Chance(8, "texts"));
  const pieces = ["[", "{", "]", "}", '"', "\\", ",", ":", '{"a":', "1", " ", "\n", '"a"', "[[[[", "'"];
  for (let i = 0; i < 20_000; i++) {
    const text = Array.from({ length: 10 + below(60) }, () => pieces[below(pieces.length)]).join("");
    if (isTooDeep(text)) continue;
    try {
      expect(depthOf(JSON.parse(text))).toBeLessThanOrEqual(DEPTH_LIMIT);
    } catch (error) {
      expect(error).toBeInstanceOf(SyntaxError);
    }
  }
});

describe("the ref of a frame that is not parsed", () => {
  test.each<[string, string | undefined]>([
    ['{"type":"ping","ref":"a1"}', "a1"],
    ['{ "ref" : "é😀" , "x": [', "é😀"],
    ['{"body":"\\"ref\\":\\"no\\"","ref":"yes"}', "yes"],
    ['{"type":"ping"}', undefined],
    ['{"ref":1}', undefined],
    ['{"ref":"never ends', undefined],
    ['{"ref":"with \\" in it"}', undefined],
    ["", undefined],
  ])("%p has %p", (frame, ref) => expect(findRef(frame)).toBe(ref as string));
});
