// The responses of one operation in the OpenAPI document: a description, the headers, and an example that fits the operation.
// All of it derives from what the route declares (http/responses.ts).
import { ERRORS, type ErrorCode } from "../../protocol/errors.ts";
import { REQUEST_BODY_LIMIT } from "../../protocol/limits.ts";
import {
  bodyNotJson,
  bodyTooLarge,
  databaseUnavailable,
  notLoggedIn,
  type Refusal,
  tooMany,
} from "../../protocol/refusals.ts";
import { ErrorBody, FORMAT_MESSAGES } from "../../protocol/types.ts";
import { exampleOf, type JsonSchema, toPublicSchema } from "../json-schema.ts";

/** An operation as far as its responses depend on it. */
export interface Call {
  method: string;
  summary: string;
  hasSession: boolean;
  parameters: { name: string; in: string; required: boolean; schema: JsonSchema }[];
  body?: JsonSchema | undefined;
}

/** By status. The plugin puts a schema's own keywords (its title, …) beside the content instead of into it. */
export type RawResponses = Record<string, RawResponse>;

interface RawResponse {
  content?: Record<string, { schema: JsonSchema }>;
  description?: string;
  /** Of `described`. */
  example?: object;
  /** Of `empty`. */
  headers?: object;
  /** Of `refusals`. */
  refusals?: Refusal[];
  [keyword: string]: unknown;
}

const MEANINGS: Record<number, string> = {
  400: "Bad request",
  401: "Not authenticated",
  403: "Not allowed",
  404: "Not found, or not visible to you",
  409: "Conflict with the present state",
  413: "Too large",
  415: "Not of a kind that is supported",
  416: "Outside of what there is",
  422: "Validation failed",
  429: "Too many requests",
  503: "Database unavailable",
};

const RETRY_AFTER = {
  "Retry-After": { description: "Seconds to wait.", schema: { type: "integer", minimum: 1 }, example: 1 },
};
const HEADERS: Record<number, object> = {
  401: { "WWW-Authenticate": { description: "How to log in.", schema: { type: "string" }, example: "Bearer" } },
  429: RETRY_AFTER,
  503: RETRY_AFTER,
};

/** Every response of the operation, as OpenAPI has it. */
export function toResponses(call: Call, raw: RawResponses, components: Record<string, JsonSchema>) {
  const successes = Object.entries(raw).filter(([, { refusals }]) => !refusals);
  const refusals = Map.groupBy(
    [...refusalsOf(call), ...Object.values(raw).flatMap(({ refusals = [] }) => refusals), ...bodyRefusalsOf(call)],
    ({ code }) => ERRORS[code].status as number,
  );
  return Object.fromEntries([
    ...successes.map(([status, response]) => [status, toSuccess(call, Number(status), response, components)]),
    ...[...refusals].map(([status, list]) => [status, toError(status, list, call, components)]),
  ]) as Record<string, object>;
}

/** What the rules of HTTP refuse wherever there is a session or a body, or might be one. */
const refusalsOf = ({ method, hasSession, body }: Call): Refusal[] => [
  ...(hasSession ? [notLoggedIn] : []),
  ...(hasSession || body || /^post$/i.test(method) ? [tooMany("requests", 1), databaseUnavailable] : []),
];

function bodyRefusalsOf(call: Call): Refusal[] {
  const invalid = { code: "invalid", detail: "" } as const;
  return [
    ...(call.body ? [bodyNotJson, bodyTooLarge(REQUEST_BODY_LIMIT)] : []),
    ...(call.body || call.parameters.length > 0 ? [invalid] : []),
  ];
}

function toError(status: number, refusals: Refusal[], call: Call, components: Record<string, JsonSchema>) {
  const codes = [...new Set(refusals.map(({ code }): ErrorCode => code))];
  const [{ code, detail, retryAfter }] = refusals as [Refusal];
  const example =
    code === "invalid" ? invalidExample(call) : { detail, code, ...(retryAfter ? { retry_after: retryAfter } : {}) };
  return {
    description: `${MEANINGS[status]}: ${codes.map((each) => `\`${each}\``).join(", ")}`,
    ...(HEADERS[status] ? { headers: HEADERS[status] } : {}),
    content: { "application/json": { schema: toPublicSchema(ErrorBody as JsonSchema, components), example } },
  };
}

function toSuccess(call: Call, status: number, raw: RawResponse, components: Record<string, JsonSchema>) {
  const { content, description, example: difference, headers, ...keywords } = raw;
  if (!content) return { description: description ?? usualDescription(call, status), ...(headers ? { headers } : {}) };
  // With a title, the description is that of the component.
  const own = keywords.title ? { ...keywords, description } : keywords;
  const schema = toPublicSchema({ ...own, ...Object.values(content)[0]!.schema }, components);
  const example = withDifference(exampleOf(schema, components), difference);
  return {
    description: (!keywords.title && description) || usualDescription(call, status),
    content: { [contentTypeOf(schema)]: { schema, example } },
  };
}

const contentTypeOf = ({ type, contentMediaType }: JsonSchema) =>
  type !== "string" ? "application/json" : typeof contentMediaType === "string" ? contentMediaType : "text/plain";

function usualDescription({ method, summary }: Call, status: number) {
  if (status === 201) return "Created";
  return method === "get" ? summary : "Done";
}

/** The example with what is different for this operation. */
function withDifference(example: unknown, difference: object | undefined): unknown {
  if (!difference) return example;
  const { data, ...rest } = example as { data?: object | object[] };
  if (data === undefined) return { ...rest, ...difference };
  const changed = (one: object) => ({ ...one, ...difference });
  return { ...rest, data: Array.isArray(data) ? data.map(changed) : changed(data) };
}

/** The body for something that the operation needs and does not get, or gets wrong. */
function invalidExample({ parameters, body }: Call): object {
  const missing = body?.required?.[0] ?? parameters.find((one) => one.in === "query" && one.required)?.name;
  const number = parameters.find(({ schema }) => schema.type === "integer");
  const text = parameters[0];
  const error = missing
    ? { field: missing, message: "is required" }
    : number
      ? {
          field: number.name,
          // Numbers other than ids are clamped.
          message: number.schema.maximum === Number.MAX_SAFE_INTEGER ? FORMAT_MESSAGES.id : "must be a whole number",
        }
      : { field: text?.name ?? "body", message: `must be at most ${text?.schema.maxLength} characters` };
  return { detail: `${error.field}: ${error.message}`, code: "invalid", errors: [error] };
}
