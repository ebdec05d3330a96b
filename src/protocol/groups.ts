// Groups and their members: their shapes, and the events that change them.
import { type Static, Type } from "@sinclair/typebox";
import { defineEphemeralEvent, defineEvent } from "./define.ts";
import { BAN_REASON_LIMIT, GROUP_DESCRIPTION_LIMIT, GROUP_NAME_LIMIT, UNREAD_LIMIT } from "./limits.ts";
import { mentionCount } from "./mentions.ts";
import { GroupMessage } from "./messages.ts";
import { ROLES, type Role as RoleName } from "./permissions.ts";
import { closed, Id, inGroup, Nullable, Timestamp } from "./types.ts";
import { profile } from "./users.ts";

export const Role = Type.Unsafe<RoleName>(
  Type.Union(
    ROLES.map((role) => Type.Literal(role)),
    { description: "What the member may do.", examples: ["member"] },
  ),
);

// As with messages, the exact bounds are checked after trimming, in characters rather than code units.
const Name = Type.String({
  format: "text",
  maxLength: GROUP_NAME_LIMIT * 4,
  description: `1 to ${GROUP_NAME_LIMIT} characters after trimming.`,
  examples: ["Weekend"],
});
const Description = Type.String({
  format: "text",
  maxLength: GROUP_DESCRIPTION_LIMIT * 4,
  description: `Up to ${GROUP_DESCRIPTION_LIMIT} characters after trimming.`,
  examples: ["Where to on Saturday?"],
});
const IsPrivate = Type.Boolean({ description: "A private group is invisible to those outside.", examples: [true] });

export const NewGroup = Type.Object({
  name: Name,
  description: Type.Optional(Description),
  is_private: Type.Optional(Type.Boolean({ ...IsPrivate, default: true })),
});
export const GroupUpdate = Type.Object({ name: Type.Optional(Name), description: Type.Optional(Description) });
export const Visibility = Type.Object({ is_private: IsPrivate });

export const Group = Type.Object(
  {
    id: Id("Group id.", 9),
    name: Type.String({ examples: ["Weekend"] }),
    description: Type.String({ examples: ["Where to on Saturday?"] }),
    is_private: IsPrivate,
    owner_id: Id("The owner.", 2),
    member_count: Type.Integer({ examples: [3] }),
    role: Nullable(Role, "owner"),
    is_muted: Type.Boolean({ description: "Whether you are muted.", examples: [false] }),
    muted_until: Nullable(Timestamp("When your mute ends; null for one without an end.")),
    last_message: Nullable(GroupMessage),
    unread_count: Type.Integer({
      description: `Messages of others that you have not read; stops at ${UNREAD_LIMIT}.`,
      examples: [2],
    }),
    ...mentionCount,
    seq: Type.Integer({ description: "The position of its newest change.", examples: [12] }),
    last_activity_at: Timestamp("When something last happened here; changes of a member's role or mute don't count."),
    created_at: Timestamp("When it was created."),
  },
  { title: "Group" },
);
export type Group = Static<typeof Group>;

export const CreatedGroup = Type.Object({ group_id: Id("The new group.", 9), data: Group });

export const Member = Type.Object(
  {
    user_id: Id("The member.", 3),
    username: Type.String({ examples: ["veli"] }),
    ...profile,
    role: Role,
    is_muted: Type.Boolean({ examples: [false] }),
    muted_until: Nullable(Timestamp("When the mute ends; null for one without an end.")),
    joined_at: Timestamp("Since when."),
    read_seq: Type.Integer({ description: "How far they have read.", examples: [12] }),
    delivered_seq: Type.Integer({
      description: "How far they had been reached when they last came online.",
      examples: [12],
    }),
    last_read_message_id: Nullable(Id("The newest message they have read.", 21), 21),
  },
  { title: "Member" },
);
export type Member = Static<typeof Member>;

/** `member_id` and `role` are what frontends written for the seed's own code send. */
export const NewMember = Type.Object({
  user_id: Type.Optional(Id("The user to add.", 3)),
  member_id: Type.Optional(Id("Another name for `user_id`.", 3)),
  role: Type.Optional(
    Type.Union([Type.Literal("admin"), Type.Literal("member")], {
      default: "member",
      description: "What they may do. Only the owner adds an admin.",
      examples: ["member"],
    }),
  ),
});
export const RoleChange = Type.Object({ role: Role });
export const Mute = Type.Object({
  until: Type.Optional(
    Type.Union([Type.String({ format: "timestamp" }), Type.Null()], {
      description: "When it ends; left out, it stands until someone unmutes.",
      examples: ["2026-12-01T08:00:00+00:00"],
    }),
  ),
});

export const NewBan = Type.Object({
  reason: Type.Optional(
    Type.Union([Type.String({ format: "text", maxLength: BAN_REASON_LIMIT * 4 }), Type.Null()], {
      description: `Why, for the admins: up to ${BAN_REASON_LIMIT} characters after trimming.`,
      examples: ["Advertising"],
    }),
  ),
  until: Type.Optional(
    Type.Union([Type.String({ format: "timestamp" }), Type.Null()], {
      description: "When it ends; left out, it stands until someone lifts it.",
      examples: ["2026-12-01T08:00:00+00:00"],
    }),
  ),
});
export type NewBan = Static<typeof NewBan>;

