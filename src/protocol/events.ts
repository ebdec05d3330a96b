// Every frame that the server sends. What room events carry is defined where it is made (timeline/model.ts); the frames
// around it, and all others, are here. Tests check each frame that is sent against these.
import { type Static, type TProperties, type TSchema, Type } from "@sinclair/typebox";
import { ERRORS, type ErrorCode } from "./errors.ts";
import { FriendRequest } from "./friends.ts";
import { POSITIONS_LIMIT, TYPING_TIMEOUT_MS, UNREAD_LIMIT } from "./limits.ts";
import { DirectMessage, GroupChange, GroupMessage, MemberChange } from "./messages.ts";
import { ROOM_KEY_PATTERN } from "./rooms.ts";
import { Id, Moment, Nullable } from "./types.ts";

const Frame = <const T extends string, D extends TProperties>(type: T, fields: D, description: string) =>
  Type.Object({ type: Type.Literal(type), ...fields }, { description, additionalProperties: false });

const Seq = Type.Integer({ minimum: 1, description: "The change's place in the room.", examples: [5] });
/** A durable change of a room: it has a place. */
const Change = <const T extends string, D extends TSchema>(type: T, data: D, description: string) =>
  Frame(type, { seq: Seq, data }, description);
const News = <const T extends string, D extends TSchema>(type: T, data: D, description: string) =>
  Frame(type, { data }, description);

const conversation = { conversation_id: Id("The conversation.", 1) };
const group = { group_id: Id("The group.", 9) };
const either = {
  conversation_id: Type.Optional(conversation.conversation_id),
  group_id: Type.Optional(group.group_id),
};
const closed = { additionalProperties: false };

const Read = <P extends TProperties>(place: P) =>
  Type.Object(
    {
      ...place,
      reader_id: Id("The reader.", 2),
      last_message_id: Nullable(Id("The last message read.", 21), 21),
      updated_count: Type.Integer({ description: "How many messages became read.", examples: [5] }),
    },
    closed,
  );
const Typist = Type.Object(
  {
    ...either,
    user_id: Id("Who is typing.", 2),
    username: Type.String({ description: "Their name.", examples: ["ali"] }),
  },
  closed,
);
const RoomName = Type.String({
  pattern: ROOM_KEY_PATTERN,
  description: "The room as `resume` names it.",
  examples: ["group:9"],
});
const Place = Type.Integer({ minimum: 0, description: "The room's newest change.", examples: [20] });
const Standing = {
  seq: Place,
  unread_count: Type.Integer({
    description: `Messages that you have not read; stops at ${UNREAD_LIMIT}.`,
    examples: [2],
  }),
  members: Type.Array(
    Type.Object(
      {
        user_id: Id("The member.", 3),
        read_seq: Type.Integer({ description: "How far they have read.", examples: [18] }),
        delivered_seq: Type.Integer({ description: "How far they were reached.", examples: [20] }),
      },
      closed,
    ),
    { description: `Positions of all members, or of yourself alone in a room of more than ${POSITIONS_LIMIT}.` },
  ),
};

/** Changes of a group that are not about messages. */
export const GroupEvent = Type.Union([
  Change("group.updated", GroupChange, "The group's name, description, visibility or owner changed."),
  Change("group.member.joined", MemberChange, "Somebody joined, or was added."),
  Change(
    "group.member.left",
    MemberChange,
    "Somebody left, or was removed. Whoever it is gets this as the last event.",
  ),
  Change("group.member.role", MemberChange, "A member has another role."),
  Change("group.member.muted", MemberChange, "A member may not speak."),
  Change("group.member.unmuted", MemberChange, "A member may speak again."),
]);

/** Changes of rooms, each with its place, and what is told about a room besides. */
export const ROOM_EVENTS = [
  Change("message.new", DirectMessage, "A message, to both sides, once it is stored."),
  Change("message.updated", DirectMessage, "A message has a new text."),
  Change("message.deleted", DirectMessage, "A message has lost its text; its place stays."),
  Change("group.message.new", GroupMessage, "A message in a group, to every member, once it is stored."),
  Change("group.message.updated", GroupMessage, "A message in a group has a new text."),
  Change("group.message.deleted", GroupMessage, "A message in a group has lost its text; its place stays."),
  ...GroupEvent.anyOf,
  News(
    "group.deleted",
    Type.Object({ ...group, actor_id: Id("Who deleted it.", 2) }, closed),
    "The group is gone, with everything in it.",
  ),
  News("conversation.read", Read(conversation), "Somebody has read so far: the other side, or you on another device."),
  News("group.read", Read(group), "A member has read so far, or you have on another device."),
  News(
    "message.delivered",
    Type.Object(
      { ...conversation, user_id: Id("Who was reached.", 2), last_message_id: Id("The newest of them.", 21) },
      closed,
    ),
    "Messages that waited for somebody have reached them.",
  ),
  News("typing.start", Typist, "Somebody else in the room is typing."),
  News("typing.stop", Typist, `They have stopped, or were silent for ${TYPING_TIMEOUT_MS / 1000} seconds.`),
];

