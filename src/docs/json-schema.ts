// From our TypeBox schemas to plain JSON Schema, and from a schema to an example of what fits it.
import { textBounds } from "../protocol/types.ts";

export interface JsonSchema {
  $ref?: string;
  type?: string;
  title?: string;
  description?: string;
  format?: string;
  minimum?: number;
  maximum?: number;
  const?: unknown;
  enum?: unknown[];
  examples?: unknown[];
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  [keyword: string]: unknown;
}

const RANGE = /^integer (\d+) to (\d+)$/;

// Formats that say no more than the description does.
const OURS = ["text", "ban end"];

/**
 * The schema with formats that others know. One with a `title` moves to the components and leaves a reference behind, with its
 * `examples`: they may be this place's own.
 */
export function toPublicSchema(schema: JsonSchema, components: Record<string, JsonSchema>): JsonSchema {
  const { title, examples, ...rest } = schema;
  if (!title) return convert(schema, components);
  components[title] ??= convert(rest, components);
  return { $ref: `#/components/schemas/${title}`, ...(examples ? { examples } : {}) };
}

function convert(schema: JsonSchema, components: Record<string, JsonSchema>): JsonSchema {
  // Elysia adds `additionalProperties` to a route's schemas when the route is first called; what is left over is ignored.
  const { format, properties, items, anyOf, additionalProperties: _, ...rest } = schema;
  const bounds = textBounds(format);
  if (bounds) return { ...rest, ...bounds };
  const range = RANGE.exec(format ?? "");
  if (range) return toInteger(rest, Number(range[1]), Number(range[2]));
  if (format === "id") return toInteger(rest, 1, Number.MAX_SAFE_INTEGER);
  // A choice of fixed values is an enum to everyone else.
  if (anyOf?.every((option) => option.const !== undefined)) {
    return { ...rest, type: "string", enum: anyOf.map((option) => option.const) };
  }
  return {
    ...rest,
    ...(format === "timestamp" ? { format: "date-time" } : format && !OURS.includes(format) ? { format } : {}),
    ...(items ? { items: toPublicSchema(items, components) } : {}),
    ...(anyOf ? { anyOf: anyOf.map((option) => toPublicSchema(option, components)) } : {}),
    ...(properties
      ? {
          properties: Object.fromEntries(
            Object.entries(properties).map(([name, property]) => [name, toPublicSchema(property, components)]),
          ),
        }
      : {}),
  };
}

function toInteger(schema: JsonSchema, minimum: number, maximum: number): JsonSchema {
  const examples = schema.examples?.map(Number);
  return { ...schema, type: "integer", minimum, maximum, ...(examples ? { examples } : {}) };
}

/**
 * Something that fits: the schema's own first example, or one put together from those of its parts. With `which` required,
 * an object has only what it must have, if there is anything such.
 */
export function exampleOf(
  schema: JsonSchema,
  components: Record<string, JsonSchema>,
  which: "all" | "required" = "all",
): unknown {
  // Where a whole thing may stand, null would teach nothing.
  if (schema.anyOf?.[0]?.$ref) return exampleOf(schema.anyOf[0], components, which);
  if (schema.examples) return schema.examples[0];
  if (schema.$ref) return exampleOf(components[schema.$ref.split("/").at(-1)!]!, components, which);
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.default ?? schema.enum[0];
  if (schema.anyOf) return exampleOf(schema.anyOf[0]!, components, which);
  if (schema.type === "array") return [exampleOf(schema.items!, components, which)];
  if (schema.type !== "object") return schema.default ?? null;
  const { properties = {}, required = [] } = schema;
  const names = which === "required" && required.length > 0 ? required : Object.keys(properties);
  return Object.fromEntries(names.map((name) => [name, exampleOf(properties[name]!, components, which)]));
}
