// What becomes of Markdown, and of it and back, for texts that people write and for texts that nobody thought of.
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { toMarkdown } from "../../src/markdown/index.ts";
import { type Entity, findEntityFault } from "../../src/protocol/entities.ts";
import { ENTITY_TYPES } from "../../src/protocol/entity-values.ts";
import { ENTITIES_LIMIT, MESSAGE_DATA_LIMIT } from "../../src/protocol/limits.ts";
import { type MentionOf, parseMarkdown } from "../../src/protocol/markdown.ts";
import { countCharacters } from "../../src/protocol/text.ts";

const IDS: Record<string, number> = { veli: 3, some_one: 4, "a.b": 5, ayşe: 6 };
const mention: MentionOf = (name) => (name === "all" ? "all" : IDS[name.toLowerCase()]);

const PIECES = [
  ..."*_~|`[]()\\>@ \n.!x",
  "**",
  "***",
  "~~",
  "||",
  "```",
  "\n```\n",
  "```js\n",
  "> ",
  "\n> ",
  "\n>\n",
  "](https://a.b/c)",
  "](mention:3)",
  "](mention:all)",
  "@veli",
  "@all",
  "@some_one",
  "@a.b",
  "@ayşe",
  "https://x.y/_z_",
  "word",
  "日本",
  "👍🏽",
  "שלום",
  "\u00a0",
  "\t",
  "``",
  "\\*",
  "](",
  "é",
]; // prettier-ignore
/** Text in which there is much markup, well formed or not. */
const markdown = fc
  .array(fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...PIECES) }, fc.string({ unit: "grapheme" })), {
    maxLength: 40,
  })
  .map((pieces) => pieces.join(""));

/** A trimmed text with any entities that the server takes for it. */
const message = fc
  .tuple(markdown, fc.array(fc.tuple(fc.nat(60), fc.nat(30), fc.constantFrom(...ENTITY_TYPES)), { maxLength: 8 }))
  .map(([text, ranges]) => {
    const body = text.trim();
    const size = countCharacters(body);
    const entities: Entity[] = [];
    const sorted = ranges
      .map(([offset, length, type]) => ({ offset, length: length + 1, type }))
      .sort((a, b) => a.offset - b.offset || b.length - a.length);
    for (const { type, ...range } of sorted) {
      const entity = {
        type,
        ...range,
        ...(type === "link" && { url: "https://a.b/(c" }),
        ...(type === "mention" && { user_id: 3 }),
      };
      if (range.offset + range.length <= size && !findEntityFault(body, [...entities, entity])) entities.push(entity);
    }
    return { body, entities };
  });

const of = (type: Entity["type"], offset: number, length: number, values: object = {}) => ({
  type,
  offset,
  length,
  ...values,
});

test.each([
  [
    "**a** *b* _c_ ~~d~~ ||e|| `f`",
    "a b c d e f",
    [
      of("bold", 0, 1),
      of("italic", 2, 1),
      of("italic", 4, 1),
      of("strike", 6, 1),
      of("spoiler", 8, 1),
      of("code", 10, 1),
    ],
  ],
  [
    "***both*** and **bold *and* more**",
    "both and bold and more",
    [of("italic", 0, 4), of("bold", 0, 4), of("bold", 9, 13), of("italic", 14, 3)],
  ],
  ["un*believ*able", "unbelievable", [of("italic", 2, 6)]],
  ["👍🏽 **bold**", "👍🏽 bold", [of("bold", 3, 4)]],
  ["**over\ntwo lines**", "over\ntwo lines", [of("bold", 0, 14)]],
  ["``a`b`` `\\`", "a`b \\", [of("code", 0, 3), of("code", 4, 1)]],
  ["```js\nlet a;\n```\nafter", "let a;\nafter", [of("pre", 0, 6, { language: "js" })]],
  ["````\n```\n````", "```", [of("pre", 0, 3)]],
  ["> one **two**\n> three\nafter", "one two\nthree\nafter", [of("quote", 0, 13), of("bold", 4, 3)]],
  ["> ```\n> code\n> ```", "code", [of("quote", 0, 4), of("pre", 0, 4)]],
  [
    "[the *site*](https://a.org/b_(c))",
    "the site",
    [of("link", 0, 8, { url: "https://a.org/b_(c)" }), of("italic", 4, 4)],
  ],
  [
    "[Veli](mention:3), [all](mention:all)",
    "Veli, all",
    [of("mention", 0, 4, { user_id: 3 }), of("mention_all", 6, 3)],
  ],
  [
    "@veli. _@some_one_, (@a.b.)",
    "@veli. @some_one, (@a.b.)",
    [
      of("mention", 0, 5, { user_id: 3 }),
      of("italic", 7, 9),
      of("mention", 7, 9, { user_id: 4 }),
      of("mention", 19, 4, { user_id: 5 }),
    ],
  ],
  ["\\*no\\* \\\\ \\@veli", "*no* \\ @veli", []],
] as [string, string, Entity[]][])("%j is %j with its formatting", (text, body, entities) => {
  expect(parseMarkdown(text, { mention })).toEqual({ body, entities });
});

