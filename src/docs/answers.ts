// The answers of one call in the OpenAPI document: a description, the headers, and an example that fits the call.
import { type Call, refusalOf } from "./refusals.ts";
import { exampleOf, type JsonSchema, toPublicSchema } from "./schemas.ts";
import { OUTCOMES, successText } from "./texts.ts";

/** By status. The plugin puts what an object's schema says of itself (its title, …) beside the content instead of into it. */
export type RawResponses = Record<
  string,
  { content?: Record<string, { schema: JsonSchema }>; [keyword: string]: unknown }
>;

const HEADERS: Record<number, object> = {
  401: { "WWW-Authenticate": { description: "How to log in.", schema: { type: "string" }, example: "Bearer" } },
  429: retryAfter(),
  503: retryAfter(),
};

function retryAfter() {
  return { "Retry-After": { description: "Seconds to wait.", schema: { type: "integer", minimum: 1 }, example: 1 } };
}

/** Every answer that the call declares, as OpenAPI has it. */
export function toResponses(
  call: Call,
  summary: string,
  raw: RawResponses,
  components: Record<string, JsonSchema>,
): Record<string, object> {
  const answers = Object.entries(raw).map(([key, { content = {}, ...keywords }]) => {
    const status = Number(key);
    const schema = toPublicSchema({ ...keywords, ...Object.values(content)[0]!.schema }, components);
    if (schema.$ref === "#/components/schemas/Error") {
      const { description, example } = refusalOf(call, status);
      const headers = HEADERS[status] ? { headers: HEADERS[status] } : {};
      return [key, { description, ...headers, content: { "application/json": { schema, example } } }];
    }
    const type = call.name === "GET /metrics" ? "text/plain" : "application/json";
    const description = successText(call.name, status, summary, "201" in raw);
    const example = withOutcome(`${call.name} ${key}`, exampleOf(schema, components));
    return [key, { description, content: { [type]: { schema, example } } }];
  });
  return Object.fromEntries(answers);
}

/** The example, with what this call makes different: in the thing it answers, or each of them. */
function withOutcome(name: string, example: unknown): unknown {
  const outcome = OUTCOMES.find(([pattern]) => pattern.test(name))?.[1];
  if (!outcome) return example;
  const { data, ...rest } = example as { data?: object | object[] };
  if (data === undefined) return { ...rest, ...outcome };
  return { ...rest, data: Array.isArray(data) ? data.map((one) => ({ ...one, ...outcome })) : { ...data, ...outcome } };
}
