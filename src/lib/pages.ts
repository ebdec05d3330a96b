// Lists that continue where the last page ended, by the sort key of its last row rather than by counting.
import { Type } from "@sinclair/typebox";
import { ChatError } from "./errors.ts";
import { IntegerText, isCleanText, isMoment } from "./schemas.ts";

export const PAGE_LIMIT = 100;

export const PageQuery = Type.Object({
  cursor: Type.Optional(
    Type.String({ maxLength: 200, description: "`next_cursor` of the page before.", examples: [""] }),
  ),
  limit: Type.Optional(
    IntegerText(1, PAGE_LIMIT, `Rows a page, 1 to ${PAGE_LIMIT}; ${PAGE_LIMIT} unless told.`, PAGE_LIMIT),
  ),
});

type Key = (string | number)[];

/** What may stand in a cursor; everything else would be the database's to refuse. */
const PARTS = {
  id: (part: unknown) => Number.isSafeInteger(part),
  text: (part: unknown) => typeof part === "string" && isCleanText(part),
  moment: (part: unknown) => typeof part === "string" && isMoment(part),
};

/** The sort key in a cursor; null for the first page. Throws `bad_request` for one that we never gave out. */
export function readCursor(cursor: string | undefined, ...shape: (keyof typeof PARTS)[]): Key | null {
  if (!cursor) return null;
  try {
    const key = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
    if (Array.isArray(key) && key.length === shape.length && shape.every((part, i) => PARTS[part](key[i]))) return key;
  } catch {
    // Falls through to the same answer.
  }
  throw new ChatError("bad_request", "The cursor is not one that a page gave.");
}

/** `rows` were asked for with `limit + 1`; the extra one only tells that there is more. */
export function toPage<Row, Item>(rows: Row[], limit: number, keyOf: (row: Row) => Key, toItem: (row: Row) => Item) {
  const shown = rows.slice(0, limit);
  const next = rows.length > limit ? Buffer.from(JSON.stringify(keyOf(shown.at(-1)!))).toString("base64url") : null;
  return { data: shown.map(toItem), next_cursor: next };
}
