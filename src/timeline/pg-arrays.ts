// Arrays in PostgreSQL's own notation, which is quicker to write and read here than by the driver. For the statements that store
// batches.

/** Texts must be `quoted`, unless they hold letters, digits and hyphens alone; NULL is an element without a value. */
export const arrayOf = (elements: (string | number | boolean)[]) => `{${elements.join(",")}}`;

/** Any text as an element of an array. */
export const quoted = (text: string) => `"${/["\\]/.test(text) ? text.replace(/["\\]/g, "\\$&") : text}"`;

/** Of an array whose elements hold no commas: `{1,2,NULL}`, `{"2026-01-13 17:00:29+00"}`. */
export const elementsOf = (array: string | null) => (array === null ? [] : array.slice(1, -1).split(","));
