// Values made from a JSON Schema: one that fits, one that breaks a single constraint, and hostile ones that know no schema.
import fc from "fast-check";
import type { Chance } from "../support/random.ts";
import type { Json } from "./documents.ts";
import type { KnownIds } from "./known-ids.ts";

/** What stands for itself in the JSON text, such as a number that no parser of ours would write. */
const RAW = /"@raw:([^"]*)@"/g;
const raw = (text: string) => `@raw:${text}@`;

/** The JSON of a value, with its raw parts in place. */
export const toJson = (value: unknown): string => (JSON.stringify(value) ?? "null").replace(RAW, "$1");

/** The value as a parameter or a field of a form has it. */
export const asText = (value: unknown): string =>
  (typeof value === "object" && value !== null ? toJson(value) : String(value)).replace(/^@raw:(.*)@$/, "$1");

const NASTY = [
  "",
  " ",
  "\u0000",
  "a\u0000b",
  "\ud800",
  "x\udfffy",
  "\u202Eabc\u202C",
  "\u200b",
  "\ufeff",
  "\r\nSet-Cookie: a=b",
  "line\nbreak",
  "😀".repeat(20),
  "👩‍👩‍👧‍👦",
  "e\u0301".repeat(30),
  "ﷺ".repeat(10),
  "İıſß",
  "../../../../etc/passwd",
  "..\\..\\windows",
  "'; drop table users; --",
  "' or '1'='1",
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  "javascript:alert(1)",
  "$" + "{7*7}{{7*7}}",
  "%00%0d%0a",
  "__proto__",
  "constructor",
  "toString",
  "null",
  "undefined",
  "NaN",
  "true",
  "[]",
  "{}",
  "1e3",
  "0x10",
  "@everyone",
  "-",
  "\\",
  '"',
  "𝕒𝕕𝕞𝕚𝕟",
  "аdmin",
];

const NUMBERS = [
  0,
  -1,
  1.5,
  -0.5,
  9007199254740991,
  raw("9007199254740992"),
  raw("9007199254740993"),
  raw("-9007199254740993"),
  raw("9223372036854775807"),
  raw("9223372036854775808"),
  raw("1e400"),
  raw("-1e400"),
  raw("-0"),
  raw("1e-400"),
  2147483648,
  4294967296,
];

const LONG = [256, 1_025, 4_001, 8_193, 65_537];

export type Hints = Record<string, (chance: Chance) => unknown>;

export class Values {
  private readonly samples = new Map<string, string[]>();

  constructor(
    private readonly resolve: (schema: Json) => Json,
    private readonly ids: KnownIds,
    /** What fields of these names hold, where the schema does not say enough for a request to succeed. */
    private readonly hints: Hints,
    private readonly seed: number,
  ) {}

  /** A value that fits the schema. */
  valid(schema: Json, name: string, chance: Chance): unknown {
    const { examples, ...rest } = schema.$ref ? { ...this.resolve(schema), ...schema } : schema;
    const hint = rest.const === undefined && !rest.enum ? this.hints[name] : undefined;
    if (hint && chance.happens(0.8)) return hint(chance);
    const isId = rest.type === "integer" && rest.maximum === Number.MAX_SAFE_INTEGER;
    if (examples && !isId && chance.happens(0.4)) return chance.pick(examples as unknown[]);
    if (rest.const !== undefined) return rest.const;
    if (rest.enum) return chance.pick(rest.enum as unknown[]);
    if (rest.anyOf) return this.valid(chance.pick(rest.anyOf as Json[]), name, chance);
    switch (rest.type) {
      case "object":
        return this.object(rest, chance);
      case "array": {
        const length = Math.floor(chance.between(rest.minItems ?? 0, Math.min(rest.maxItems ?? 4, 4) + 1));
        const items = Array.from({ length }, () => this.valid(rest.items ?? {}, name, chance));
        return rest.uniqueItems ? [...new Set(items)] : items;
      }
      case "integer":
        return this.integer(rest, name, chance);
      case "number":
        return chance.between(rest.minimum ?? 0, rest.maximum ?? 1_000);
      case "boolean":
        return chance.happens(0.5);
      case "null":
        return null;
      default:
        return this.string(rest, chance);
    }
  }

  /** A value that fits the schema but for one constraint. */
  nearlyValid(schema: Json, name: string, chance: Chance): unknown {
    const known = schema.$ref ? this.resolve(schema) : schema;
    if (known.type !== "object" || !known.properties) return this.broken(known, name, chance);
    const whole = this.object(known, chance);
    const names = Object.keys(known.properties);
    const field = names.length > 0 ? chance.pick(names) : "x";
    const how = chance.next();
    if (how < 0.15) delete whole[chance.pick(known.required?.length ? (known.required as string[]) : [field])];
    else if (how < 0.25) whole[`x_${field}`] = this.hostile(chance);
    else if (names.length > 0) whole[field] = this.broken(known.properties[field], field, chance);
    return whole;
  }

