// The AsyncAPI document of the sockets, made from the protocol's declarations: what a client may send, what the server sends, and
// how a connection begins and ends. Served as /asyncapi.json, kept as docs/asyncapi.yaml, read on /docs/socket.
import { version } from "../../../package.json";
import type { JsonSchema } from "../json-schema.ts";
import { INFO } from "../openapi/texts.ts";
import { examplesOf } from "./examples.ts";
import { CHANNELS, type Channel, type Frame, frames, framesOn } from "./frames.ts";
import { toPayloadSchema } from "./payloads.ts";
import { ABOUT, CHANNEL_TEXTS, CLOSES, LIMITS, QUERY } from "./texts.ts";

export type AsyncApi = ReturnType<typeof buildAsyncApi>;

export interface Message {
  name: string;
  title: string;
  summary: string;
  payload: JsonSchema;
  examples: { summary?: string; payload: Record<string, unknown> }[];
  [keyword: string]: unknown;
}

/** The document, the same each time; plain JSON without shared parts. */
export function buildAsyncApi() {
  const shapes: Record<string, JsonSchema> = {};
  const messages = Object.fromEntries(frames.map((frame) => [frame.key, toMessage(frame, shapes)]));
  const document = {
    asyncapi: "3.0.0",
    id: "urn:realtime-chat:sockets",
    info: {
      title: `${INFO.title}: sockets`,
      version,
      description: ABOUT,
      license: { name: INFO.license.name },
      externalDocs: { url: "https://www.asyncapi.com/docs/reference/specification/v3.0.0", description: "AsyncAPI 3" },
    },
    defaultContentType: "application/json",
    servers: { plain: toServer("ws"), tls: toServer("wss") },
    channels: Object.fromEntries(CHANNELS.map((channel) => [channel, toChannel(channel)])),
    operations: Object.fromEntries(CHANNELS.flatMap(toOperations)),
    components: {
      messages,
      schemas: Object.fromEntries(Object.entries(shapes).sort(([a], [b]) => a.localeCompare(b))),
      securitySchemes: {
        query: { type: "httpApiKey", name: "token", in: "query", description: QUERY.token },
        header: {
          type: "http",
          scheme: "bearer",
          bearerFormat: "JWT",
          description: "The same token in the `Authorization` header.",
        },
        // AsyncAPI has no scheme for a token in a frame; this is the nearest.
        frame: {
          type: "apiKey",
          in: "password",
          description: 'The same token in the first frame, `{"type": "auth", "token": "…"}`.',
        },
      },
    },
    "x-close-codes": CLOSES,
    "x-limits": LIMITS,
  };
  return JSON.parse(JSON.stringify(document)) as typeof document;
}

function toMessage(frame: Frame, shapes: Record<string, JsonSchema>): Message {
  const payload = toPayloadSchema(frame.schema, shapes);
  const hasRef = "ref" in frame.schema.properties;
  return {
    name: frame.type,
    title: `${frame.type} (${frame.role})`,
    summary: frame.schema.description!,
    contentType: "application/json",
    ...(hasRef
      ? { correlationId: { location: "$message.payload#/ref", description: "Ties a reply to its command." } }
      : {}),
    tags: [{ name: frame.role }],
    payload,
    examples: examplesOf(frame, payload, shapes).map((example, index) => ({
      name: `${frame.type} ${index + 1}`,
      ...example,
    })),
  };
}

const toServer = (protocol: "ws" | "wss") => ({
  host: "{host}",
  protocol,
  title: protocol === "ws" ? "Without encryption, for one's own machine" : "Behind a proxy that ends TLS",
  variables: {
    host: { default: protocol === "ws" ? "127.0.0.1:8000" : "chat.example.com", description: "Host name and port." },
  },
  security: ["query", "header", "frame"].map((name) => ({ $ref: `#/components/securitySchemes/${name}` })),
});

function toChannel(channel: Channel) {
  const { address, title, summary, description, parameter } = CHANNEL_TEXTS[channel];
  const own = frames.filter((frame) => frame.channels.includes(channel));
  return {
    address,
    title,
    summary,
    description,
    ...(parameter
      ? { parameters: { [parameter.name]: { description: parameter.description, examples: [parameter.example] } } }
      : {}),
    messages: Object.fromEntries(own.map(({ key }) => [key, { $ref: `#/components/messages/${key}` }])),
    bindings: {
      ws: {
        method: "GET",
        query: {
          type: "object",
          properties: {
            token: { type: "string", description: QUERY.token },
            resume: { type: "string", enum: ["1"], description: QUERY.resume },
          },
        },
        headers: {
          type: "object",
          properties: { Authorization: { type: "string", description: "`Bearer` and the token." } },
        },
        bindingVersion: "0.1.0",
      },
    },
  };
}

/** One operation for each command, with its replies, and one for all that the server sends by itself. */
function toOperations(channel: Channel): [string, object][] {
  const refer = ({ key }: Frame) => ({ $ref: `#/channels/${channel}/messages/${key}` });
  const place = { $ref: `#/channels/${channel}` };
  const replies = framesOn(channel, "reply");
  const commands = framesOn(channel, "command").map((frame): [string, object] => {
    const types = [...frame.replies, "ack", "error"];
    return [
      `${channel}.${frame.type}`,
      {
        action: "receive",
        title: frame.type,
        summary: frame.schema.description,
        channel: place,
        messages: [refer(frame)],
        reply: {
          channel: place,
          messages: types.flatMap((type) => replies.filter((reply) => reply.type === type).map(refer)),
        },
      },
    ];
  });
  const events = {
    action: "send",
    title: "Events",
    summary: "What the server sends by itself.",
    channel: place,
    messages: framesOn(channel, "event").map(refer),
  };
  return [...commands, [`${channel}.events`, events]];
}

/** The text of docs/asyncapi.yaml. */
export const asyncApiYaml = () =>
  `# Generated from the socket protocol's schemas: change those, then run \`bun run docs:asyncapi\`.\n${Bun.YAML.stringify(buildAsyncApi(), null, 2)}\n`;
