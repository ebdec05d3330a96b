// The SDK: everything that a chat client needs, without dependencies, for browsers, Bun and Node. docs/sdk.md is its guide.
export {
  ATTACHMENTS_LIMIT,
  BAN_REASON_LIMIT,
  BODY_LIMIT,
  DISPLAY_NAME_LIMIT,
  MENTION_ALL_MEMBERS,
  PASSWORD_MIN,
  REPORT_COMMENT_LIMIT,
  STATUS_LIMIT,
  UNREAD_LIMIT,
  WAVEFORM_LIMIT,
  WAVEFORM_MAX,
} from "../protocol/limits.ts";
export { can } from "../protocol/permissions.ts";
export { isRoomKey } from "../protocol/rooms.ts";
export {
  canUsePasskeys,
  finishSignOn,
  getInvite,
  getRegistration,
  requestPasswordReset,
  resetPassword,
  type ServerAddress,
  type SignedIn,
  signIn,
  signInWithPasskey,
  signUp,
  startSignOn,
  verifyEmail,
} from "./account.ts";
export type { Backoff } from "./backoff.ts";
export { createChat } from "./chat.ts";
export type { Chat, ChatOptions, IncomingMessage, ReportInput, ReportNotice } from "./chat-types.ts";
export type { RenewToken } from "./connection/session.ts";
export type { WebSocketClass } from "./connection/socket.ts";
export type { ConnectionState } from "./connection/state.ts";
export { isSameSession } from "./connection/token.ts";
export type { DebugEntry } from "./debug.ts";
export { ChatError, type ChatErrorCode } from "./errors.ts";
export type {
  Administration,
  AuditFilter,
  BanInput,
  ReportDecision,
  UserFilter,
} from "./features/administration.ts";
export type { Factors, OwnerProof } from "./features/factors.ts";
export type { Presence } from "./features/friends.ts";
export type { Identities } from "./features/identities.ts";
export type { Integrations, KeyRequest } from "./features/integrations.ts";
export type { Invites } from "./features/invites.ts";
export type { ListSnapshot, ListStore } from "./features/live-list.ts";
export type { OwnAccount } from "./features/own-data.ts";
export type { PasskeyUse } from "./features/passkeys.ts";
export { nameOf, type People } from "./features/people.ts";
export type { PrivacySettings, Profile } from "./features/profile.ts";
export type { SearchOptions, SearchPage, SearchResult } from "./features/search.ts";
export type { Sessions } from "./features/sessions.ts";
export type { Files, UploadOptions } from "./files/files.ts";
export type { Upload, UploadInfo, UploadSnapshot, UploadState } from "./files/upload.ts";
export type { StoredUpload, UploadStorage } from "./files/upload-storage.ts";
export type { FetchLike } from "./http.ts";
export type { EditOptions, SendOptions } from "./outbox/unsent.ts";
export { type FormattedText, formatText } from "./rooms/format.ts";
export type { RoomMember } from "./rooms/members.ts";
export type { MessageState, RoomMessage, StoredMessage } from "./rooms/message.ts";
export type { RoomEventItem, RoomEventKind } from "./rooms/room-event-item.ts";
export type { RoomInfo, UnsentSummary } from "./rooms/room-info.ts";
export type { RoomSnapshot, RoomStore } from "./rooms/room-store.ts";
export type { RoomsSnapshot } from "./rooms/rooms.ts";
export type { StorageLike } from "./storage.ts";
export type { Store } from "./store.ts";
export type {
  Account,
  AdminGroup,
  AdminMember,
  AdminUser,
  AdminUserDetails,
  ApiKey,
  Attachment,
  AuditRecord,
  Ban,
  Block,
  Bot,
  BotUpdate,
  Conversation,
  CreatedKey,
  DirectMessage,
  Entity,
  Factors as FactorsInfo,
  Friend,
  FriendRequest,
  Group,
  GroupAction,
  GroupEvent,
  GroupMessage,
  GroupReport,
  Health,
  Identity,
  Invite,
  InviteInfo,
  KeyScope,
  Mention,
  Page,
  Passkey,
  PasswordLink,
  Person,
  Privacy,
  ProfileUpdate,
  Quote,
  Reaction,
  Reactor,
  RegistrationInfo,
  Report,
  Role,
  RoomEvent,
  RoomKey,
  ServerFigures,
  ServerHealth,
  SessionInfo,
  SignOn,
  Status,
  TotpSecret,
  UploadedFile,
} from "./wire.ts";