  /** Anything but what a schema asks for. */
  hostile(chance: Chance, depth = 0): unknown {
    const kind = Math.floor(chance.between(0, depth > 3 ? 6 : 9));
    if (kind < 2) return this.nasty(chance);
    if (kind === 2) return chance.pick(NUMBERS);
    if (kind === 3) return chance.pick([null, true, false]);
    if (kind === 4) return "x".repeat(chance.pick(LONG));
    if (kind === 5) return chance.pick([[], {}, [[]], [null]]);
    if (kind === 6) return Array.from({ length: chance.between(1, 6) }, () => this.hostile(chance, depth + 1));
    const names = ["id", "type", "body", "length", "__proto__", "constructor", "toString", "then", "toJSON", ""];
    return Object.fromEntries(
      Array.from({ length: 3 }, () => [chance.pick(names), this.hostile(chance, depth + 1)] as const),
    );
  }

  nasty = (chance: Chance): string => chance.pick(NASTY);

  private object({ properties = {}, required = [], patternProperties }: Json, chance: Chance): Record<string, unknown> {
    const whole: Record<string, unknown> = {};
    for (const [name, schema] of Object.entries<Json>(properties)) {
      if (required.includes(name) || chance.happens(0.5)) whole[name] = this.valid(schema, name, chance);
    }
    for (const [pattern, schema] of Object.entries<Json>(patternProperties ?? {})) {
      for (let n = chance.between(0, 4); n > 0; n--) {
        const key = chance.happens(0.5) ? this.sample(pattern, chance) : this.roomKey(chance);
        whole[key] = this.valid(schema, "seq", chance);
      }
    }
    return whole;
  }

  private roomKey(chance: Chance): string {
    const kind = chance.pick(["group", "conversation"]);
    return `${kind}:${this.ids.pick(kind, chance)}`;
  }

  private integer({ minimum = 0, maximum = 1_000 }: Json, name: string, chance: Chance): number {
    if (maximum === Number.MAX_SAFE_INTEGER && minimum === 1) return this.ids.pick(name, chance);
    if (chance.happens(0.2)) return chance.pick([minimum, maximum]);
    return Math.floor(chance.between(minimum, Math.min(maximum, minimum + 200)));
  }

  private string({ minLength = 0, maxLength = 200, format, pattern }: Json, chance: Chance): string {
    if (format === "uuid") return this.uuid(chance);
    if (format === "date-time") return new Date(Math.floor(chance.between(0, 4e12))).toISOString();
    if (format === "email") return `a${Math.floor(chance.between(0, 1e9))}@example.com`;
    if (pattern)
      return /^\^\(conversation\|group\)/.test(pattern) && chance.happens(0.7)
        ? this.roomKey(chance)
        : this.sample(pattern, chance);
    let text = "";
    const wanted = Math.max(minLength, Math.floor(chance.between(0, Math.min(maxLength, 60))));
    while (text.length < wanted)
      text += chance.happens(0.2) ? this.nasty(chance) : chance.pick(["word ", "hello", "7", "ğüş", "שלום", "🙂"]);
    return chance.happens(0.03) ? "y".repeat(Math.min(maxLength, 8_192)) : text.slice(0, Math.max(maxLength, 1));
  }

  private uuid(chance: Chance): string {
    const digits = Array.from({ length: 32 }, () => Math.floor(chance.next() * 16).toString(16)).join("");
    return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  }

  private sample(pattern: string, chance: Chance): string {
    let samples = this.samples.get(pattern);
    if (!samples) {
      samples = fc.sample(fc.stringMatching(new RegExp(pattern)), { numRuns: 40, seed: this.seed });
      this.samples.set(pattern, samples);
    }
    return chance.pick(samples);
  }

  /** A value that breaks one constraint of the schema. */
  private broken(given: Json, name: string, chance: Chance): unknown {
    const schema = given.$ref ? this.resolve(given) : given;
    const breaks: (() => unknown)[] = [() => this.hostile(chance), () => null, () => undefined];
    if (schema.minimum !== undefined) breaks.push(() => schema.minimum - 1);
    if (schema.maximum !== undefined)
      breaks.push(() => (schema.maximum === Number.MAX_SAFE_INTEGER ? raw("9007199254740992") : schema.maximum + 1));
    if (schema.minLength) breaks.push(() => "z".repeat(schema.minLength - 1));
    if (schema.maxLength !== undefined) breaks.push(() => "z".repeat(schema.maxLength + 1));
    if (schema.enum || schema.const !== undefined) breaks.push(() => `${schema.enum?.[0] ?? schema.const}x`);
    if (schema.format || schema.pattern) breaks.push(() => `${asText(this.valid(schema, name, chance))}!`);
    if (schema.type === "integer")
      breaks.push(
        () => chance.pick(NUMBERS),
        () => asText(this.valid(schema, name, chance)),
      );
    if (schema.type === "string") breaks.push(() => this.nasty(chance));
    if (schema.type === "array") {
      const item = () => this.valid(schema.items ?? {}, name, chance);
      if (schema.maxItems) breaks.push(() => Array.from({ length: schema.maxItems + 1 }, item));
      if (schema.minItems) breaks.push(() => []);
      breaks.push(() => {
        const one = item();
        return [one, one];
      });
      breaks.push(() => [this.nearlyValid(schema.items ?? {}, name, chance)]);
    }
    if (schema.type === "object") breaks.push(() => this.nearlyValid(schema, name, chance));
    if (schema.anyOf) breaks.push(() => this.nearlyValid(chance.pick(schema.anyOf as Json[]), name, chance));
    return chance.pick(breaks)();
  }
}
