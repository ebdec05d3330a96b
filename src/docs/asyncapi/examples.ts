// The examples of a frame: what its schema's parts give, and over it what the declaration says. Tests hold each against its schema.

import { exampleOf, type JsonSchema } from "../json-schema.ts";
import type { Frame } from "./frames.ts";

interface Example {
  summary?: string;
  payload: Record<string, unknown>;
}

/** On the room's own socket a command need not name it. */
const ROOM_FIELDS = ["conversation_id", "group_id"];

/** Examples of a frame: at least one. `payload` is its public schema, `shapes` what that refers to. */
export function examplesOf(frame: Frame, payload: JsonSchema, shapes: Record<string, JsonSchema>): Example[] {
  const isCommand = frame.role === "command";
  if (isCommand && frame.examples.length === 0) return [{ payload: commandExample(frame, payload, shapes) }];
  const base = exampleOf(payload, shapes, "required") as Record<string, unknown>;
  return frame.examples.map(({ summary, fields }) => {
    const { data, ...rest } = fields;
    const merged = { ...base, ...rest, ...(base.data ? { data: { ...base.data, ...(data as object) } } : {}) };
    return { ...(summary === undefined ? {} : { summary }), payload: merged };
  });
}

/** With every field that it may have. */
function commandExample({ channels }: Frame, payload: JsonSchema, shapes: Record<string, JsonSchema>) {
  const example = exampleOf(payload, shapes) as Record<string, unknown>;
  if (!channels.includes("account"))
    for (const name of ROOM_FIELDS) if (!payload.required?.includes(name)) delete example[name];
  return example;
}
