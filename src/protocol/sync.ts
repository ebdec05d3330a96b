// Which rooms a socket follows and where it stands in them: rooms joined and left, and the commands and replies by which a client
// gets what it missed.
import { type Static, Type } from "@sinclair/typebox";
import { defineCommand, defineEphemeralEvent, defineReply, type WireOf } from "./define.ts";
import { POSITIONS_LIMIT, RESUME_ROOMS, UNREAD_LIMIT } from "./limits.ts";
import { mentionCount } from "./mentions.ts";
import { ROOM_KEY_PATTERN } from "./rooms.ts";
import { closed, Id, inEither, RoomKey } from "./types.ts";

const Newest = Type.Integer({ minimum: 0, description: "The room's newest change.", examples: [20] });

export const roomJoined = defineEphemeralEvent({
  account: {
    type: "room.joined",
    data: Type.Object({ room: RoomKey, ...inEither, seq: Newest }, closed),
    summary: "A room became yours. Every change after `seq` follows.",
    examples: {
      "Added to a group": { data: { group_id: 9, seq: 8 } },
      "Somebody began a conversation": { data: { room: "conversation:1", conversation_id: 1, seq: 0 } },
    },
  },
});

export const roomLeft = defineEphemeralEvent({
  account: {
    type: "room.left",
    data: Type.Object({ room: RoomKey, ...inEither }, closed),
    summary: "A room is no longer yours.",
    examples: { "Removed, or left": { data: { group_id: 9 } } },
  },
});

export const syncEvents = [roomJoined, roomLeft] as const;

const state = {
  seq: Newest,
  unread_count: Type.Integer({
    description: `Messages that you have not read; stops at ${UNREAD_LIMIT}.`,
    examples: [2],
  }),
  ...mentionCount,
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
const ResumedRoom = Type.Object(state, { ...closed, description: "Its state." });
/** The state of a room, as its reader has it. */
export type ResumedRoom = Static<typeof ResumedRoom>;

const EPOCH_EXAMPLE = "pX3vN0yLr5cWq2Zt";
const Epoch = Type.String({
  description: "Names the history that the positions belong to; give it back in the next `resume`.",
  examples: [EPOCH_EXAMPLE],
});

const own = { user_id: 2, read_seq: 18, delivered_seq: 20 };
const others = { user_id: 3, read_seq: 20, delivered_seq: 20 };
const stateExample = { seq: 20, unread_count: 2, members: [own, others] };

export const resync = defineReply({
  type: "resync",
  fields: { data: Type.Object({ room: RoomKey, ...inEither, seq: Newest }, closed) },
  summary:
    "Too much was missed to replay it, or history may have gone back: read the room anew. Every change after `seq` follows.",
  examples: { "A group": { data: { group_id: 9, seq: 4107 } } },
});

export const accountResumed = defineReply({
  type: "resumed",
  on: ["account"],
  fields: {
    data: Type.Object(
      {
        rooms: Type.Record(RoomKey, ResumedRoom, { description: "Each of your rooms, with its state." }),
        lost: Type.Array(RoomKey, { description: "Rooms that you named and that are not yours (any more)." }),
        more: Type.Boolean({
          description: "Whether another `resumed` follows, with further rooms.",
          examples: [false],
        }),
        epoch: Epoch,
      },
      closed,
    ),
  },
  summary: "Everything that was missed has been replayed.",
  examples: {
    "All rooms, one of those named lost": {
      data: {
        rooms: { "conversation:1": stateExample, "group:9": { seq: 4, unread_count: 0, members: [own] } },
        lost: ["group:7"],
      },
    },
  },
});

export const roomResumed = defineReply({
  type: "resumed",
  on: ["direct", "group"],
  fields: { data: Type.Object({ ...inEither, ...state, epoch: Epoch }, closed) },
  summary: "Everything that was missed in this room has been replayed.",
  examples: {
    "On a conversation's socket": { data: { conversation_id: 1, ...stateExample } },
    "On a group's socket": { data: { group_id: 9, ...stateExample } },
  },
});

export const syncReplies = [resync, accountResumed, roomResumed] as const;

const seq = (description: string) =>
  Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description, examples: [20] });
const EPOCH_LIMIT = 64;
const epoch = Type.Optional(
  Type.String({
    maxLength: EPOCH_LIMIT,
    description: "The `epoch` of the last `resumed`. If it has changed, each room that you name gets a `resync`.",
    examples: [EPOCH_EXAMPLE],
  }),
);

export const resumeAccount = defineCommand({
  type: "resume",
  scope: "read",
  on: {
    account: {
      rooms: Type.Record(Type.String({ pattern: ROOM_KEY_PATTERN }), seq("Your position."), {
        additionalProperties: false,
        maxProperties: RESUME_ROOMS,
        description: "By room, the last `seq` that you have.",
        examples: [{ "conversation:1": 20, "group:9": 4 }],
      }),
      epoch,
    },
  },
  summary: "Replays what you missed in the rooms you name.",
  examples: {
    account: { "Two rooms at once": { rooms: { "conversation:1": 20, "group:9": 4 }, epoch: EPOCH_EXAMPLE, ref: "1" } },
  },
  replies: [resync, accountResumed],
});

const ofRoom = { after_seq: seq("The last `seq` that you have."), epoch };
export const resumeRoom = defineCommand({
  type: "resume",
  scope: "read",
  on: { direct: ofRoom, group: ofRoom },
  summary: "Replays what you missed in this room.",
  replies: [resync, roomResumed],
});

export type AccountResume = WireOf<typeof resumeAccount>;
export type RoomResume = WireOf<typeof resumeRoom>;
export type ResumeCommand = AccountResume | RoomResume;

export const syncCommands = [resumeAccount, resumeRoom] as const;
