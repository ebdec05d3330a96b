// The surface of a chat: its options, stores and calls.
import type { Backoff } from "./backoff.ts";
import type { RenewToken } from "./connection/session.ts";
import type { WebSocketClass } from "./connection/socket.ts";
import type { ConnectionState } from "./connection/state.ts";
import type { Debug } from "./debug.ts";
import type { Administration } from "./features/administration.ts";
import type { Blocks } from "./features/blocks.ts";
import type { Factors } from "./features/factors.ts";
import type { FriendRequests } from "./features/friend-requests.ts";
import type { Friends, PresenceStore } from "./features/friends.ts";
import type { Groups } from "./features/groups.ts";
import type { Identities } from "./features/identities.ts";
import type { Integrations } from "./features/integrations.ts";
import type { Invites } from "./features/invites.ts";
import type { OwnAccount } from "./features/own-data.ts";
import type { People } from "./features/people.ts";
import type { PrivacySettings, Profile } from "./features/profile.ts";
import type { SearchOptions, SearchPage } from "./features/search.ts";
import type { Sessions } from "./features/sessions.ts";
import type { Files } from "./files/files.ts";
import type { UploadStorage } from "./files/upload-storage.ts";
import type { FetchLike } from "./http.ts";
import type { StoredMessage } from "./rooms/message.ts";
import type { RoomInfo } from "./rooms/room-info.ts";
import type { RoomStore } from "./rooms/room-store.ts";
import type { RoomsSnapshot } from "./rooms/rooms.ts";
import type { StorageLike } from "./storage.ts";
import type { Store } from "./store.ts";
import type { Account, CreatedReport, FrameOf, Mention, NewReport, Page, RoomEvent, RoomKey } from "./wire.ts";

export interface ChatOptions {
  /** The server's address, such as `https://chat.example.org`; in a browser `/` is the page's own. */
  url: string;
  /** From `signIn`. */
  token: string;
  /**
   * Called before the token expires, and when it is refused. Returns a new one of the same user, or null. Without it the session is
   * renewed at the server, as long as that lets it last.
   */
  renewToken?: RenewToken;
  /** Called with each token that took the place of the one before, to be kept for the next start. */
  onToken?: (token: string) => void;
  /** Keeps unsent messages over a page reload, such as `localStorage`. */
  storage?: StorageLike | null | undefined;
  /**
   * Keeps files that are being uploaded over a page reload. By default a browser does if there is a `storage`; null keeps them in memory
   * alone.
   */
  uploadStorage?: UploadStorage | null;
  /** For runtimes without one, such as that of the package `ws` on Node 20. */
  WebSocket?: WebSocketClass;
  fetch?: FetchLike;
  /** How long to wait between two attempts. */
  backoff?: Partial<Backoff>;
  /** Milliseconds without a frame until the server is pinged. */
  heartbeatMs?: number;
  /** Milliseconds without a response until the connection counts as dead. */
  responseTimeoutMs?: number;
  /** Called with each state of the connection, each frame and each HTTP call; tokens are left out. */
  debug?: Debug;
}

/** A new message of someone else's. */
export interface IncomingMessage {
  room: RoomKey;
  message: StoredMessage;
  /** False for one that was missed and replayed. */
  isLive: boolean;
}

/** Something was reported. */
export type ReportNotice = FrameOf<"report.created">["data"];

/** Of `message_id`, `user_id` and `group_id` one. */
export type ReportInput = Omit<NewReport, "client_id">;

export interface Chat {
  /** Whose session this is; null until the server has said. */
  me: Store<Account | null>;
  connection: Store<ConnectionState>;
  rooms: Store<RoomsSnapshot>;
  /** The store of a room; the same one for the same key. */
  room(key: RoomKey): RoomStore;
  /** Calls the listener with each message of someone else's, until the returned function is called. */
  onMessage(listener: (message: IncomingMessage) => void): () => void;
  /**
   * Calls the listener with each durable event of the user's rooms as it arrives, missed ones included, until the returned function is
   * called. Stores are kept up to date without it.
   */
  onEvent(listener: (event: RoomEvent) => void): () => void;
  /**
   * Calls the listener with each room that becomes the user's, whether they joined it or were added, until the returned
   * function is called.
   */
  onJoin(listener: (room: RoomInfo) => void): () => void;
  /**
   * Calls the listener with each report that the user may decide about, as a moderator or, where it has a `group_id`, as an admin of that
   * group, until the returned function is called. None is replayed.
   */
  onReport(listener: (report: ReportNotice) => void): () => void;

  /** The conversation with a user, created if there is none. Throws ChatError. */
  openConversation(userId: number): Promise<RoomStore>;
  /** What is for the user, newest first: mentions, replies, and reactions to their messages. Throws ChatError. */
  listMentions(cursor?: string | null, kind?: Mention["kind"]): Promise<Page<Mention>>;
  /**
   * Messages in the user's rooms, newest first, up to 50 a page. Throws ChatError: `not_found` where the server does not search,
   * `invalid`, `slow_down`.
   */
  search(options: SearchOptions): Promise<SearchPage>;
  searchUsers: People["search"];
  people: People;
  profile: Profile;
  privacy: PrivacySettings;
  friends: Friends;
  /** Of friends, by user id; empty without a connection, on which changes are reported. */
  presence: PresenceStore;
  requests: FriendRequests;
  blocks: Blocks;
  groups: Groups;
  invites: Invites;
  /**
   * Reports a message, a person or a group to moderators, and a group's message to its admins as well; whom it is about is never told.
   * Throws ChatError: `already_reported`, `message_deleted`, `not_found`, `slow_down` past 20 a day.
   */
  report(report: ReportInput): Promise<CreatedReport>;
  files: Files;

  /** Another username, a copy of everything, and deleting the account; loaded with the first call. */
  account(): Promise<OwnAccount>;
  /** What moderators and admins do; loaded with the first call. */
  admin(): Promise<Administration>;
  sessions: Sessions;
  /** `code`: of the second factor, where it is on, as below. Throws ChatError. */
  changePassword(currentPassword: string | undefined, newPassword: string, code?: string): Promise<void>;
  /** Has a link mailed to the new address, which becomes the account's when it is followed. Throws ChatError. */
  changeEmail(email: string, currentPassword: string | undefined, code?: string): Promise<void>;
  /** The accounts of providers that log the user in: loaded when they are first asked for. */
  identities(): Promise<Identities>;
  /** What proves who the user is besides the password: loaded when it is first asked for. */
  factors(): Promise<Factors>;
  /** API keys, and bots: loaded when they are first asked for. */
  integrations(): Promise<Integrations>;
  /** Has a link mailed to the account's address that confirms it. Throws ChatError. */
  requestVerification(): Promise<void>;
  /** Continues with another token of the same user. */
  setToken(token: string): void;
  /** Connects at once instead of waiting. */
  reconnect(): void;
  /** Ends the session, and removes what was stored on this device. Throws ChatError when the server can't be reached. */
  logout(): Promise<void>;
  /** Ends the connection but not the session; unsent messages stay in the storage. */
  close(): void;
}
