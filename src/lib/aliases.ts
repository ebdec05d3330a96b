// Other names and forms of what clients send, for frontends that were written against another server's code. They are taken on
// the way in, before validation, and never given out; docs/protocol.md lists them all.

/** Turns the aliases in a body into the names of the contract: for the `transform` of a route. */
export function takeBodyAliases({ body }: { body: unknown }) {
  if (typeof body !== "object" || body === null) return;
  const fields = body as Record<string, unknown>;
  takeContent(fields);
  if (fields.description === null) fields.description = "";
}

/** `content` for `body`. */
export function takeContent(fields: Record<string, unknown>) {
  if (fields.body !== undefined || fields.content === undefined) return;
  fields.body = fields.content;
  delete fields.content;
}
