// Writes schemas out as TypeScript, so that the published declarations stand alone: in this repository the SDK takes its types
// from the protocol's schemas, in a package there is no TypeBox.
import type { TSchema } from "@sinclair/typebox";
import { AccessToken, Account, ProfileUpdate } from "../../protocol/account.ts";
import {
  AdminGroup,
  AdminMember,
  AdminUser,
  AdminUserDetails,
  AuditRecord,
  PasswordLink,
} from "../../protocol/admin.ts";
import { Block } from "../../protocol/blocks.ts";
import { ApiKey, Bot, BotUpdate, CreatedKey } from "../../protocol/bots.ts";
import { Conversation } from "../../protocol/conversations.ts";
import { Entity } from "../../protocol/entities.ts";
import { Factors, Passkey, TotpSecret } from "../../protocol/factors.ts";
import { Attachment, UploadedFile } from "../../protocol/files.ts";
import { Friend, FriendRequest } from "../../protocol/friends.ts";
import { Ban, Group, Member } from "../../protocol/groups.ts";
import { Health, ServerFigures, ServerHealth } from "../../protocol/health.ts";
import { commandsOn, framesOn, GroupEvent } from "../../protocol/index.ts";
import { Invite, InviteInfo } from "../../protocol/invites.ts";
import { Mention } from "../../protocol/mentions.ts";
import { DirectMessage, GroupMessage, Quote } from "../../protocol/messages.ts";
import { Privacy } from "../../protocol/privacy.ts";
import { Reaction, Reactor } from "../../protocol/reactions.ts";
import { RegistrationChallenge, RegistrationInfo } from "../../protocol/registration.ts";
import { CreatedReport, GroupReport, GroupReportUpdate, NewReport, Report } from "../../protocol/reports.ts";
import { ScopeList } from "../../protocol/scopes.ts";
import { SearchResult } from "../../protocol/search.ts";
import { SessionInfo } from "../../protocol/sessions.ts";
import { Identity, SignOn } from "../../protocol/sso.ts";
import { Person, Status } from "../../protocol/users.ts";

/** By the name under which schemas.ts exports the type; arrays are unions. */
const SCHEMAS: Record<string, TSchema | TSchema[]> = {
  Account,
  AccessToken,
  ApiKey,
  AdminGroup,
  AdminMember,
  AdminUser,
  AdminUserDetails,
  Attachment,
  AuditRecord,
  Ban,
  Block,
  CreatedReport,
  Bot,
  BotUpdate,
  ClientFrame: [...commandsOn("account").values()],
  Conversation,
  CreatedKey,
  DirectMessage,
  Entity,
  Factors,
  Friend,
  FriendRequest,
  Group,
  GroupEvent,
  GroupMessage,
  Health,
  GroupReport,
  GroupReportUpdate,
  Invite,
  InviteInfo,
  KeyScope: ScopeList.items,
  Member,
  Mention,
  NewReport,
  Passkey,
  PasswordLink,
  Person,
  Privacy,
  ProfileUpdate,
  Quote,
  Reaction,
  Reactor,
  RegistrationChallenge,
  RegistrationInfo,
  Report,
  Status,
  SearchResult,
  ServerFigures,
  ServerHealth,
  SessionInfo,
  TotpSecret,
  Identity,
  SignOn,
  ServerFrame: framesOn("account").map(({ schema }) => schema),
  UploadedFile,
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
      if (schema.additionalProperties === true) return "Record<string, unknown>";
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

/** The text of `schemas.ts` for the published declarations. */
export const schemaDeclarations = (): string =>
  Object.entries(SCHEMAS)
    .map(([name, schema]) => `export type ${name} = ${[schema].flat().map(typeOf).join("\n  | ")};\n`)
    .join("");