test.each([
  "2 * 3 * 4 = 24",
  "snake_case_name and __init",
  "(•_•) >_< ^_^ :_( o_O",
  "a ~ b ~~ c",
  "a | b || c",
  "https://a.org/_b_/~~c~~?d=*",
  "**open",
  "`open",
  "```\nopen",
  "```\n```",
  "> ",
  "a > b",
  ">not a quote",
  "[a](javascript:alert(1))",
  "[a](b)",
  "[](https://a.org)",
  "[a] (https://a.org)",
  "mail@veli.org",
  "@nobody",
  "*",
  "****",
  "C:\\dir",
])("%j stays text", (text) => {
  expect(parseMarkdown(text, { mention })).toEqual({ body: text.trim(), entities: [] });
});

test("there are never more entities and mentions than a message may have", () => {
  const { body, entities } = parseMarkdown("**a** @veli ".repeat(200), { mention });
  expect([entities.length, findEntityFault(body, entities)]).toEqual([ENTITIES_LIMIT, null]);
  const links = parseMarkdown(`[a](https://a.org/${"b".repeat(2_000)}) `.repeat(50));
  expect(JSON.stringify(links.entities).length).toBeLessThan(MESSAGE_DATA_LIMIT);
});

// In quadratic time each of them takes minutes.
test.each([
  "*",
  "**a*",
  "_a ",
  "*_",
  "[",
  "*[a](b ",
  "[a](",
  "`a",
  "``a`",
  "`a\n",
  "~~a",
  "||a ",
  "> ",
  "> > *a\n",
  "```\n",
  "```a\n",
  "@a",
  "https://_",
  "\\",
  "(",
  "**a** ",
])("%j over and over is read in one go", (piece) => {
  const text = piece.repeat((512 * 1024) / piece.length);
  expect(parseMarkdown(text, { mention }).body.length).toBeGreaterThan(0);
});

const RUNS = { numRuns: 2_000 };

describe("whatever is written", () => {
  test("the entities are such as the server takes", () => {
    fc.assert(
      fc.property(markdown, (text) => {
        const { body, entities } = parseMarkdown(text, { mention });
        expect(body).toBe(body.trim());
        expect(findEntityFault(body, entities)).toBeNull();
      }),
      RUNS,
    );
  });
  test("Markdown and back is the same text with the same formatting", () => {
    fc.assert(
      fc.property(markdown, (text) => {
        const parsed = parseMarkdown(text, { mention });
        expect(parseMarkdown(toMarkdown(parsed, { mention }), { mention })).toEqual(parsed);
      }),
      RUNS,
    );
  });
  test("a message of another client keeps its text, and has no formatting that it had not", () => {
    fc.assert(
      fc.property(message, (given) => {
        const parsed = parseMarkdown(toMarkdown(given, { mention }), { mention });
        expect(parsed.body).toBe(given.body);
      }),
      RUNS,
    );
  });
});

test("a name of somebody else, a link within a mention and code in a word keep the text", () => {
  const text = (entities: Entity[], body = "ask @veli now") => toMarkdown({ body, entities }, { mention });
  expect(text([of("mention", 4, 5, { user_id: 3 })])).toBe("ask @veli now");
  expect(text([of("mention", 4, 5, { user_id: 9 })])).toBe("ask [@veli](mention:9) now");
  expect(text([])).toBe("ask \\@veli now");
  expect(text([of("mention_all", 0, 3)])).toBe("[ask](mention:all) \\@veli now");
  expect(text([], "2 * 3")).toBe("2 * 3");
  expect(text([], "*a*")).toBe("\\*a\\*");
});
