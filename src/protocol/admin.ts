// Shapes of what those who run the server do from their own systems.
import { FormatRegistry, type Static, Type } from "@sinclair/typebox";
import { ownerProof } from "./account.ts";
import { Role } from "./groups.ts";
import {
  BAN_REASON_LIMIT,
  DISPLAY_NAME_LIMIT,
  EMAIL_LIMIT,
  EXTERNAL_ID_LIMIT,
  GROUP_NAME_LIMIT,
  ROOM_MEMBERS_LIMIT,
  USERNAME_MAX,
  USERNAME_MIN,
} from "./limits.ts";
import { SERVER_ROLES } from "./scopes.ts";
import { FORMAT_MESSAGES, Id, IdText, isTimestamp, Nullable, Text, Timestamp } from "./types.ts";
import { Person, profile } from "./users.ts";

const ServerRole = Type.Union([Type.Literal("user"), Type.Literal("moderator"), Type.Literal("admin")], {
  description: `What they may do on the whole server: ${SERVER_ROLES.join(", ")}.`,
  examples: ["moderator"],
});

/** Why a moderator or an admin does something; the audit log keeps it. */
const reason = Type.Optional(
  Type.String({
    format: "text",
    maxLength: BAN_REASON_LIMIT * 4,
    description: `Why, up to ${BAN_REASON_LIMIT} characters: kept in the audit log; of a ban it is shown to whom it is about, at log-in.`,
    examples: ["Advertising"],
  }),
);
export const AdminReason = Type.Object({ reason });
export type AdminReason = Static<typeof AdminReason>;

export const BanEnd = (description: string) =>
  Type.String({ format: "ban end", description, examples: ["2099-01-13T18:00:00+00:00"] });

/** An id, or an issuer's name and its own id of the user. */
export const UserReference = (description = "Who: a user id, or `issuer:subject`.") =>
  Text(1, 300, { description, examples: ["acme:customer-77"] });

export const AdminUserUpdate = Type.Object({
  username: Type.Optional(
    Text(USERNAME_MIN, USERNAME_MAX, {
      description: "The username wished for somebody who is new; near to it, if it is taken. Ignored for others.",
      examples: ["ayse"],
    }),
  ),
  display_name: Type.Optional(
    Type.String({
      format: "text",
      maxLength: DISPLAY_NAME_LIMIT * 4,
      description: `The name that they are shown under: 1 to ${DISPLAY_NAME_LIMIT} characters after trimming.`,
      examples: ["Ayşe Yılmaz"],
    }),
  ),
  role: Type.Optional(ServerRole),
  banned_until: Type.Optional(
    Type.Union([BanEnd("Until when they are banned: a moment to come, or `forever`."), Type.Null()], {
      description: "Bans them from the server until a moment to come, or `forever`; null lifts the ban.",
      examples: ["2099-01-13T18:00:00+00:00"],
    }),
  ),
  reason,
  ...ownerProof,
});
export type AdminUserUpdate = Static<typeof AdminUserUpdate>;

/** The end of a ban that has none. */
export const FOREVER = "forever";
FormatRegistry.Set("ban end", (text) => text === FOREVER || isTimestamp(text));
FORMAT_MESSAGES["ban end"] = `must be \`${FOREVER}\`, or a timestamp such as 2026-01-13T18:00:00+00:00`;

const adminUser = {
  id: Id("User id.", 3),
  username: Type.String({ examples: ["veli"] }),
  ...profile,
  email: Type.Optional(
    Type.String({
      description: "To admins alone; left out of an account without one.",
      examples: ["veli@example.com"],
    }),
  ),
  role: ServerRole,
  created_at: Timestamp("When the account was created."),
  last_seen_at: Nullable(Timestamp("When they last came online or went offline; null if never.")),
  banned_at: Type.Optional(Timestamp("Since when they are banned from the server; left out without a ban in force.")),
  banned_until: Type.Optional(
    Type.String({ description: "When the ban ends, or `forever`.", examples: ["2099-01-13T18:00:00.000000+00:00"] }),
  ),
  ban_reason: Type.Optional(Type.String({ description: "Why, if a reason was given.", examples: ["Advertising"] })),
  deleted_at: Type.Optional(Timestamp("When they deleted their account.")),
  owner_id: Type.Optional(Id("Whose bot it is.", 2)),
};

