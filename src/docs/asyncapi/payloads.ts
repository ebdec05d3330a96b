// From a frame's TypeBox schema to JSON Schema (draft 7, as AsyncAPI has it), with nothing of ours left in it. The schemas of
// the OpenAPI document are made in schemas.ts; those of frames need patterns and closed objects besides.
import type { TSchema } from "@sinclair/typebox";
import { REF_LIMIT } from "../../protocol/limits.ts";
import type { JsonSchema } from "../json-schema.ts";

/** Our formats, as keywords that every validator knows. */
const FORMATS: Record<string, JsonSchema> = {
  text: {},
  ref: { maxLength: REF_LIMIT },
  uuid: { format: "uuid" },
  "date-time": { format: "date-time" },
};

/** The schema as JSON; parts with a title move to `shapes`, under it, and leave a reference behind. */
export function toPayloadSchema(schema: TSchema, shapes: Record<string, JsonSchema>): JsonSchema {
  // A frame's description is the message's summary.
  const { description: _, ...rest } = JSON.parse(JSON.stringify(schema)) as JsonSchema;
  return convert(rest, shapes);
}

function refer(schema: JsonSchema, shapes: Record<string, JsonSchema>): JsonSchema {
  const { title, examples: _, ...rest } = schema;
  if (!title) return convert(schema, shapes);
  shapes[title] ??= { title, ...convert(rest, shapes) };
  return { $ref: `#/components/schemas/${title}` };
}

function convert(schema: JsonSchema, shapes: Record<string, JsonSchema>): JsonSchema {
  const { format, properties, patternProperties, additionalProperties, items, anyOf, ...rest } = schema;
  if (anyOf?.every((option) => option.const !== undefined))
    return { ...rest, type: "string", enum: anyOf.map((option) => option.const) };
  if (format !== undefined && !FORMATS[format]) throw new Error(`No keyword is known for the format ${format}.`);
  const each = (parts: unknown) =>
    Object.fromEntries(
      Object.entries(parts as Record<string, JsonSchema>).map(([name, part]) => [name, refer(part, shapes)]),
    );
  return {
    ...rest,
    ...(format === undefined ? {} : FORMATS[format]),
    ...(properties && Object.keys(properties).length > 0 ? { properties: each(properties) } : {}),
    // Unknown names are refused only where names are keys: other frames may grow, and Elysia adds the keyword to schemas
    // that its routes share.
    ...(patternProperties ? { patternProperties: each(patternProperties), additionalProperties } : {}),
    ...(items ? { items: refer(items, shapes) } : {}),
    ...(anyOf ? { anyOf: anyOf.map((option) => refer(option, shapes)) } : {}),
  };
}
