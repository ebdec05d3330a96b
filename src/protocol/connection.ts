// What belongs to a connection rather than to a feature: liveness, authentication, and the replies to commands.
import { Type } from "@sinclair/typebox";
import { defineCommand, defineReply, onEverySocket, type WireOf } from "./define.ts";
import { ERRORS, type ErrorCode } from "./errors.ts";
import { DirectMessage, GroupMessage } from "./messages.ts";
import { UUID_EXAMPLE } from "./types.ts";

const Ref = Type.String({ description: "That of the command.", examples: ["1"] });

export const pong = defineReply({ type: "pong", fields: {}, summary: "The reply to `ping`." });

export const ack = defineReply({
  type: "ack",
  fields: {
    ref: Ref,
    data: Type.Union([DirectMessage, GroupMessage, Type.Object({})], {
      description: "For a message: the message as it was stored.",
      examples: [{}],
    }),
  },
  summary: "A command with a `ref` was carried out.",
  examples: {
    "Of a message": {
      data: {
        id: 21,
        conversation_id: 1,
        sender_id: 2,
        body: "hello",
        client_id: UUID_EXAMPLE,
        seq: 5,
        created_at: "2026-01-13T17:00:29.317890+00:00",
        edited_at: null,
        deleted_at: null,
        delivered_at: null,
        read_at: null,
      },
    },
    "Of a read position": { ref: "2", data: { last_message_id: 21, updated_count: 5 } },
    "Of `auth`": { ref: "3", data: { expires_at: "2026-01-14T17:00:29.317000+00:00" } },
    "Of any other command": { ref: "4", data: {} },
  },
});

export const commandError = defineReply({
  type: "error",
  fields: {
    ref: Type.Optional(Ref),
    code: Type.Unsafe<ErrorCode>(
      Type.Union(
        Object.keys(ERRORS).map((code) => Type.Literal(code)),
        { description: "Stable, for programs.", examples: ["not_found"] },
      ),
    ),
    detail: Type.String({ description: "A sentence for a person.", examples: ["The conversation was not found."] }),
    errors: Type.Optional(
      Type.Array(
        Type.Object({
          field: Type.String({ description: "The field, dotted where it is nested." }),
          message: Type.String({ description: "What it must be." }),
        }),
        { description: "What failed validation." },
      ),
    ),
    retry_after: Type.Optional(Type.Integer({ description: "Seconds to wait." })),
  },
  summary: "A command was refused and changed nothing. It has a `ref` if the command had one.",
  examples: {
    "Not found": { ref: "1" },
    "Fails validation": {
      ref: "2",
      code: "invalid",
      detail: "body: is required",
      errors: [{ field: "body", message: "is required" }],
    },
    "Too fast": { code: "slow_down", detail: "Too many messages; try again in 1 s.", retry_after: 1 },
  },
});

export const connectionReplies = [pong, ack, commandError] as const;

export const ping = defineCommand({
  type: "ping",
  scope: "any",
  on: onEverySocket({}),
  summary: "Asks for a `pong`.",
  replies: [pong],
});

export const auth = defineCommand({
  type: "auth",
  scope: "any",
  on: onEverySocket({
    token: Type.String({ maxLength: 4096, description: "An access token.", examples: ["eyJhbGciOiJIUzI1NiJ9…"] }),
  }),
  summary: "As the first frame it authenticates the connection; later it renews the session in place.",
});

export type AuthCommand = WireOf<typeof auth>;

export const connectionCommands = [ping, auth] as const;
