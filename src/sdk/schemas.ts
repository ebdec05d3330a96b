// The types of the protocol's schemas; nothing of it remains in the bundle. build/declarations.ts writes the same types out
// for the published declarations.
import type { Static } from "@sinclair/typebox";
import type { AccessToken as AccessTokenSchema } from "../protocol/account.ts";
import type { CommandOn } from "../protocol/index.ts";

export type { Account, ProfileUpdate } from "../protocol/account.ts";
export type {
  AdminGroup,
  AdminMember,
  AdminUser,
  AdminUserDetails,
  AuditRecord,
  PasswordLink,
} from "../protocol/admin.ts";
export type { Block } from "../protocol/blocks.ts";
export type { ApiKey, Bot, BotUpdate, CreatedKey } from "../protocol/bots.ts";
export type { Conversation } from "../protocol/conversations.ts";
export type { Entity } from "../protocol/entities.ts";
export type { Factors, Passkey, TotpSecret } from "../protocol/factors.ts";
export type { Attachment, UploadedFile } from "../protocol/files.ts";
export type { Friend, FriendRequest } from "../protocol/friends.ts";
export type { Ban, Group, Member } from "../protocol/groups.ts";
export type { Health, ServerFigures, ServerHealth } from "../protocol/health.ts";
export type { GroupEvent, ServerFrame } from "../protocol/index.ts";
export type { Invite, InviteInfo } from "../protocol/invites.ts";
export type { Mention } from "../protocol/mentions.ts";
export type { DirectMessage, GroupMessage, Quote } from "../protocol/messages.ts";
export type { Privacy } from "../protocol/privacy.ts";
export type { Reaction, Reactor } from "../protocol/reactions.ts";
export type { RegistrationChallenge, RegistrationInfo } from "../protocol/registration.ts";
export type { CreatedReport, GroupReport, GroupReportUpdate, NewReport, Report } from "../protocol/reports.ts";
export type { Scope as KeyScope } from "../protocol/scopes.ts";
export type { SearchResult } from "../protocol/search.ts";
export type { SessionInfo } from "../protocol/sessions.ts";
export type { Identity, SignOn } from "../protocol/sso.ts";
export type { Person, Status } from "../protocol/users.ts";

/** What a client may send on `/ws`. */
export type ClientFrame = CommandOn<"account">;
export type AccessToken = Static<typeof AccessTokenSchema>;
