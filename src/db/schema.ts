// The data model. `bunx drizzle-kit generate` turns a change here into the next migration; what drizzle-kit can't
// express (the functions of the write path) stands in hand-written migrations beside them.
import { sql } from "drizzle-orm";
import {
  type AnyPgColumn,
  bigint,
  boolean,
  check,
  customType,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import type { SecurityEvent } from "../lib/security-log.ts";
import { isoFromPg } from "../lib/time.ts";
import { type Entity, MENTION_KINDS } from "../protocol/entities.ts";
import { FILE_KINDS, FILE_STATES, type FileDetails, type FileKind } from "../protocol/files.ts";
import { EVENT_KINDS, MESSAGE_EVENT_KINDS } from "../protocol/index.ts";
import type { IssuerUpdate } from "../protocol/issuers.ts";
import { ROLES } from "../protocol/permissions.ts";
import type { Privacy } from "../protocol/privacy.ts";
import { REPORT_KINDS, REPORT_REASONS, REPORT_STATES } from "../protocol/reports.ts";
import { ROOM_KINDS } from "../protocol/rooms.ts";
import type { Scope } from "../protocol/scopes.ts";
import type { Status } from "../protocol/users.ts";

/** A moment with microseconds, read as the wire's text. */
export const instant = customType<{ data: string; driverData: string }>({
  dataType: () => "timestamp with time zone",
  fromDriver: isoFromPg,
});
const textSearch = customType<{ data: string }>({ dataType: () => "tsvector" });
const id = (name?: string) => (name ? bigint(name, { mode: "number" }) : bigint({ mode: "number" }));
const moment = (name: string) => instant(name).notNull().default(sql`clock_timestamp()`);
const createdAt = () => moment("created_at");

/** What a user has chosen; what is left out has its default. */
export interface UserSettings extends Partial<Privacy> {
  locale?: string;
  time_zone?: string;
}

/** What an issuer's tokens have said of its user. */
export interface IssuedProfile {
  name?: string;
  /** The address of the picture that is shown. */
  avatar?: string;
  /** External ids. */
  groups?: string[];
}

/** An issuer as it was set at run time, but for its name. */
export interface StoredIssuer extends Omit<IssuerUpdate, "secret" | "current_password" | "code"> {
  /** The secret, encrypted (lib/sealed.ts). */
  sealed?: string;
}

/** What came of a log-in at a provider. */
export type SignOnOutcome =
  | { failure: "denied" | "unavailable" | "failed" }
  | {
      issuer: string;
      subject: string;
      /** Of what they are called, in the order of preference. */
      names: string[];
      /** As people are to see it. */
      displayName?: string;
      /** Confirmed by the provider. */
      email?: string;
    };

export const users = pgTable(
  "users",
  {
    id: id().primaryKey().generatedAlwaysAsIdentity(),
    username: text().notNull(),
    // What uniqueness and search go by: the name folded by the server, so that no database locale has a say in it.
    usernameKey: text("username_key").notNull().unique("users_username_key"),
    // Null of an account that came without one: of single sign-on or an issuer of tokens, and of bots.
    email: text(),
    // What the name can be mistaken for (UTS 39 skeletons); null until the next start has computed it.
    usernameSkeletons: text("username_skeletons").array(),
    emailKey: text("email_key").unique("users_email_key"),
    // When a link that was sent to the address was followed; null until then, and again with another address.
    emailVerifiedAt: instant("email_verified_at"),
    // Null where nobody logs in with a password.
    passwordHash: text("password_hash"),
    createdAt: createdAt(),
    lastSeenAt: instant("last_seen_at"),
    // Whether a ban is in force is asked in one place (bans.ts): one with an end is over by itself.
    bannedAt: instant("banned_at"),
    bannedUntil: instant("banned_until"),
    banReason: text("ban_reason"),
    // When the owner deleted the account: what others still see of it is nobody's.
    deletedAt: instant("deleted_at"),
    // When all that was theirs was gone (modules/own-data); null before.
    purgedAt: instant("purged_at"),
    // When the username was changed, until rooms tell of its owner by it (modules/own-data); null then.
    renamedAt: instant("renamed_at"),
    // What they may do beside everybody's rights; null of plain users.
    role: text().$type<"moderator" | "admin">(),
    isBot: boolean("is_bot").notNull().default(false),
    // Whose bot it is.
    ownerId: id("owner_id").references((): AnyPgColumn => users.id, { onDelete: "cascade" }),
    // Tokens of issuers that were made before are refused: everything was logged out then.
    tokensAfter: instant("tokens_after"),
    // What they show of themselves (people.ts); null where they have not set it.
    displayName: text("display_name"),
    status: jsonb().$type<Status>(),
    // Random, and new with each picture, so that its address can be cached for good.
    avatar: text(),
    // The image whose thumbnail is the picture; taken like one of a message, and deleted when another one takes its place.
    avatarFileId: id("avatar_file_id"),
    // What they have chosen that nobody else is shown; what is missing has its default.
    settings: jsonb().$type<UserSettings>(),
  },
  (t) => [
    index("users_username_prefix").on(t.usernameKey.op("text_pattern_ops")),
    index("users_username_skeletons").using("gin", t.usernameSkeletons),
    index("users_banned").on(t.id).where(sql`banned_at is not null`),
    index("users_renamed").on(t.id).where(sql`renamed_at is not null`),
    index("users_role").on(t.id).where(sql`role is not null`),
    index("users_owner").on(t.ownerId).where(sql`owner_id is not null`),
    index("users_unpurged").on(t.id).where(sql`deleted_at is not null and purged_at is null`),
    index("users_without_skeletons").on(t.id).where(sql`username_skeletons is null`),
  ],
);

/** What an entry of the audit log says besides: reasons, former values and ids; never a text, a name that was typed or a secret. */
export type AuditDetails = Record<string, unknown>;

/**
 * Who did what to whom, when and from where. Rows are only ever added (a trigger refuses all else), and deleted when they are older than
 * `AUDIT_DAYS`. Without foreign keys: it outlives what it is about.
 */
export const auditLog = pgTable(
  "audit_log",
  {
    id: id().primaryKey().generatedAlwaysAsIdentity(),
    at: moment("at"),
    event: text().notNull().$type<SecurityEvent>(),
    // Null: the command line, or the server by itself.
    actorId: id("actor_id"),
    userId: id("user_id"),
    groupId: id("group_id"),
    messageId: id("message_id"),
    address: text(),
    details: jsonb().$type<AuditDetails>(),
  },
  (t) => [
    index("audit_log_at").on(t.at),
    index("audit_log_event").on(t.event, t.id),
    index("audit_log_actor").on(t.actorId, t.id),
    index("audit_log_user").on(t.userId, t.id),
  ],
);

/** Names that somebody gave up, as keyed hashes (modules/accounts/held-names.ts): nobody else gets one for a while. */
export const heldNames = pgTable(
  "held_names",
  {
    hash: text().primaryKey(),
    // Whose it was, who may have it back; null of a deleted account.
    userId: id("user_id").references(() => users.id, { onDelete: "cascade" }),
    until: instant("until").notNull(),
  },
  (t) => [index("held_names_user").on(t.userId), index("held_names_until").on(t.until)],
);

/** Who a user is to others that vouch for them: providers of single sign-on (their issuer URL), and issuers of tokens (their name). */
export const identities = pgTable(
  "identities",
  {
    issuer: text().notNull(),
    // What the issuer calls them, for ever.
    subject: text().notNull(),
    userId: id("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    createdAt: createdAt(),
    // What the issuer's newest token said of them, and when that was made; null of those that say nothing.
    profile: jsonb().$type<IssuedProfile>(),
    profileAt: instant("profile_at"),
    // Of the groups that its tokens name, those that they have put the user into (modules/issuers/group-claims.ts).
    groups: text().array(),
  },
  (t) => [primaryKey({ columns: [t.issuer, t.subject] }), index("identities_user").on(t.userId)],
);

/** Issuers of tokens that were added at run time, beside those of the setting TOKEN_ISSUERS. */
export const tokenIssuers = pgTable("token_issuers", {
  name: text().primaryKey(),
  // The claim `iss`.
  issuer: text().notNull().unique("token_issuers_issuer"),
  setting: jsonb().$type<StoredIssuer>().notNull(),
  updatedAt: moment("updated_at"),
});

/**
 * What people and programs are recognised by: sessions, one a login; API keys; and tokens of issuers that were seen. `token_hash` is the
 * SHA-256 of the token's id, or of the whole key or token, which itself is never stored.
 */
export const tokens = pgTable(
  "tokens",
  {
    id: id().primaryKey().generatedAlwaysAsIdentity(),
    userId: id("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    tokenHash: text("token_hash").notNull().unique("tokens_token_hash"),
    // `ended`: an issuer's token that is still good by itself, and refused from now on.
    kind: text().$type<"session" | "key" | "issuer" | "ended">().notNull().default("session"),
    // What the client called itself; of a key its name.
    device: text().notNull(),
    // Of a key, as is what follows.
    scopes: text().array().$type<Scope[]>(),
    clientId: uuid("client_id"),
    // The key is computed from it with the server's secret, so that a repeated request gets the same one.
    salt: text(),
    // Of the login or the last renewal; null when it is kept no longer.
    address: text(),
    createdAt: createdAt(),
    expiresAt: instant("expires_at").notNull(),
    lastUsedAt: moment("last_used_at"),
  },
  (t) => [
    index("tokens_user").on(t.userId),
    index("tokens_expiry").on(t.expiresAt),
    uniqueIndex("tokens_client_id").on(t.userId, t.clientId).where(sql`client_id is not null`),
  ],
);

/** Links that were sent by mail, each good once. `token_hash` is the SHA-256 of what the link holds, which is never stored. */
export const mailTokens = pgTable(
  "mail_tokens",
  {
    tokenHash: text("token_hash").primaryKey(),
    userId: id("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    purpose: text().$type<"reset" | "verify">().notNull(),
    // To which it was sent: what following it proves.
    email: text().notNull(),
    expiresAt: instant("expires_at").notNull(),
  },
  (t) => [index("mail_tokens_user").on(t.userId), index("mail_tokens_expiry").on(t.expiresAt)],
);

/** Second factors: secrets of authenticator apps (modules/factors). One that is not enabled yet waits for its first code. */
export const totp = pgTable("totp", {
  userId: id("user_id")
    .primaryKey()
    .references(() => users.id, { onDelete: "cascade" }),
  // Encrypted (lib/sealed.ts).
  secret: text().notNull(),
  createdAt: createdAt(),
  enabledAt: instant("enabled_at"),
  // The time step of the last code that was used; it and those before are good no more.
  lastStep: id("last_step"),
});

/**
 * Log-ins at providers that are under way (modules/sso): begun, and from the return of the browser on known by the code that its page
 * takes. Of what is secret the hash.
 */
export const signOns = pgTable(
  "sign_ons",
  {
    stateHash: text("state_hash").primaryKey(),
    // The id in the setting.
    provider: text().notNull(),
    nonce: text().notNull(),
    // Of PKCE, between us and the provider.
    pkceVerifier: text("pkce_verifier").notNull(),
    // What the page that began it keeps.
    verifierHash: text("verifier_hash").notNull(),
    returnTo: text("return_to").notNull(),
    // To whose account the identity is to be linked; null of a log-in.
    userId: id("user_id").references(() => users.id, { onDelete: "cascade" }),
    // When the browser came back; a second time does not count.
    returnedAt: instant("returned_at"),
    codeHash: text("code_hash").unique("sign_ons_code_hash"),
    // What came of it: who they are at the provider, or why they are not.
    outcome: jsonb().$type<SignOnOutcome>(),
    expiresAt: instant("expires_at").notNull(),
  },
  (t) => [index("sign_ons_user").on(t.userId), index("sign_ons_expiry").on(t.expiresAt)],
);

/** What takes the place of an authenticator app, each once. Used ones are deleted. */
export const recoveryCodes = pgTable(
  "recovery_codes",
  {
    userId: id("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    codeHash: text("code_hash").notNull(),
  },
  (t) => [primaryKey({ columns: [t.userId, t.codeHash] })],
);

/** Public keys by which people log in without a password (WebAuthn). */
export const passkeys = pgTable(
  "passkeys",
  {
    id: id().primaryKey().generatedAlwaysAsIdentity(),
    userId: id("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    // In base64url, as is the key (COSE).
    credentialId: text("credential_id").notNull().unique("passkeys_credential_id"),
    publicKey: text("public_key").notNull(),
    // How often the authenticator has signed; 0 of those that don't count.
    counter: id().notNull(),
    transports: text().array().notNull(),
    name: text().notNull(),
    // Whether its owner's other devices may have it too.
    isSynced: boolean("is_synced").notNull(),
    createdAt: createdAt(),
    lastUsedAt: instant("last_used_at"),
  },
  (t) => [index("passkeys_user").on(t.userId)],
);

/** Challenges that were answered (modules/factors/challenges.ts): signed by the server, and good once. */
export const usedChallenges = pgTable(
  "used_challenges",
  { challenge: text().primaryKey(), expiresAt: instant("expires_at").notNull() },
  (t) => [index("used_challenges_expiry").on(t.expiresAt)],
);

export const friendRequests = pgTable(
  "friend_requests",
  {
    id: id().primaryKey().generatedAlwaysAsIdentity(),
    senderId: id("sender_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    receiverId: id("receiver_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    status: text({ enum: ["pending", "accepted", "declined"] })
      .notNull()
      .default("pending"),
    createdAt: createdAt(),
    answeredAt: instant("answered_at"),
  },
  (t) => [
    // One open request a pair, whichever way it goes.
    uniqueIndex("friend_requests_open_pair")
      .on(sql`least(${t.senderId}, ${t.receiverId})`, sql`greatest(${t.senderId}, ${t.receiverId})`)
      .where(sql`status = 'pending'`),
    index("friend_requests_receiver").on(t.receiverId).where(sql`status = 'pending'`),
    index("friend_requests_sender").on(t.senderId).where(sql`status = 'pending'`),
    index("friend_requests_declined").on(t.senderId, t.receiverId).where(sql`status = 'declined'`),
  ],
);

/** A friendship is two rows, one seen from each side. */
export const friends = pgTable(
  "friends",
  {
    userId: id("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    friendId: id("friend_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    createdAt: createdAt(),
    // On both rows: one of the two shows nobody whether they are online, so that neither sees it of the other.
    hidesPresence: boolean("hides_presence").notNull().default(false),
  },
  (t) => [primaryKey({ columns: [t.userId, t.friendId] })],
);

export const blocks = pgTable(
  "blocks",
  {
    blockerId: id("blocker_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    blockedId: id("blocked_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.blockerId, t.blockedId] }), index("blocks_blocked").on(t.blockedId, t.blockerId)],
);

/** What conversations and groups share. Its row lock is what orders a room's events. */
export const rooms = pgTable("rooms", {
  id: id().primaryKey().generatedAlwaysAsIdentity(),
  kind: text({ enum: ROOM_KINDS }).notNull(),
  lastSeq: id("last_seq").notNull().default(0),
  lastEventAt: moment("last_event_at"),
  createdAt: createdAt(),
});

export const conversations = pgTable(
  "conversations",
  {
    roomId: id("room_id")
      .primaryKey()
      .references(() => rooms.id, { onDelete: "cascade" }),
    userLow: id("user_low")
      .notNull()
      .references(() => users.id),
    userHigh: id("user_high")
      .notNull()
      .references(() => users.id),
  },
  (t) => [
    unique("conversations_pair").on(t.userLow, t.userHigh),
    check("conversations_ordered", sql`${t.userLow} < ${t.userHigh}`),
  ],
);

export const groups = pgTable(
  "groups",
  {
    roomId: id("room_id")
      .primaryKey()
      .references(() => rooms.id, { onDelete: "cascade" }),
    name: text().notNull(),
    description: text().notNull().default(""),
    ownerId: id("owner_id")
      .notNull()
      .references(() => users.id),
    isPrivate: boolean("is_private").notNull().default(true),
    // The words of the name (lib/words.ts) that a search goes by; null until the next start has computed them.
    nameWords: textSearch("name_words"),
    // What the system calls it that made it for its own people.
    externalId: text("external_id").unique("groups_external_id"),
  },
  (t) => [
    index("groups_public").on(t.roomId).where(sql`not is_private`),
    index("groups_public_words").using("gin", t.nameWords).where(sql`not is_private`),
    index("groups_without_words").on(t.roomId).where(sql`name_words is null`),
  ],
);

export const members = pgTable(
  "members",
  {
    roomId: id("room_id")
      .notNull()
      .references(() => rooms.id, { onDelete: "cascade" }),
    userId: id("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    role: text({ enum: ROLES }).notNull().default("member"),
    // Null: may speak. `infinity`: muted until someone unmutes.
    mutedUntil: instant("muted_until"),
    // In a conversation, on both rows: a block stands between the two. Who blocks whom is in `blocks`; this spares a message
    // two look-ups there.
    isBlocked: boolean("is_blocked").notNull().default(false),
    // The member shows nobody how far they have read, and does not see it of others. In a conversation on both rows: one of the two.
    hidesReads: boolean("hides_reads").notNull().default(false),
    joinedAt: moment("joined_at"),
    readSeq: id("read_seq").notNull().default(0),
    deliveredSeq: id("delivered_seq").notNull().default(0),
  },
  (t) => [primaryKey({ columns: [t.roomId, t.userId] }), index("members_user").on(t.userId, t.roomId)],
);

/** Rooms that people have left, where something of them may still stand: what an account's deletion and a new name look through. */
export const formerMembers = pgTable(
  "former_members",
  {
    userId: id("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    roomId: id("room_id")
      .notNull()
      .references(() => rooms.id, { onDelete: "cascade" }),
  },
  (t) => [primaryKey({ columns: [t.userId, t.roomId] }), index("former_members_room").on(t.roomId)],
);

/** Mutes of people who left a group or were removed, until they are back; those of members are in `members`. */
export const groupMutes = pgTable(
  "group_mutes",
  {
    roomId: id("room_id")
      .notNull()
      .references(() => groups.roomId, { onDelete: "cascade" }),
    userId: id("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    mutedUntil: instant("muted_until").notNull(),
  },
  (t) => [primaryKey({ columns: [t.roomId, t.userId] })],
);

/** Who is kept out of a group, member before or not. */
export const groupBans = pgTable(
  "group_bans",
  {
    roomId: id("room_id")
      .notNull()
      .references(() => groups.roomId, { onDelete: "cascade" }),
    userId: id("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    actorId: id("actor_id")
      .notNull()
      .references(() => users.id),
    reason: text().notNull().default(""),
    // Null: until someone lifts it.
    until: instant("until"),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.roomId, t.userId] })],
);

/** Invites: to a group, or of the operator to the server alone. Whoever has the code may use it, so that it is 128 random bits. */
export const invites = pgTable(
  "invites",
  {
    id: id().primaryKey().generatedAlwaysAsIdentity(),
    code: text().notNull().unique("invites_code"),
    // Null: of the operator, as is the creator.
    roomId: id("room_id").references(() => groups.roomId, { onDelete: "cascade" }),
    creatorId: id("creator_id").references(() => users.id, { onDelete: "cascade" }),
    clientId: uuid("client_id"),
    createdAt: createdAt(),
    expiresAt: instant("expires_at").notNull(),
    // Null: for any number of people.
    maxUses: integer("max_uses"),
    uses: integer().notNull().default(0),
  },
  (t) => [
    index("invites_room").on(t.roomId),
    uniqueIndex("invites_client_id").on(t.creatorId, t.clientId, t.roomId).where(sql`client_id is not null`),
  ],
);

/** Who came by an invite: each counts once, however often they come. */
export const inviteUses = pgTable(
  "invite_uses",
  {
    inviteId: id("invite_id")
      .notNull()
      .references(() => invites.id, { onDelete: "cascade" }),
    userId: id("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.inviteId, t.userId] })],
);

/** The kinds of events that are about messages, as the index below and the query that it serves have them in SQL. */
export const messageKinds = sql.raw(MESSAGE_EVENT_KINDS.map((kind) => `'${kind}'`).join(", "));

/**
 * A room's timeline; a message is an event among others. Only src/timeline writes here. It has no foreign keys: the
 * append statement already holds the room's row and has proved the membership, and two more look-ups a message would
 * cost the write path a good part of its speed.
 */
export const events = pgTable(
  "events",
  {
    id: id().primaryKey().generatedAlwaysAsIdentity(),
    roomId: id("room_id").notNull(),
    seq: id().notNull(),
    kind: text({ enum: EVENT_KINDS }).notNull(),
    actorId: id("actor_id").notNull(),
    body: text(),
    // The message that an edit or a deletion is about. That row holds the present text; no old text is kept.
    targetId: id("target_id"),
    data: jsonb(),
    clientId: uuid("client_id"),
    createdAt: createdAt(),
    editedAt: instant("edited_at"),
    deletedAt: instant("deleted_at"),
    deliveredAt: instant("delivered_at"),
    readAt: instant("read_at"),
  },
  (t) => [
    uniqueIndex("events_room_seq").on(t.roomId, t.seq),
    // What a group's timeline shows between messages, of which there may be thousands in between.
    index("events_group_changes").on(t.roomId, t.seq).where(sql`kind not in (${messageKinds})`),
    uniqueIndex("events_client_id").on(t.actorId, t.clientId, t.roomId).where(sql`client_id is not null`),
  ],
);

/**
 * Whom messages are for: members that they mention and authors of what they reply to. Written with the message, by the branch of the
 * append that only messages with data enter.
 */
export const mentions = pgTable(
  "mentions",
  {
    roomId: id("room_id").notNull(),
    eventId: id("event_id").notNull(),
    // 0: all members.
    userId: id("user_id").notNull(),
    seq: id().notNull(),
    actorId: id("actor_id").notNull(),
    kind: text({ enum: MENTION_KINDS }).notNull(),
    // Of the newest reaction, by which those are sorted; null for others, sorted by their messages.
    reactionId: id("reaction_id"),
  },
  (t) => [
    primaryKey({ columns: [t.roomId, t.eventId, t.userId] }),
    index("mentions_user").on(t.userId, t.roomId, t.seq),
  ],
);

/**
 * How far each feed (src/feeds) has worked the timeline of each room; a room without a row from the beginning. It has no foreign key: a
 * row outlives its room until what the feed stored of that is cleared away.
 */
export const feeds = pgTable(
  "feeds",
  { feed: text().notNull(), roomId: id("room_id").notNull(), seq: id().notNull() },
  (t) => [primaryKey({ columns: [t.roomId, t.feed] })],
);

/**
 * What messages are found by, written by the feed of search and never by the send. A deletion leaves an empty row, so that a text which was
 * read before it can't be stored after it, until the feed comes to it.
 */
export const search = pgTable(
  "search",
  { roomId: id("room_id").notNull(), eventId: id("event_id").notNull(), words: textSearch().notNull() },
  // The list of what is not sorted in yet is short: whoever fills it up sorts it in.
  (t) => [
    primaryKey({ columns: [t.roomId, t.eventId] }),
    index("search_words").using("gin", t.words).with({ gin_pending_list_limit: 256 }),
  ],
);

/** Uploads. Their bytes are in the store of files (src/files), under `key`. */
export const files = pgTable(
  "files",
  {
    id: id().primaryKey().generatedAlwaysAsIdentity(),
    ownerId: id("owner_id")
      .notNull()
      .references(() => users.id),
    clientId: uuid("client_id"),
    // Random, so that a history that was restored gives no new file the bytes of an old one.
    key: text().notNull(),
    kind: text({ enum: FILE_KINDS }).notNull(),
    name: text().notNull(),
    mime: text().notNull().default("application/octet-stream"),
    size: id().notNull(),
    received: id().notNull().default(0),
    // What has arrived of an upload, in order; empty once it is complete.
    parts: text().array().notNull().default(sql`'{}'`),
    // `deleted`: nobody may read it any more; the sweeper removes the bytes, then the row.
    state: text({ enum: [...FILE_STATES, "deleted"] })
      .notNull()
      .default("uploading"),
    sha256: text(),
    meta: jsonb().$type<FileDetails>().notNull().default({}),
    createdAt: createdAt(),
    // When the upload, or the work on the file, last went on.
    touchedAt: moment("touched_at"),
    // When a message took it; it can be attached once.
    usedAt: instant("used_at"),
  },
  (t) => [
    unique("files_client_id").on(t.ownerId, t.clientId),
    // What the sweeper looks through.
    index("files_unsettled").on(t.touchedAt).where(sql`state <> 'ready' or used_at is null`),
  ],
);

/** Which messages have a file, and so who may read it. Written with the message; deleted with it (release_files_1). */
export const fileUses = pgTable(
  "file_uses",
  {
    roomId: id("room_id").notNull(),
    eventId: id("event_id").notNull(),
    fileId: id("file_id").notNull(),
  },
  (t) => [primaryKey({ columns: [t.roomId, t.eventId, t.fileId] }), index("file_uses_file").on(t.fileId)],
);

/** Who has reacted to which message. How many there are of each emoji stands in the message's own data. */
export const reactions = pgTable(
  "reactions",
  {
    roomId: id("room_id").notNull(),
    eventId: id("event_id").notNull(),
    emoji: text().notNull(),
    userId: id("user_id").notNull(),
    // Of the event that tells of it.
    seq: id().notNull(),
    createdAt: instant("created_at").notNull(),
  },
  (t) => [primaryKey({ columns: [t.roomId, t.eventId, t.emoji, t.userId] })],
);

/** What stands in a report of a message besides its text. */
export interface ReportedExtras {
  entities?: Entity[];
  attachments?: { kind: FileKind; name: string }[];
}

/**
 * Reports (modules/reports). One outlives what it is about: the message, whose text it holds as it was, and the group. When either side
 * deletes the account it stays, without who reported; closed, it is gone after REPORT_DAYS.
 */
export const reports = pgTable(
  "reports",
  {
    id: id().primaryKey().generatedAlwaysAsIdentity(),
    // Null once they have deleted their account.
    reporterId: id("reporter_id").references(() => users.id),
    clientId: uuid("client_id"),
    kind: text({ enum: REPORT_KINDS }).notNull(),
    reason: text({ enum: REPORT_REASONS }).notNull(),
    comment: text().notNull(),
    createdAt: createdAt(),
    // The person, or the sender of the message; null of a group.
    userId: id("user_id").references(() => users.id),
    messageId: id("message_id"),
    // The group, or the room of the message, with what it was called; null of a person.
    roomId: id("room_id"),
    roomKind: text("room_kind", { enum: ROOM_KINDS }),
    groupName: text("group_name"),
    body: text(),
    data: jsonb().$type<ReportedExtras>(),
    // What moderators have decided.
    status: text({ enum: REPORT_STATES }).notNull().default("open"),
    // What was done with it, sorted: by this a request that comes again is known.
    actions: text().array(),
    closedBy: id("closed_by").references(() => users.id),
    closedAt: instant("closed_at"),
    // Of a group's message: what the group's own admins have decided, which settles nothing for moderators.
    groupStatus: text("group_status", { enum: REPORT_STATES }).notNull().default("open"),
    groupActions: text("group_actions").array(),
    groupClosedBy: id("group_closed_by").references(() => users.id),
    groupClosedAt: instant("group_closed_at"),
  },
  (t) => [
    // An open one of the same thing by the same person is no second one.
    uniqueIndex("reports_open_target")
      .on(t.reporterId, t.kind, sql`coalesce(message_id, user_id, room_id)`)
      .where(sql`status = 'open'`),
    uniqueIndex("reports_client_id").on(t.reporterId, t.clientId),
    index("reports_user").on(t.userId),
    index("reports_room").on(t.roomId).where(sql`kind = 'message'`),
    index("reports_status").on(t.status, t.createdAt),
    // What the sweeper looks for.
    index("reports_closed").on(sql`coalesce(closed_at, group_closed_at)`),
  ],
);

/** The one row that names the history which this database holds, and the database on which it was drawn (timeline/epoch.ts). */
export const epoch = pgTable(
  "epoch",
  {
    id: boolean().primaryKey().default(true),
    epoch: text().notNull(),
    system: text().notNull(),
    timeline: text().notNull(),
    drawnAt: moment("drawn_at"),
  },
  (t) => [check("epoch_one_row", sql`${t.id}`)],
);

/** The servers that run on this database, with their last heartbeat (db/nodes.ts). */
export const nodes = pgTable("nodes", {
  id: uuid().primaryKey(),
  // For people: where it runs.
  name: text().notNull(),
  beat: moment("beat"),
  // Whether it lets others run beside it. Earlier versions do not, nor does a server on its own PostgreSQL.
  isShared: boolean("is_shared").notNull().default(false),
  // Whether it hands its clients over and ends, so that no other server can hand its own to it.
  isLeaving: boolean("is_leaving").notNull().default(false),
  // Where it keeps uploaded files (files/identity.ts); null where it can't keep any.
  files: text(),
});

/** Which servers may start on this database although a newer version has migrated it (db/compatibility.ts). */
export const compatibility = pgTable(
  "compatibility",
  {
    id: boolean().primaryKey().default(true),
    // When the migration was generated that a server must know at least.
    oldestMigration: bigint("oldest_migration", { mode: "number" }).notNull(),
  },
  (t) => [check("compatibility_one_row", sql`${t.id}`)],
);

/**
 * Users with sockets on each of several servers (realtime/shared-presence.ts). Unlogged: after a crash of PostgreSQL it is empty, and the
 * servers write it anew. It has no foreign keys: its rows are written under the lock of their user's row.
 */
export const online = pgTable(
  "online",
  {
    userId: id("user_id").notNull(),
    // Of a server that died they stay until another one has taken up its users.
    nodeId: uuid("node_id").notNull(),
    sockets: integer().notNull(),
  },
  (t) => [primaryKey({ columns: [t.userId, t.nodeId] }), index("online_node").on(t.nodeId)],
);

/**
 * Attempts in windows of minutes and hours that several servers count together (db/attempt-windows.ts). Unlogged: a crash of PostgreSQL
 * forgives them.
 */
export const attemptWindows = pgTable(
  "attempt_windows",
  { key: text().primaryKey(), used: integer().notNull(), endsAt: instant("ends_at").notNull() },
  (t) => [index("attempt_windows_end").on(t.endsAt)],
);
