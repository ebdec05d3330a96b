// Writes schemas out as TypeScript, so that the published declarations stand alone: inside this repository the SDK takes its
// types from the server's schemas, outside there is neither the server nor TypeBox.
import type { TSchema } from "@sinclair/typebox";
import { AccessToken, Account } from "../../protocol/account.ts";
import { Block } from "../../protocol/blocks.ts";
import { Conversation } from "../../protocol/conversations.ts";
import { ERRORS } from "../../protocol/errors.ts";
import {
  ACCOUNT_EVENTS,
  Ack,
  ErrorFrame,
  GroupEvent,
  Pong,
  Resumed,
  Resync,
  ROOM_EVENTS,
} from "../../protocol/events.ts";
import { Friend, FriendRequest } from "../../protocol/friends.ts";
import { Ban, Group, Member } from "../../protocol/groups.ts";
import { DirectMessage, GroupMessage } from "../../protocol/messages.ts";
import { PERMISSIONS } from "../../protocol/permissions.ts";
import { Done } from "../../protocol/types.ts";
import { Person } from "../../protocol/users.ts";

/** By the name under which wire.ts exports it; arrays are unions. */
const SCHEMAS: Record<string, TSchema | TSchema[]> = {
  Account,
  AccessToken,
  Answered: Done,
  Ban,
  Block,
  Conversation,
  DirectMessage,
  ErrorFrame,
  Friend,
  FriendRequest,
  Group,
  GroupEvent,
  GroupMessage,
  Member,
  Person,
  ResumedFrame: Resumed,
  Role: Member.properties.role,
  ServerFrame: [...ROOM_EVENTS, ...ACCOUNT_EVENTS, Pong, Ack, Resync, ErrorFrame, Resumed],
  WireMessage: [DirectMessage, GroupMessage],
};

/** A schema as a TypeScript type. Throws for a kind that the wire does not use. */
function typeOf(schema: TSchema): string {
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(" | ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.patternProperties) {
    const [values] = Object.values(schema.patternProperties as Record<string, TSchema>);
    return `Record<string, ${typeOf(values!)}>`;
  }
  switch (schema.type) {
    case "object": {
      const fields = Object.entries(schema.properties as Record<string, TSchema>).map(([name, field]) => {
        const mark = (schema.required as string[] | undefined)?.includes(name) ? "" : "?";
        const about = field.description ? `/** ${field.description.replaceAll("*/", "")} */ ` : "";
        return `${about}${name}${mark}: ${typeOf(field)};`;
      });
      return fields.length === 0 ? "{}" : `{\n${fields.map((field) => `  ${field}\n`).join("")}}`;
    }
    case "array":
      return `(${typeOf(schema.items)})[]`;
    case "integer":
    case "number":
      return "number";
    case "string":
    case "boolean":
    case "null":
      return schema.type;
  }
  throw new Error(`no type for the schema ${JSON.stringify(schema)}`);
}

/** The keys of a table as a union. */
const namesOf = (table: object) =>
  Object.keys(table)
    .map((name) => JSON.stringify(name))
    .join(" | ");

/** The text of `wire.d.ts`. */
export function wireDeclarations(): string {
  return [
    "// What goes over the wire; made from the server's schemas.",
    `export type ErrorCode = ${namesOf(ERRORS)};`,
    `export type GroupAction = ${namesOf(PERMISSIONS)};`,
    ...Object.entries(SCHEMAS).map(
      ([name, schema]) => `export type ${name} = ${[schema].flat().map(typeOf).join("\n  | ")};`,
    ),
    `export type RoomKey = ${["conversation", "group"].map((kind) => `\`${kind}:\${number}\``).join(" | ")};`,
    "export interface Page<Item> {\n  data: Item[];\n  next_cursor: string | null;\n}",
    "",
  ].join("\n");
}
