// The TypeBox parts that the shapes of all features are built of, and the formats that they name: validation checks these, and
// the documents turn them into plain JSON Schema.
import { FormatRegistry, type StringOptions, type TInteger, type TSchema, Type } from "@sinclair/typebox";
import { EMAIL_LIMIT, FIRST_TIMESTAMP, LAST_TIMESTAMP } from "./limits.ts";
import { ROOM_KEY_PATTERN } from "./rooms.ts";
import { countCharacters, isCleanText } from "./text.ts";

const INTEGER_TEXT = /^(0|[1-9][0-9]{0,15})$/;
/** Whether a text is an id: digits without a leading zero, from 1 to 2^53 - 1. */
export const isId = (text: string) =>
  INTEGER_TEXT.test(text) && text !== "0" && Number(text) <= Number.MAX_SAFE_INTEGER;
// Longer than any number in use; it bounds what Number has to read.
const WHOLE_TEXT = /^(0|-?[1-9][0-9]{0,29})$/;
const ISO_TIMESTAMP = /^(?!0000)(\d{4}-\d\d-\d\d)T\d\d:\d\d(?::\d\d(?:\.(\d{1,9}))?)?(?:Z|[+-](?:0\d|1[0-5]):\d\d)$/;
const FIRST_MILLIS = Date.parse(FIRST_TIMESTAMP);
const LAST_MILLIS = Date.parse(LAST_TIMESTAMP);
/**
 * Whether a text is a time that PostgreSQL accepts and the wire's form can represent: in UTC a year from 1 to 9999, an offset below
 * 16 hours, a day that exists.
 */
export function isTimestamp(text: string): boolean {
  const [, day, fraction = ""] = ISO_TIMESTAMP.exec(text) ?? [];
  const millis = Date.parse(text);
  // Date rolls 30 February over into March.
  if (day === undefined || Number.isNaN(millis) || !new Date(day).toISOString().startsWith(day)) return false;
  // PostgreSQL rounds to microseconds, from the last millisecond on possibly into the year 10000.
  return millis >= FIRST_MILLIS && millis <= LAST_MILLIS && (millis < LAST_MILLIS || fraction.length <= 6);
}
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const EMAIL = /^[^\s@"(),:;<>[\\\]]+@[^\s@"(),:;<>[\\\]]+\.[^\s@"(),:;<>[\\\]]+$/;
/** Addresses that differ only in invisible characters would be two accounts of one address. */
const HAS_INVISIBLE = /[\p{C}\p{Default_Ignorable_Code_Point}]/u;

/** Whether a text is an e-mail address, apart from space around it. */
export function isEmail(text: string): boolean {
  const address = text.trim();
  // Before the pattern, which takes time by the square of the length.
  if (address.length > EMAIL_LIMIT * 2) return false;
  return EMAIL.test(address) && !HAS_INVISIBLE.test(address) && countCharacters(address) <= EMAIL_LIMIT;
}

FormatRegistry.Set("text", isCleanText);
FormatRegistry.Set("email", isEmail);
FormatRegistry.Set("id", isId);
FormatRegistry.Set("uuid", (text) => UUID.test(text));
FormatRegistry.Set("timestamp", isTimestamp);

/** What a text must be, by the format that it does not fit, for people. */
export const FORMAT_MESSAGES: Record<string, string> = {
  text: "must not contain NUL characters or broken Unicode",
  id: `must be a whole number from 1 to ${Number.MAX_SAFE_INTEGER}`,
  uuid: "must be a UUID",
  timestamp: "must be an ISO 8601 date and time with an offset, of the years 1 to 9999",
  email: "must be an e-mail address",
};

export const Id = (description: string, example = 7) =>
  Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description, examples: [example] });

/**
 * A number in a path or query: text that a format checks and that is then decoded. Typed as what the handler gets, as Elysia
 * does with its own `t.Numeric` (which would take `1e3` and round ids past 2^53).
 */
const NumberText = (
  format: string,
  options: { description: string; examples: string[]; default?: string },
  decode: (text: string) => number = Number,
) =>
  Type.Transform(Type.String({ format, ...options }))
    .Decode(decode)
    .Encode(String) as unknown as TInteger;

