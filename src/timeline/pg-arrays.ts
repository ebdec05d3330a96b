// Arrays in PostgreSQL's own notation, which is quicker to write and read here than by the driver. For the statements that
// batches are made of.

export const arrayOf = (elements: (string | number | boolean | null)[]) =>
  `{${elements.map((e) => e ?? "NULL").join(",")}}`;

/** Any text as an element of an array. */
export const quoted = (text: string) => `"${/["\\]/.test(text) ? text.replace(/["\\]/g, "\\$&") : text}"`;
