// Whether a value is what a schema of the OpenAPI or AsyncAPI document says, and nothing more. It knows just the keywords that
// the documents use; an unknown one is an error, so that none goes unchecked.

export type Json = ReturnType<typeof JSON.parse>;

const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?([+-]\d\d:\d\d|Z)$/;
const EMAIL = /^[^@\s]+@[^@\s]+$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const TYPES: Record<string, (value: Json) => boolean> = {
  object: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  array: Array.isArray,
  string: (value) => typeof value === "string",
  integer: Number.isSafeInteger,
  boolean: (value) => typeof value === "boolean",
  null: (value) => value === null,
};

type Look = (schema: Json, value: Json) => boolean;
type Check = (value: Json, wanted: Json, look: Look) => boolean;

const KEYWORDS: Record<string, Check> = {
  type: (value, type) => TYPES[type]!(value),
  required: (value, names: string[]) => names.every((name) => name in value),
  properties: (value, properties, look) =>
    Object.entries(value).every(([name, part]) => name in properties && look(properties[name], part)),
  items: (value, items, look) => value.every((part: Json) => look(items, part)),
  anyOf: (value, options: Json[], look) => options.some((option) => look(option, value)),
  const: (value, only) => value === only,
  enum: (value, choice: Json[]) => choice.includes(value),
  minimum: (value, least) => value >= least,
  maximum: (value, most) => value <= most,
  pattern: (value, pattern) => new RegExp(pattern).test(value),
  patternProperties: (value, patterns, look) =>
    Object.entries(value).every(([name, part]) =>
      Object.entries<Json>(patterns).some(([pattern, schema]) => new RegExp(pattern).test(name) && look(schema, part)),
    ),
  additionalProperties: (_, isAllowed) => isAllowed === false,
  minItems: (value, least) => value.length >= least,
  uniqueItems: (value) => new Set(value).size === value.length,
  maxItems: (value, most) => value.length <= most,
  maxProperties: (value, most) => Object.keys(value).length <= most,
  minLength: (value, least) => value.length >= least,
  maxLength: (value, most) => value.length <= most,
  format: (value, format) => ({ "date-time": DATE_TIME, email: EMAIL, uuid: UUID })[format as string]!.test(value),
  ...Object.fromEntries(
    ["title", "description", "examples", "default", "contentMediaType"].map((prose) => [prose, () => true]),
  ),
};

/** Whether a value fits a schema of this document. */
export function shapeChecker(document: Json): Look {
  const look: Look = (schema, value) => {
    if (schema.$ref) return look(document.components.schemas[schema.$ref.split("/").at(-1)!], value);
    // The type first: the other keywords take it for granted.
    const keywords = Object.entries<Json>(schema).sort(([a], [b]) => Number(b === "type") - Number(a === "type"));
    return keywords.every(([keyword, wanted]) => {
      const check = KEYWORDS[keyword];
      if (!check) throw new Error(`This check knows no keyword ${keyword}.`);
      return check(value, wanted, look);
    });
  };
  return look;
}
