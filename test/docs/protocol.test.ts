// docs/protocol.md against the protocol: each JSON example in it is a frame that the schemas know, each frame occurs, and its
// tables have the numbers that hold.
import { expect, test } from "bun:test";
import { join } from "node:path";
// It knows the format of timestamps, which TypeBox by itself does not.
import "elysia";
import { Value } from "@sinclair/typebox/value";
import { buildAsyncApi } from "../../src/docs/asyncapi/asyncapi.ts";
import { commandFrames, type Frame, serverFrames } from "../../src/docs/asyncapi/frames.ts";
import { withTables } from "../../src/docs/socket-page/guide-tables.ts";
import { ERRORS } from "../../src/protocol/errors.ts";
import { type Json, shapeChecker } from "./shape.ts";

const page = await Bun.file(join(import.meta.dir, "../../docs/protocol.md")).text();
const blocks = [...page.matchAll(/^```json\n([\s\S]*?)^```$/gm)].map(([, block]) => block!);
const examples: Json[] = blocks.flatMap(values);

/** The JSON values in a block: each begins a line, and goes on over those that are indented. */
function values(block: string): Json[] {
  return block
    .split(/\n(?=\{)/)
    .filter((text) => text.trim() !== "")
    .map((text) => JSON.parse(text));
}

/** Server frames have `data` or answer by type; commands have neither. */
const isFromServer = (example: Json) => "data" in example || ["pong", "error"].includes(example.type);

const document = buildAsyncApi();
const look = shapeChecker(document);

/** By the schema itself, and by its public form, which takes no field that it does not name. */
const fits = (example: Json) => (frame: Frame) =>
  Value.Check(frame.schema, example) && look(document.components.messages[frame.key]!.payload, example);

test("each example is a frame that the protocol knows", () => {
  expect(examples.length).toBeGreaterThan(40);
  for (const example of examples) {
    const known = isFromServer(example) ? serverFrames : commandFrames;
    expect([example, known.some(fits(example))]).toEqual([example, true]);
  }
});

test("each frame occurs among them", () => {
  const sent = examples.filter((example) => !isFromServer(example));
  const got = examples.filter(isFromServer);
  const typesOf = (frames: { type: string }[]) => [...new Set(frames.map(({ type }) => type))].toSorted();
  expect(typesOf(sent)).toEqual(typesOf(commandFrames));
  expect(typesOf(got)).toEqual(typesOf(serverFrames));
  for (const frame of serverFrames)
    expect([frame.key, got.some((example) => fits(example)(frame))]).toEqual([frame.key, true]);
});

test("every error code is told of", () => {
  for (const code of Object.keys(ERRORS)) expect(page).toContain(`\`${code}\``);
});

test("its tables of limits and close codes are generated from the code", () => {
  expect(page.match(/^<!-- generated: .+ -->$/gm)).toHaveLength(2);
  expect(withTables(page)).toBe(page);
});