/** What concerns the user rather than a room; on `/ws` alone. */
export const ACCOUNT_EVENTS = [
  News(
    "room.joined",
    Type.Object({ room: RoomName, ...either, seq: Place }, closed),
    "A room has become yours. Every change after `seq` follows.",
  ),
  News("room.left", Type.Object({ room: RoomName, ...either }, closed), "A room is no longer yours."),
  News(
    "presence",
    Type.Object(
      {
        user_id: Id("The friend.", 3),
        online: Type.Boolean({ examples: [true] }),
        last_seen_at: Nullable(Moment("When they last came online or went; null if never.")),
      },
      closed,
    ),
    "A friend has come online or gone.",
  ),
  News("friend.requested", FriendRequest, "A friend request was made, by you or to you."),
  News("friend.accepted", FriendRequest, "A friend request was accepted."),
  News("friend.declined", FriendRequest, "A friend request was declined."),
  News("friend.cancelled", FriendRequest, "A friend request was taken back."),
  News(
    "friend.removed",
    Type.Object({ user_id: Id("The other one.", 3) }, closed),
    "A friendship has ended, whoever ended it.",
  ),
];

const Ref = Type.String({ description: "That of the command.", examples: ["1"] });
const codes = Object.keys(ERRORS) as ErrorCode[];

export const Pong = Frame("pong", {}, "Answers `ping`.");
export const Ack = Frame(
  "ack",
  {
    ref: Ref,
    data: Type.Union([DirectMessage, GroupMessage, Type.Object({})], {
      description: "For a message: the message as it was stored.",
      examples: [{}],
    }),
  },
  "A command with a `ref` was carried out.",
);
export const ErrorFrame = Frame(
  "error",
  {
    ref: Type.Optional(Ref),
    code: Type.Union(
      codes.map((code) => Type.Literal(code)),
      { description: "Stable, for programs.", examples: ["not_found"] },
    ),
    detail: Type.String({ description: "A sentence for a person.", examples: ["The conversation was not found."] }),
    errors: Type.Optional(
      Type.Array(
        Type.Object({
          field: Type.String({ description: "The field, dotted where it is nested." }),
          message: Type.String({ description: "What it must be." }),
        }),
        {
          description: "What failed validation.",
        },
      ),
    ),
    retry_after: Type.Optional(Type.Integer({ description: "Seconds to wait." })),
  },
  "A command was refused and changed nothing. It has a `ref` if the command had one.",
);
export const Resync = News(
  "resync",
  Type.Object({ room: RoomName, ...either, seq: Place }, closed),
  "Too much was missed to replay it, or history may have gone back: read the room anew. Every change after `seq` follows.",
);
const Epoch = Type.String({
  description: "Names the history that the positions belong to; give it back in the next `resume`.",
  examples: ["pX3vN0yLr5cWq2Zt"],
});
export const Resumed = News(
  "resumed",
  Type.Object(
    {
      rooms: Type.Record(RoomName, Type.Object(Standing, { ...closed, description: "How it stands." }), {
        description: "Each of your rooms as it stands.",
      }),
      lost: Type.Array(RoomName, { description: "Rooms that you named and that are not yours (any more)." }),
      more: Type.Boolean({ description: "Whether another `resumed` follows, with further rooms.", examples: [false] }),
      epoch: Epoch,
    },
    closed,
  ),
  "Everything that was missed has been replayed.",
);
export const RoomResumed = News(
  "resumed",
  Type.Object({ ...either, ...Standing, epoch: Epoch }, closed),
  "Everything that was missed in this room has been replayed.",
);

/** Every frame that a socket of this kind may get. */
export const framesOf = (kind: "account" | "room") =>
  kind === "account"
    ? [...ROOM_EVENTS, ...ACCOUNT_EVENTS, Pong, Ack, ErrorFrame, Resync, Resumed]
    : [...ROOM_EVENTS, Pong, Ack, ErrorFrame, Resync, RoomResumed];

/** How a room stands for its reader. */
export type Standing = Omit<Static<typeof RoomResumed>["data"], "conversation_id" | "group_id" | "epoch">;
