// Whatever is sent as formatting and mentions is stored as it was sent, or refused with the path of what is wrong; never by half. The rule is
// written down here once more, pair by pair, so that it does not depend on how the server goes through a list.
import { afterAll, beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import { ENTITIES_LIMIT, MENTIONS_LIMIT } from "../../../src/protocol/limits.ts";
import { type Answer, type Json, startServer, type TestServer } from "../../support/harness.ts";
import { newRoom, type Room, seqOf } from "./rooms.ts";

let server: TestServer;
let room: Room;
beforeAll(async () => {
  server = await startServer();
  room = await newRoom(server, "group");
});
afterAll(() => server.close());

const RUNS = 400;

const TYPES = ["bold", "italic", "strike", "code", "pre", "quote", "spoiler", "link", "mention", "mention_all"];
const URLS = ["https://example.com/ü?q=1#x", "http://a", "mailto:ali@example.com"];
const BAD_URLS = ["javascript:alert(1)", "data:text/html,x", "//example.com", "", " "];

/** Short texts with characters of one, two and four bytes, joined ones and ones that combine. */
const piece = fc.constantFrom("a", "ç", "漢", "🎉", "👩🏽‍🚀", "e\u0301", "🏳️‍🌈", "x y", "\n", "שלום");
const text = fc
  .tuple(
    fc.constantFrom("", " ", "\n "),
    fc.array(piece, { minLength: 1, maxLength: 12 }),
    fc.constantFrom("", "", "  "),
  )
  .map(([before, pieces, after]) => `${before}${pieces.join("")}${after}`);

const range = fc.record({ offset: fc.integer({ min: -1, max: 12 }), length: fc.integer({ min: 0, max: 8 }) });
const rest = fc.record(
  {
    url: fc.constantFrom(...URLS, ...URLS, ...BAD_URLS),
    language: fc.constantFrom("ts", "c++", "a b", ""),
    user_id: fc.integer({ min: 1, max: 9 }),
    unknown: fc.constant("field"),
  },
  { requiredKeys: [] },
);
const entity = fc
  .tuple(fc.constantFrom(...TYPES), range, rest)
  .map(([type, where, more]): Json => ({ type, ...where, ...more }));

/** Most are what a client would send: in order, one inside another or apart. */
const tidy = (entities: Json[]) =>
  entities
    .toSorted((a, b) => a.offset - b.offset || b.length - a.length)
    .filter((one, i, all) => all.slice(0, i).every((other) => isApart(other, one)));
const entities = fc
  .tuple(fc.array(entity, { maxLength: 6 }), fc.integer({ min: 0, max: 3 }))
  .map(([list, chance]) => (chance > 0 ? tidy(list) : list));

const endOf = ({ offset, length }: Json) => offset + length;
const isApart = (first: Json, second: Json) =>
  first.offset <= second.offset && (endOf(first) <= second.offset || endOf(second) <= endOf(first));

const isUrl = (url: unknown) => URLS.includes(url as string);
const isLanguage = (language: unknown) => language === undefined || language === "ts" || language === "c++";

/** Whether this list may be sent with this text. */
function isValid(body: string, list: Json[]): boolean {
  const size = [...body].length;
  return (
    body.trim() !== "" &&
    (list.length === 0 || body === body.trim()) &&
    list.length <= ENTITIES_LIMIT &&
    list.filter(({ type }) => type === "mention").length <= MENTIONS_LIMIT &&
    list.every(
      (one, i) =>
        one.offset >= 0 &&
        one.length >= 1 &&
        endOf(one) <= size &&
        list.slice(0, i).every((other) => isApart(other, one)) &&
        (one.type !== "link" || isUrl(one.url)) &&
        (one.type !== "pre" || isLanguage(one.language)) &&
        (one.type !== "mention" || one.user_id !== undefined),
    )
  );
}

/** What is kept of it: the fields of its type. */
function kept({ type, offset, length, url, language, user_id }: Json): Json {
  return {
    ...{ type, offset, length },
    ...(type === "link" && { url }),
    ...(type === "pre" && language !== undefined && { language }),
    ...(type === "mention" && { user_id }),
  };
}

/** The path of the field that is named, of the list or of the text. */
const PATH = /^(body|entities(\.\d+\.(type|offset|length|url|language|user_id))?)$/;

async function holds(body: string, list: Json[], send: () => Promise<Answer>) {
  const before = await seqOf(server, room);
  const { status, body: answer } = await send();
  const isStored = status < 300;
  expect([isStored, answer.detail]).toEqual([isValid(body, list), answer.detail]);
  if (!isStored) {
    expect([status, answer.code]).toEqual([422, "invalid"]);
    for (const { field } of answer.errors) expect(field).toMatch(PATH);
    expect(await seqOf(server, room)).toBe(before);
    return;
  }
  const shown = list.length > 0 ? list.map(kept) : undefined;
  const page = (await room.other.get(`${room.path}?around=${answer.data.id}&limit=1`)).body.data;
  for (const message of [answer.data, page.find(({ id }: Json) => id === answer.data.id)]) {
    expect(message.body).toBe(body.trim());
    expect(message.entities).toEqual(shown);
  }
}

test("a message has its entities as they were sent, or is not stored", async () => {
  await fc.assert(
    fc.asyncProperty(text, entities, (body, list) =>
      holds(body, list, () => room.author.post(room.path, { body, entities: list })),
    ),
    { numRuns: RUNS },
  );
}, 120_000);

test("an edit brings its entities as they were sent, or changes nothing", async () => {
  const { body } = await room.author.post(room.path, { body: "first" });
  const path = `${room.path}/${body.data.id}`;
  await fc.assert(
    fc.asyncProperty(text, entities, (body, list) =>
      holds(body, list, () => room.author.put(path, { body, entities: list })),
    ),
    { numRuns: RUNS },
  );
}, 120_000);

test("what is valid is taken", async () => {
  const word = fc.array(fc.constantFrom("a", "漢", "🎉"), { minLength: 3, maxLength: 10 }).map((list) => list.join(""));
  await fc.assert(
    fc.asyncProperty(
      word,
      fc.array(fc.tuple(range, fc.constantFrom("bold", "code", "quote")), { maxLength: 5 }),
      async (body, drawn) => {
        const size = [...body].length;
        const list = tidy(
          drawn
            .map(([{ offset, length }, type]) => ({
              type,
              offset: Math.max(0, offset) % size,
              length: Math.max(1, length),
            }))
            .map((one) => ({ ...one, length: Math.min(one.length, size - one.offset) })),
        );
        const { status, body: answer } = await room.author.post(room.path, { body, entities: list });
        expect([status, answer.detail]).toEqual([201, undefined]);
        expect(answer.data.entities).toEqual(list.length > 0 ? list : undefined);
      },
    ),
    { numRuns: RUNS / 2 },
  );
}, 120_000);
