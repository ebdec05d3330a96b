// The one form of a timestamp on the wire: ISO 8601 in UTC with microseconds. PostgreSQL's text is rewritten, never
// passed through a Date, which would lose the microseconds.

import { FIRST_TIMESTAMP, LAST_TIMESTAMP } from "../protocol/limits.ts";

const HYPHEN = 45;

/**
 * `2026-01-13 17:00:29.31789+00` (PostgreSQL, session in UTC) → `2026-01-13T17:00:29.317890+00:00`. Total: what lies beyond
 * FIRST_TIMESTAMP or LAST_TIMESTAMP, `infinity` included, becomes that bound.
 */
export function isoFromPg(text: string): string {
  const isBeforeChrist = text.endsWith("C"); // "… BC"
  if (isBeforeChrist || text.charCodeAt(4) !== HYPHEN)
    return isBeforeChrist || text.charCodeAt(0) === HYPHEN ? FIRST_TIMESTAMP : LAST_TIMESTAMP;
  const end = text.length - 3; // "+00": every connection sets its time zone to UTC
  const dot = text.indexOf(".");
  const whole = dot === -1 ? text.slice(0, end) : text.slice(0, dot);
  const micros = dot === -1 ? "" : text.slice(dot + 1, end);
  return `${whole.replace(" ", "T")}.${micros.padEnd(6, "0")}+00:00`;
}

/** A moment given in milliseconds since 1970 in the wire's form. */
export const isoFromMillis = (millis: number) => `${new Date(millis).toISOString().slice(0, -1)}000+00:00`;

/** A moment that the protocol's `isTimestamp` accepts in the wire's form, to the microsecond. */
export function isoFromText(text: string): string {
  const micros = (/\.(\d{1,6})/.exec(text)?.[1] ?? "").padEnd(6, "0");
  return `${new Date(Date.parse(text)).toISOString().slice(0, 19)}.${micros}+00:00`;
}

const WIRE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$/;
/** A moment that was stored as text; null when it is none that the wire's form can say. */
export const storedTimestamp = (text: string | null) => (text !== null && WIRE.test(text) ? text : null);
