// The one form of a timestamp on the wire: ISO 8601 in UTC with microseconds. PostgreSQL's text is rewritten, never
// passed through a Date, which would lose the microseconds.

/** `2026-01-13 17:00:29.31789+00` (PostgreSQL, session in UTC) → `2026-01-13T17:00:29.317890+00:00`; `infinity` stays. */
export function isoFromPg(text: string): string {
  if (text === "infinity") return text;
  const end = text.length - 3; // "+00": every connection sets its time zone to UTC
  const dot = text.indexOf(".");
  const whole = dot === -1 ? text.slice(0, end) : text.slice(0, dot);
  const micros = dot === -1 ? "" : text.slice(dot + 1, end);
  return `${whole.replace(" ", "T")}.${micros.padEnd(6, "0")}+00:00`;
}

/** A moment given in milliseconds since 1970 in the wire's form. */
export const isoFromMillis = (millis: number) => `${new Date(millis).toISOString().slice(0, -1)}000+00:00`;
