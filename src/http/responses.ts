// How a route declares its responses, for the OpenAPI document and for the type of its handler.
import { type TSchema, Type } from "@sinclair/typebox";
import { ERRORS, type StatusOf } from "../protocol/errors.ts";
import type { Refusal } from "../protocol/refusals.ts";
import { ErrorBody } from "../protocol/types.ts";

/**
 * The responses that these refusals become, to spread into a route's `response`: those of its own. What every route with a session,
 * a body or parameters may be refused with is added by the document. The first of each status is that status's example.
 */
export function refusals<const List extends readonly Refusal[]>(...list: List) {
  const byStatus = Map.groupBy(list, ({ code }) => ERRORS[code].status);
  return Object.fromEntries(
    [...byStatus].map(([status, refusals]) => [status, { ...ErrorBody, refusals }]),
  ) as unknown as Record<StatusOf<List[number]["code"]>, typeof ErrorBody>;
}

/**
 * A response with a description other than that of its method, and with an example that differs from its schema's: `example` is
 * merged into the `data` of the example, or into each of its items, or without `data` into the example itself.
 */
export const described = <Schema extends TSchema>(
  schema: Schema,
  about: { description?: string; example?: object },
): Schema => ({ ...schema, ...about });

/** A body of other content types than JSON alone, for the OpenAPI document; which ones are accepted is decided in body.ts. */
export const bodyOf = <Schema extends TSchema>(schema: Schema, ...contentTypes: string[]): Schema => ({
  ...schema,
  contentTypes,
});

/** A response without a body. `headers`: what it says in them, by name. */
export const empty = (description: string, headers: Record<string, { description: string; example: string }> = {}) =>
  Type.Void({
    description,
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, about]) => [name, { schema: { type: "string" }, ...about }]),
    ),
  });

/** A response, or a field of a form, that is bytes of any type. */
export const bytes = (description: string) =>
  Type.String({ description, contentMediaType: "application/octet-stream", examples: ["(bytes)"] });