export const IdText = (description: string, example = 7) =>
  NumberText("id", { description, examples: [String(example)] });

/** A whole number in a query string; one outside `minimum` to `maximum` counts as the nearest inside. */
export function IntegerText(minimum: number, maximum: number, description: string, example: number) {
  const format = `integer ${minimum} to ${maximum}`;
  FormatRegistry.Set(format, (text) => WHOLE_TEXT.test(text));
  FORMAT_MESSAGES[format] = "must be a whole number";
  const clamp = (text: string) => Math.min(maximum, Math.max(minimum, Number(text)));
  return NumberText(format, { description, examples: [String(example)] }, clamp);
}

/** The bounds in a format that `Text` made: code points, where TypeBox's own `minLength` and `maxLength` count code units. */
export const textBounds = (format: string | undefined) => {
  const [, minLength, maxLength] = /^text (\d+) to (\d+)$/.exec(format ?? "") ?? [];
  return maxLength === undefined ? null : { minLength: Number(minLength), maxLength: Number(maxLength) };
};

export const textLength = (text: string) => countCharacters(text.normalize("NFC"));

/** Clean text of `minLength` to `maxLength` code points in NFC, so that no way of typing an accent makes a difference. */
export function Text(minLength: number, maxLength: number, options: StringOptions) {
  const format = `text ${minLength} to ${maxLength}`;
  FormatRegistry.Set(format, (text) => {
    const length = textLength(text);
    return length >= minLength && length <= maxLength && isCleanText(text);
  });
  return Type.String({ ...options, format });
}

export const Timestamp = (description: string, example = "2026-01-13T17:00:29.317890+00:00") =>
  Type.String({ format: "date-time", description, examples: [example] });

export const Nullable = <S extends TSchema>(schema: S, example?: unknown) =>
  Type.Union([schema, Type.Null()], { examples: [example ?? null], description: schema.description });

export const UUID_EXAMPLE = "0b9f1f5e-6f0b-4d3f-9a51-3a1c2f6f8a10";
export const Uuid = (description: string) => Type.String({ format: "uuid", description, examples: [UUID_EXAMPLE] });

/** `{data: …}` */
export const One = <S extends TSchema>(schema: S) => Type.Object({ data: schema });

/** `{data: […], next_cursor}` */
export const Page = <S extends TSchema>(schema: S) =>
  Type.Object({
    data: Type.Array(schema),
    next_cursor: Type.Union([Type.String(), Type.Null()], {
      description: "Where the next page starts; null when there is none.",
      examples: [null],
    }),
  });

export const Done = Type.Object({ detail: Type.String({ examples: ["Done."] }) });

export const ErrorBody = Type.Object(
  {
    detail: Type.String({ description: "A sentence for a person.", examples: ["The conversation was not found."] }),
    code: Type.String({ description: "Stable, for programs.", examples: ["not_found"] }),
    errors: Type.Optional(
      Type.Array(Type.Object({ field: Type.String(), message: Type.String() }), {
        description: "What failed validation.",
      }),
    ),
    retry_after: Type.Optional(Type.Integer({ description: "Seconds to wait, as in `Retry-After`." })),
    until: Type.Optional(
      Type.String({ format: "date-time", description: "With `account_banned`: when the ban ends, if it does." }),
    ),
    reason: Type.Optional(Type.String({ description: "With `account_banned`: why, if a reason was given." })),
  },
  { title: "Error", description: "A refusal." },
);

/** How `resume` and lists name a room. */
export const RoomKey = Type.String({
  pattern: ROOM_KEY_PATTERN,
  description: "The room as `resume` names it.",
  examples: ["group:9"],
});

const conversation_id = Id("The conversation.", 1);
const group_id = Id("The group.", 9);

/** How frames name their room. On `/ws` a command must, on the room's own socket it need not. */
export const inConversation = {
  required: { conversation_id },
  optional: { conversation_id: Type.Optional(conversation_id) },
};
export const inGroup = {
  required: { group_id },
  optional: { group_id: Type.Optional(group_id) },
};
export const inEither = { ...inConversation.optional, ...inGroup.optional };

export const closed = { additionalProperties: false };