export const AdminUser = Type.Object(adminUser, {
  title: "AdminUser",
  description: "A user as moderators and admins see them. A ban of a person is one of their bots as well.",
});
export type AdminUser = Static<typeof AdminUser>;

export const AdminUserDetails = Type.Object(
  {
    ...adminUser,
    sessions: Type.Integer({ description: "Log-ins that have not ended.", examples: [2] }),
    groups: Type.Integer({ description: "Groups that they are in.", examples: [5] }),
    reports: Type.Optional(
      Type.Integer({
        description: "Reports of them and their messages, as long as those are kept; left out of yourself.",
        examples: [1],
      }),
    ),
  },
  { title: "AdminUserDetails" },
);
export type AdminUserDetails = Static<typeof AdminUserDetails>;

export const AdminUserFilter = Type.Object({
  query: Type.Optional(
    Type.String({
      format: "text",
      maxLength: EMAIL_LIMIT,
      description: "How the username begins, or the whole id; to admins the whole e-mail address as well.",
      examples: ["vel"],
    }),
  ),
  role: Type.Optional(ServerRole),
  state: Type.Optional(
    Type.Union([Type.Literal("banned"), Type.Literal("deleted"), Type.Literal("bot")], {
      description: "Those alone who are banned, or deleted, or bots; without it everybody who is not deleted.",
      examples: ["banned"],
    }),
  ),
});
export type AdminUserFilter = Static<typeof AdminUserFilter>;

export const PasswordLink = Type.Object(
  {
    is_sent: Type.Boolean({ description: "Whether the link went to the user by mail.", examples: [false] }),
    link: Type.Optional(
      Type.String({
        description: "The link, to be handed to the user, where no mail could be sent: it is shown here alone.",
        examples: ["https://chat.example.org/#/reset/q7Lk2_Zr9TfXw0Bd"],
      }),
    ),
    expires_at: Timestamp("Until when it is good, once."),
  },
  { title: "PasswordLink" },
);
export type PasswordLink = Static<typeof PasswordLink>;

export const AdminGroup = Type.Object(
  {
    id: Id("Group id.", 9),
    name: Type.String({ examples: ["Weekend"] }),
    description: Type.String({ examples: ["Plans for the weekend"] }),
    is_private: Type.Boolean({ description: "Whether it is invisible to others.", examples: [true] }),
    owner: Person,
    member_count: Type.Integer({ examples: [12] }),
    event_count: Type.Integer({
      description: "Messages, and whatever else has happened in it, so far.",
      examples: [340],
    }),
    created_at: Timestamp("When it was created."),
    last_activity_at: Timestamp("When something last happened in it."),
  },
  { title: "AdminGroup", description: "A group without what is said in it." },
);
export type AdminGroup = Static<typeof AdminGroup>;

export const AdminMember = Type.Object(
  {
    id: Id("The member.", 3),
    username: Type.String({ examples: ["veli"] }),
    ...profile,
    role: Role,
    joined_at: Timestamp("Since when."),
  },
  { title: "AdminMember", description: "A member of a group, without what they have read." },
);
export type AdminMember = Static<typeof AdminMember>;

export const AdminGroupFilter = Type.Object({
  query: Type.Optional(
    Type.String({
      format: "text",
      maxLength: GROUP_NAME_LIMIT * 4,
      description: "How words of the name begin; several must all be in it.",
      examples: ["week"],
    }),
  ),
});
export type AdminGroupFilter = Static<typeof AdminGroupFilter>;

