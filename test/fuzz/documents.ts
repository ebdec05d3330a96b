// What the served documents promise, in the form that the fuzzer asks it: the operations of OpenAPI with a validator for each response,
// and the commands and frames of each socket of AsyncAPI.
import type { ValidateFunction } from "ajv";
import Ajv from "ajv/dist/2020.js";

export type Json = ReturnType<typeof JSON.parse>;

export interface Parameter {
  name: string;
  in: "path" | "query" | "header";
  required?: boolean;
  schema: Json;
}

export interface Operation {
  /** As `sendMessage`. */
  id: string;
  method: string;
  path: string;
  parameters: Parameter[];
  /** The schemas of its body, by content type. */
  bodies: [contentType: string, schema: Json][];
  /** Whether it asks for a session. */
  isPrivate: boolean;
  responses: Record<string, Json>;
}

/** A kind of socket: where it is, what it takes and what comes on it. */
export interface Channel {
  name: string;
  /** As `/ws/groups/{id}`. */
  address: string;
  commands: { type: string; schema: Json }[];
}

// As wide as what clients are told: whatever is narrower is checked by the tests of the documents.
const FORMATS = {
  "date-time": /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?([+-]\d\d:\d\d|Z)$/,
  email: /^[^@\s]+@[^@\s]+$/,
  uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
};

export class Documents {
  readonly operations: Operation[];
  readonly channels: Channel[];
  readonly closeCodes: Set<number>;
  private readonly ajv = new Ajv({ strict: false, validateSchema: false, formats: FORMATS });
  private readonly validators = new Map<string, ValidateFunction>();
  private readonly frames = new Map<string, ValidateFunction[]>();

  constructor(
    private readonly openapi: Json,
    private readonly asyncapi: Json,
  ) {
    // What comes back has the named properties alone.
    this.ajv.addSchema(closed(openapi), "openapi");
    // (Its `id` is none of a schema.)
    const { id: _, ...channels } = asyncapi;
    this.ajv.addSchema(closed(channels), "asyncapi");
    this.operations = Object.entries<Json>(openapi.paths).flatMap(([path, methods]) =>
      Object.entries<Json>(methods).map(([method, operation]) => ({
        id: operation.operationId,
        method: method.toUpperCase(),
        path,
        parameters: operation.parameters ?? [],
        bodies: Object.entries<Json>(operation.requestBody?.content ?? {}).map(([type, { schema }]) => [type, schema]),
        isPrivate: operation.security.length > 0,
        responses: operation.responses,
      })),
    );
    this.channels = Object.entries<Json>(asyncapi.channels).map(([name, channel]) => this.readChannel(name, channel));
    this.closeCodes = new Set(asyncapi["x-close-codes"].map(({ code }: Json) => code));
  }

  /** What a schema refers to. */
  resolve = (schema: Json, document: "openapi" | "asyncapi"): Json =>
    schema.$ref ? follow(document === "openapi" ? this.openapi : this.asyncapi, schema.$ref) : schema;

  /** What is wrong with a response of the operation; null when nothing is. */
  flawOfResponse(operation: Operation, status: number, contentType: string, body: unknown): string | null {
    const declared = operation.responses[status];
    if (!declared) return `the status ${status} is not declared`;
    if (!declared.content || operation.method === "HEAD")
      return body === "" ? null : "it has a body that is not declared";
    const type = contentType.split(";")[0]!.trim();
    if (!(type in declared.content)) {
      // A file has its own type.
      return "application/octet-stream" in declared.content ? null : `the content type ${type} is not declared`;
    }
    if (type !== "application/json") return null;
    const validate = this.validatorOf(
      `openapi#/paths/${pointer(operation.path)}/${operation.method.toLowerCase()}/responses/${status}/content/application~1json/schema`,
    );
    if (!validate(body)) return describe(validate, body);
    const { code } = body as { code?: string };
    if (status >= 400 && code && !declared.description.includes(`\`${code}\``))
      return `the code ${code} is not declared for ${status}`;
    return null;
  }

  /** What is wrong with a frame that came on a socket of this channel; null when nothing is. */
  flawOfFrame(channel: string, frame: Json): string | null {
    const validators = this.frames.get(`${channel} ${frame?.type}`);
    if (!validators) return `the ${channel} socket has no frame ${frame?.type}`;
    return validators.some((validate) => validate(frame)) ? null : describe(validators[0]!, frame);
  }

  private readChannel(name: string, { address, messages }: Json): Channel {
    const commands: Channel["commands"] = [];
    for (const key of Object.keys(messages)) {
      const place = follow(this.asyncapi, messages[key].$ref).$ref ?? messages[key].$ref;
      const message = follow(this.asyncapi, place);
      if (message.tags?.some((tag: Json) => tag.name === "command")) {
        commands.push({ type: message.name, schema: message.payload });
        continue;
      }
      const known = `${name} ${message.name}`;
      const validate = this.validatorOf(`asyncapi${place}/payload`);
      this.frames.set(known, [...(this.frames.get(known) ?? []), validate]);
    }
    return { name, address, commands };
  }

  private validatorOf(ref: string): ValidateFunction {
    let validate = this.validators.get(ref);
    if (!validate) {
      validate = this.ajv.compile({ $ref: ref });
      this.validators.set(ref, validate);
    }
    return validate;
  }
}

const pointer = (part: string) =>
  part
    .replaceAll("~", "~0")
    .replaceAll("/", "~1")
    .replace(/[{}]/g, (brace) => encodeURIComponent(brace));

const follow = (document: Json, ref: string): Json =>
  ref
    .slice(2)
    .split("/")
    .reduce((part, name) => part[name.replaceAll("~1", "/").replaceAll("~0", "~")], document);

const describe = (validate: ValidateFunction, value: unknown) => {
  const [error] = validate.errors ?? [];
  return `it does not fit its schema: ${error?.instancePath} ${error?.message} ${JSON.stringify(error?.params)}: ${JSON.stringify(value)?.slice(0, 300)}`;
};

/** A copy in which objects that name their properties have no others. */
function closed(part: Json): Json {
  if (Array.isArray(part)) return part.map(closed);
  if (typeof part !== "object" || part === null) return part;
  const copy = Object.fromEntries(Object.entries<Json>(part).map(([name, value]) => [name, closed(value)]));
  const isObject = part.type === "object" && typeof part.properties === "object";
  return isObject && !part.patternProperties ? { additionalProperties: false, ...copy } : copy;
}
