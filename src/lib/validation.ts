// Turns what TypeBox found wrong into sentences for the sender, and checks what a schema can't say. No sentence repeats the
// value: it may be a password.
import type { TSchema } from "@sinclair/typebox";
import { type ValueError, ValueErrorType } from "@sinclair/typebox/errors";
import type { FieldError } from "../protocol/errors.ts";
import { countCharacters, isCleanText } from "../protocol/text.ts";
import { FORMAT_MESSAGES, textBounds, textLength } from "../protocol/types.ts";
import { ChatError, invalid } from "./errors.ts";
import { shownFault } from "./names.ts";

// Enough to mend a form by; an attacker's array of a million mistakes is not worth more.
const MAX_ERRORS = 10;

/** The refusal for input that does not fit; `whole` names the input when it is wrong as such, such as `body`. */
export function validationError(found: Iterable<ValueError>, whole: string): ChatError {
  const errors: FieldError[] = [];
  for (const error of withoutNull(found)) {
    const field = error.path.slice(1).replaceAll("/", ".") || whole;
    // One mistake a field: a missing one is also "not a string", and so on.
    if (!errors.some((known) => known.field === field)) errors.push({ field, message: sentence(error) });
    if (errors.length === MAX_ERRORS) break;
  }
  const [first] = errors;
  return new ChatError(
    { code: "invalid", detail: first ? `${first.field}: ${first.message}` : "The input is not valid." },
    errors,
  );
}

/**
 * A text or a name that people are shown, trimmed: 1 (or `minLength`) to `maxLength` code points, as names.ts has it. Throws `invalid`.
 */
export function trimmedText(
  field: string,
  text: string,
  maxLength: number,
  { minLength = 1, as = "text" }: { minLength?: number; as?: "name" | "text" } = {},
): string {
  const clean = text.trim();
  if (clean.length < minLength) throw invalid(field, "must not be empty");
  if (!isCleanText(clean)) throw invalid(field, FORMAT_MESSAGES.text!);
  // Code points are counted only when the cheap bound on code units does not settle it.
  if (clean.length > maxLength && (clean.length > maxLength * 2 || countCharacters(clean) > maxLength)) {
    throw invalid(field, `must be at most ${maxLength} characters`);
  }
  const fault = shownFault(clean, as);
  if (fault) throw invalid(field, fault);
  return clean;
}

/** Of a value that may also be null, what is wrong with it in the other form. */
function* withoutNull(found: Iterable<ValueError>): Generator<ValueError> {
  for (const error of found) {
    const options: TSchema[] = error.type === ValueErrorType.Union ? error.schema.anyOf : [];
    const [only] = error.errors;
    if (options.length === 2 && options[1]!.type === "null" && only) yield* withoutNull(only);
    else yield error;
  }
}

function sentence({ type, schema, message, value }: ValueError): string {
  if (value === undefined) return "is required";
  switch (type) {
    case ValueErrorType.StringFormat:
      return (
        boundsSentence(schema, String(value)) ?? FORMAT_MESSAGES[schema.format!] ?? `must be a valid ${schema.format}`
      );
    case ValueErrorType.StringMinLength:
      return `must be at least ${schema.minLength} characters`;
    case ValueErrorType.StringMaxLength:
      return `must be at most ${schema.maxLength} characters`;
    case ValueErrorType.Union: {
      const options = (schema.anyOf as TSchema[])
        .map((option) => option.const)
        .filter((option) => option !== undefined);
      return options.length > 0 ? `must be one of ${options.join(", ")}` : "is not valid";
    }
    case ValueErrorType.Integer:
      return "must be a whole number";
    case ValueErrorType.IntegerMinimum:
      return `must be at least ${schema.minimum}`;
    case ValueErrorType.IntegerMaximum:
      return `must be at most ${schema.maximum}`;
    default:
      return message.startsWith("Expected ") ? `must be ${message.slice(9)}` : message;
  }
}

/** Which bound of a `Text` was broken; when it was none, the text itself is broken. */
function boundsSentence({ format }: TSchema, value: string): string | null {
  const bounds = textBounds(format);
  if (!bounds) return null;
  const length = textLength(value);
  if (length < bounds.minLength) return `must be at least ${bounds.minLength} characters`;
  if (length > bounds.maxLength) return `must be at most ${bounds.maxLength} characters`;
  return FORMAT_MESSAGES.text!;
}
