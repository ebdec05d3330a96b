// The OpenAPI document. @elysiajs/swagger reads the routes; what it leaves out (descriptions and examples of every answer,
// formats that others know, components) is added here, all of it derived from the schemas. Computed once, when first asked for.
import { swagger } from "@elysiajs/swagger";
import { OptionalKind, type TSchema } from "@sinclair/typebox";
import { type AnyElysia, Elysia } from "elysia";
import { version } from "../../../package.json";
import { exampleOf, type JsonSchema, toPublicSchema } from "../json-schema.ts";
import { type RawResponses, toResponses } from "./responses.ts";
import { INFO, TAGS } from "./texts.ts";

interface Parameter {
  name: string;
  in: string;
  description?: string;
  required: boolean;
  schema: JsonSchema;
  example?: unknown;
}

interface Operation {
  summary?: string;
  operationId: string;
  security?: object[];
  parameters?: (Parameter & { examples?: unknown })[];
  requestBody?: { required: boolean; content: Record<string, { schema: JsonSchema; example?: unknown }> };
  responses: RawResponses;
}

type Paths = Record<string, Record<string, Operation>>;

const RAW = "/raw.json";

/** The document for everything that `app` answers to, but for what hides itself (`detail.hide`). */
export async function buildOpenApi(app: AnyElysia) {
  const components: Record<string, JsonSchema> = {};
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [path, operations] of inRunningOrder(await rawPaths(app))) {
    paths[path] = {};
    for (const [method, operation] of Object.entries(operations)) {
      paths[path][method] = describe(app, path, method, operation, components);
    }
  }
  return {
    openapi: "3.1.0",
    info: { ...INFO, version },
    // Relative to the document: in front of it there may be a folder of a proxy's.
    servers: [{ url: ".", description: "This server" }],
    tags: TAGS,
    paths,
    components: {
      schemas: Object.fromEntries(Object.entries(components).sort(([a], [b]) => a.localeCompare(b))),
      securitySchemes: {
        bearer: {
          type: "http",
          scheme: "bearer",
          bearerFormat: "JWT",
          description: "The `access_token` of `POST /login`.",
        },
      },
    },
  };
}

/** Whoever imports the document and runs it from the top keeps the session to the end. */
const inRunningOrder = (paths: Paths) =>
  Object.entries(paths).sort(([a], [b]) => Number(a === "/logout") - Number(b === "/logout"));

/** What the plugin makes of the app's routes. It is asked on an app of its own, so that its pages appear nowhere. */
async function rawPaths(app: AnyElysia): Promise<Paths> {
  const generator = swagger({ specPath: RAW, excludeStaticFile: false, excludeMethods: [] });
  const asked = new Elysia().use(generator);
  Object.assign(generator, { getGlobalRoutes: () => app.routes });
  const answer = await asked.handle(new Request(`http://localhost${RAW}`));
  return ((await answer.json()) as { paths: Paths }).paths;
}

function describe(
  app: AnyElysia,
  path: string,
  method: string,
  raw: Operation,
  components: Record<string, JsonSchema>,
) {
  const { parameters: rawParameters = [], requestBody: rawBody, responses, security = [], summary = "", ...rest } = raw;
  const parameters = rawParameters.map((parameter) => toParameter(parameter, components));
  const requestBody = rawBody && toRequestBody(app, path, method, rawBody, components);
  const body = requestBody && Object.values(requestBody.content)[0]!.schema;
  const call = { method, summary, hasSession: security.length > 0, parameters, body };
  return {
    summary,
    ...rest,
    security,
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(requestBody ? { requestBody } : {}),
    responses: toResponses(call, responses, components),
  };
}

function toParameter(raw: Parameter & { examples?: unknown }, components: Record<string, JsonSchema>): Parameter {
  const { examples, schema: rawSchema, ...rest } = raw;
  const schema = toPublicSchema({ ...rawSchema, examples } as JsonSchema, components);
  const { examples: _, description: __, ...bare } = schema;
  const required = raw.in === "path" || raw.required;
  // The page fills in what has an example; what may be left out is better left to the reader.
  return { ...rest, required, schema: bare, ...(required ? { example: exampleOf(schema, components) } : {}) };
}

function toRequestBody(
  app: AnyElysia,
  path: string,
  method: string,
  raw: NonNullable<Operation["requestBody"]>,
  components: Record<string, JsonSchema>,
) {
  const { contentTypes = ["application/json"], ...rawSchema } = Object.values(raw.content)[0]!.schema;
  const schema = toPublicSchema(rawSchema, components);
  const content = { schema, example: exampleOf(schema, components, "required") };
  return {
    required: !hasOptionalBody(app, path, method),
    content: Object.fromEntries((contentTypes as string[]).map((type) => [type, content])),
  };
}

function hasOptionalBody(app: AnyElysia, path: string, method: string): boolean {
  const pattern = path.replaceAll("{", ":").replaceAll("}", "");
  const route = app.routes.find((known) => known.path === pattern && known.method === method.toUpperCase());
  return (route?.hooks as { body?: TSchema })?.body?.[OptionalKind] === "Optional";
}