export const Ban = Type.Object(
  {
    user_id: Id("Who is banned.", 3),
    username: Type.String({ examples: ["veli"] }),
    ...profile,
    reason: Type.String({ description: "Why; empty where nobody said.", examples: ["Advertising"] }),
    until: Nullable(Timestamp("When it ends; null for a ban without an end.")),
    actor_id: Id("Who banned them.", 2),
    banned_at: Timestamp("Since when."),
  },
  { title: "Ban" },
);
export type Ban = Static<typeof Ban>;

/** What a membership event is about, and who did it. */
export const MemberChange = Type.Object({
  group_id: Id("The group.", 9),
  user_id: Id("The member.", 3),
  username: Type.String({ examples: ["veli"] }),
  role: Role,
  is_muted: Type.Boolean({ examples: [false] }),
  muted_until: Nullable(Timestamp("When the mute ends; null for one without an end.")),
  invite_by: Type.Optional(Id("Where they joined by an invite: who created it.", 2)),
  banned: Type.Optional(Type.Literal(true, { description: "Set where a ban removed them.", examples: [true] })),
  actor_id: Id("Who did it; the member themselves when they joined or left.", 2),
  actor_name: Type.String({ description: "The username of who did it.", examples: ["ali"] }),
  at: Timestamp("When."),
});
export type MemberChange = Static<typeof MemberChange>;

const GroupField = Type.Union([
  Type.Literal("name"),
  Type.Literal("description"),
  Type.Literal("is_private"),
  Type.Literal("owner_id"),
]);
export type GroupField = Static<typeof GroupField>;

export const GroupChange = Type.Object({
  group_id: Id("The group.", 9),
  name: Type.String({ examples: ["Weekend"] }),
  description: Type.String({ examples: ["Where to on Saturday?"] }),
  is_private: Type.Boolean({ examples: [true] }),
  owner_id: Id("The owner.", 2),
  changes: Type.Optional(
    Type.Array(GroupField, {
      description: "Which fields have another value now. Missing in events of servers that did not record it.",
      examples: [["name"]],
    }),
  ),
  actor_id: Id("Who changed it.", 2),
  actor_name: Type.String({ description: "The username of who changed it.", examples: ["ali"] }),
  at: Timestamp("When."),
});
export type GroupChange = Static<typeof GroupChange>;

export const groupUpdated = defineEvent({
  kind: "group.updated",
  frames: {
    group: {
      type: "group.updated",
      data: GroupChange,
      summary: "The group's name, description, visibility or owner changed.",
      example: { seq: 9, data: { changes: ["name"] } },
    },
  },
});

export const memberJoined = defineEvent({
  kind: "member.joined",
  frames: {
    group: {
      type: "group.member.joined",
      data: MemberChange,
      summary: "Somebody joined, or was added.",
      examples: {
        Added: { seq: 8 },
        "Joined by an invite": { seq: 8, data: { actor_id: 3, actor_name: "veli", invite_by: 2 } },
      },
    },
  },
});

export const memberLeft = defineEvent({
  kind: "member.left",
  frames: {
    group: {
      type: "group.member.left",
      data: MemberChange,
      summary: "Somebody left, or was removed. It is the last event that they get.",
      examples: {
        Left: { seq: 13, data: { actor_id: 3, actor_name: "veli" } },
        "Removed by a ban": { seq: 13, data: { banned: true } },
      },
    },
  },
});

export const memberRoleChanged = defineEvent({
  kind: "member.role",
  isActivity: false,
  frames: {
    group: {
      type: "group.member.role",
      data: MemberChange,
      summary: "A member has another role.",
      example: { seq: 10, data: { role: "admin" } },
    },
  },
});

export const memberMuted = defineEvent({
  kind: "member.muted",
  isActivity: false,
  frames: {
    group: {
      type: "group.member.muted",
      data: MemberChange,
      summary: "A member was muted.",
      example: { seq: 11, data: { is_muted: true, muted_until: "2026-01-14T08:00:00.000000+00:00" } },
    },
  },
});

export const memberUnmuted = defineEvent({
  kind: "member.unmuted",
  isActivity: false,
  frames: {
    group: {
      type: "group.member.unmuted",
      data: MemberChange,
      summary: "A member may send messages again.",
      example: { seq: 12 },
    },
  },
});

/** It has no `seq`: the timeline is deleted with the group. */
export const groupDeleted = defineEphemeralEvent({
  group: {
    type: "group.deleted",
    data: Type.Object({ ...inGroup.required, actor_id: Id("Who deleted it.", 2) }, closed),
    summary: "The group was deleted, with everything in it.",
  },
});

export const groupEvents = [
  groupUpdated,
  memberJoined,
  memberLeft,
  memberRoleChanged,
  memberMuted,
  memberUnmuted,
  groupDeleted,
] as const;