export const AuditRecord = Type.Object(
  {
    id: Id("Entry id.", 501),
    at: Timestamp("When."),
    event: Type.String({ description: "What: one of the events of docs/security.md.", examples: ["user_banned"] }),
    actor: Type.Optional(Person),
    user: Type.Optional(Person),
    group: Type.Optional(
      Type.Object(
        { id: Id("Group id.", 9), name: Type.Optional(Type.String({ examples: ["Weekend"] })) },
        { description: "The group it was about; without a name once it is deleted." },
      ),
    ),
    message_id: Type.Optional(Id("The message it was about.", 5)),
    address: Type.Optional(Type.String({ description: "From where in the network.", examples: ["203.0.113.7"] })),
    details: Type.Optional(
      Type.Unsafe<Record<string, unknown>>(
        Type.Object(
          {
            reason: Type.Optional(Type.String({ description: "Why, if that was said.", examples: ["Advertising"] })),
            until: Type.Optional(
              Type.String({ description: "Of a ban: when it ends, or `forever`.", examples: ["forever"] }),
            ),
            role: Type.Optional(ServerRole),
            former: Type.Optional({ ...ServerRole, description: "The role before." }),
            via: Type.Optional(
              Type.String({ description: "`command line` where no call did it.", examples: ["command line"] }),
            ),
          },
          {
            additionalProperties: true,
            description: "What else belongs to it; each event has its own.",
            examples: [{ reason: "Advertising", until: "forever" }],
          },
        ),
      ),
    ),
  },
  {
    title: "AuditRecord",
    description: "Who did what to whom. Without an `actor` it was the command line, or the server by itself.",
  },
);
export type AuditRecord = Static<typeof AuditRecord>;

const moment = (description: string) =>
  Type.Optional(Type.String({ format: "timestamp", description, examples: ["2026-01-13T17:00:00+00:00"] }));

export const AuditFilter = Type.Object({
  event: Type.Optional(
    Type.String({ format: "text", maxLength: 64, description: "Of this event alone.", examples: ["user_banned"] }),
  ),
  actor: Type.Optional(IdText("Who did it.", 2)),
  user: Type.Optional(IdText("Whom it is about.", 3)),
  from: moment("From this moment on."),
  to: moment("Before this moment."),
  format: Type.Optional(
    Type.Union([Type.Literal("csv"), Type.Literal("ndjson")], {
      description:
        "All entries instead of a page, as a file: `csv` for spreadsheets, or `ndjson` (a JSON object a line). `Accept: text/csv` and `application/x-ndjson` do the same.",
      examples: ["csv"],
    }),
  ),
});
export type AuditFilter = Static<typeof AuditFilter>;

export const ExternalRoom = Type.Object({
  name: Type.String({ format: "text", description: "The group's name.", examples: ["Order 4711"] }),
  description: Type.Optional(Type.String({ format: "text", description: "What it is for.", examples: ["Delivery"] })),
  is_private: Type.Optional(
    Type.Boolean({
      description: "Whether it is invisible to others; of a new group true unless told.",
      examples: [true],
    }),
  ),
  owner: Type.Optional(
    UserReference("Who owns it: a user id, or `issuer:subject`. Of a new group the caller unless told."),
  ),
  members: Type.Array(UserReference("A user id, or `issuer:subject`."), {
    maxItems: ROOM_MEMBERS_LIMIT,
    description: `Who is in it, besides the owner: up to ${ROOM_MEMBERS_LIMIT}. Who is missing is added, and who is not named removed.`,
    examples: [["acme:customer-77", "acme:agent-5"]],
  }),
});
export type ExternalRoom = Static<typeof ExternalRoom>;

export const ExternalId = Text(1, EXTERNAL_ID_LIMIT, {
  description: `Your own id for the room: up to ${EXTERNAL_ID_LIMIT} characters.`,
  examples: ["order-4711"],
});
