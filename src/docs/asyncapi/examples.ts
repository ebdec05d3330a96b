// The examples of a frame: what its schema's parts give, and over it what the declaration says. Tests hold each against its schema.

import { exampleOf, type JsonSchema } from "../json-schema.ts";
import type { Frame } from "./frames.ts";

type Fields = Record<string, unknown>;

interface Example {
  summary?: string;
  payload: Fields;
}

/** On the room's own socket a command need not name it. */
const ROOM_FIELDS = ["conversation_id", "group_id"];

/** Examples of a frame: at least one. `payload` is its public schema, `shapes` what that refers to. */
export function examplesOf(frame: Frame, payload: JsonSchema, shapes: Record<string, JsonSchema>): Example[] {
  const isCommand = frame.role === "command";
  if (isCommand && frame.examples.length === 0) return [{ payload: commandExample(frame, payload, shapes) }];
  const base = exampleOf(payload, shapes, "required") as Fields;
  return frame.examples.map(({ summary, fields }) => {
    const data = mergeData(payload.properties!.data, base.data as Fields | undefined, fields.data as Fields, shapes);
    return {
      ...(summary === undefined ? {} : { summary }),
      payload: inOrder(payload, { ...base, ...fields, ...(data === undefined ? {} : { data }) }),
    };
  });
}

/** The declared data over the schema's; data that may be of several shapes is declared whole. */
function mergeData(
  schema: JsonSchema | undefined,
  base: Fields | undefined,
  declared: Fields,
  shapes: Record<string, JsonSchema>,
) {
  if (!schema || schema.anyOf) return declared;
  const shape = schema.$ref ? shapes[schema.$ref.split("/").at(-1)!]! : schema;
  return inOrder(shape, { ...base, ...declared });
}

/** The fields as the schema lists them, which is how the server sends them. */
function inOrder({ properties = {} }: JsonSchema, fields: Fields): Fields {
  const names = Object.keys(properties).filter((name) => name in fields);
  return { ...Object.fromEntries(names.map((name) => [name, fields[name]])), ...fields };
}

/** With every field that it may have. */
function commandExample({ channels }: Frame, payload: JsonSchema, shapes: Record<string, JsonSchema>) {
  const example = exampleOf(payload, shapes) as Fields;
  if (!channels.includes("account"))
    for (const name of ROOM_FIELDS) if (!payload.required?.includes(name)) delete example[name];
  return example;
}
