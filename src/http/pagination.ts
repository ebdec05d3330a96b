// Lists that continue where the last page ended, by the sort key of its last row rather than by counting.
import { Type } from "@sinclair/typebox";
import { type AnyColumn, desc, sql } from "drizzle-orm";
import { ChatError } from "../lib/errors.ts";
import { FIRST_TIMESTAMP, LAST_TIMESTAMP, PAGE_LIMIT } from "../protocol/limits.ts";
import { unknownCursor } from "../protocol/refusals.ts";
import { isCleanText } from "../protocol/text.ts";
import { IntegerText, isTimestamp } from "../protocol/types.ts";

// The longest sort key is a folded username: NFKC makes up to 18 characters of one, of up to 3 bytes each, and base64 adds a
// third. That is 3,600 for 50 characters; twice as much leaves room for other foldings.
const CURSOR_LIMIT = 8_192;

export const PageQuery = Type.Object({
  cursor: Type.Optional(
    Type.String({ maxLength: CURSOR_LIMIT, description: "`next_cursor` of the page before.", examples: [""] }),
  ),
  limit: Type.Optional(
    IntegerText(1, PAGE_LIMIT, `Rows a page, 1 to ${PAGE_LIMIT}; ${PAGE_LIMIT} by default.`, PAGE_LIMIT),
  ),
});

type Key = (string | number)[];

/** The types of a cursor's parts; the database would refuse others with an error of its own. */
const PARTS = {
  id: (part: unknown) => Number.isSafeInteger(part),
  text: (part: unknown) => typeof part === "string" && isCleanText(part),
  timestamp: (part: unknown) => typeof part === "string" && isTimestamp(part),
};

/** The sort key in a cursor; null for the first page. Throws `bad_request` for one that no page returned. */
export function readCursor(cursor: string | undefined, ...shape: (keyof typeof PARTS)[]): Key | null {
  if (!cursor) return null;
  try {
    const key = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
    if (Array.isArray(key) && key.length === shape.length && shape.every((part, i) => PARTS[part](key[i]))) return key;
  } catch {
    // Refused below.
  }
  throw new ChatError(unknownCursor);
}

/** The moment as isoFromPg shows it, so that the order agrees with the cursors. */
const shownMoment = (at: AnyColumn) =>
  sql`greatest(least(${at}, ${sql.raw(`'${LAST_TIMESTAMP}'`)}), ${sql.raw(`'${FIRST_TIMESTAMP}'`)})`;

/** Newest first by a moment, then by id: what to sort by, and the condition for what follows the cursor. */
export function newestFirst(at: AnyColumn, id: AnyColumn, cursor: string | undefined) {
  const key = readCursor(cursor, "timestamp", "id");
  const moment = shownMoment(at);
  return {
    orderBy: [desc(moment), desc(id)],
    isPast: key ? sql`(${moment}, ${id}) < (${key[0]}::timestamptz, ${String(key[1])}::bigint)` : undefined,
  };
}

/** `rows` were asked for with `limit + 1`; the extra one only shows that there is more. */
export function toPage<Row, Item>(rows: Row[], limit: number, keyOf: (row: Row) => Key, toItem: (row: Row) => Item) {
  const shown = rows.slice(0, limit);
  const next = rows.length > limit ? Buffer.from(JSON.stringify(keyOf(shown.at(-1)!))).toString("base64url") : null;
  return { data: shown.map(toItem), next_cursor: next };
}
