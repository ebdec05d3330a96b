// Friendships and requests: their shapes, and the events that change them.
import { type Static, Type } from "@sinclair/typebox";
import { defineEphemeralEvent } from "./define.ts";
import { closed, Id, Nullable, Timestamp } from "./types.ts";
import { Person, profile } from "./users.ts";

export const Friend = Type.Object(
  {
    id: Id("The friend's user id.", 3),
    username: Type.String({ examples: ["veli"] }),
    ...profile,
    friends_since: Timestamp("When the friendship began."),
    online: Type.Boolean({ description: "Whether they have a socket open.", examples: [true] }),
    last_seen_at: Nullable(Timestamp("When they last came online or went offline; null if never.")),
  },
  { title: "Friend" },
);
export type Friend = Static<typeof Friend>;

const sender = { id: 2, username: "ali" };
export const FriendRequest = Type.Object(
  {
    id: Id("Request id.", 4),
    sender: { ...Person, examples: [sender] },
    receiver: Person,
    status: Type.Union([Type.Literal("pending"), Type.Literal("accepted"), Type.Literal("declined")], {
      examples: ["pending"],
    }),
    created_at: Timestamp("When it was created."),
  },
  { title: "FriendRequest" },
);
export type FriendRequest = Static<typeof FriendRequest>;

export const Direction = Type.Union([Type.Literal("incoming"), Type.Literal("outgoing")], {
  default: "incoming",
  description: "Requests to you, or those you made.",
});

export const friendRequested = defineEphemeralEvent({
  account: {
    type: "friend.requested",
    data: FriendRequest,
    summary: "A friend request was made, by you or to you.",
    example: { data: { sender } },
  },
});

export const friendAccepted = defineEphemeralEvent({
  account: {
    type: "friend.accepted",
    data: FriendRequest,
    summary: "A friend request was accepted.",
    example: { data: { sender, status: "accepted" } },
  },
});

export const friendDeclined = defineEphemeralEvent({
  account: {
    type: "friend.declined",
    data: FriendRequest,
    summary: "A friend request was declined.",
    example: { data: { sender, status: "declined" } },
  },
});

export const friendCancelled = defineEphemeralEvent({
  account: {
    type: "friend.cancelled",
    data: FriendRequest,
    summary: "A friend request was taken back.",
    example: { data: { sender } },
  },
});

export const friendRemoved = defineEphemeralEvent({
  account: {
    type: "friend.removed",
    data: Type.Object({ user_id: Id("The other one.", 3) }, closed),
    summary: "A friendship was ended, by either side.",
  },
});

export const friendEvents = [friendRequested, friendAccepted, friendDeclined, friendCancelled, friendRemoved] as const;
