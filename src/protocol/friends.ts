// Shapes of friendships and requests on the wire.
import { type Static, Type } from "@sinclair/typebox";
import { Id, Moment, Nullable } from "./types.ts";
import { Person } from "./users.ts";

export const Friend = Type.Object(
  {
    id: Id("The friend's user id.", 3),
    username: Type.String({ examples: ["veli"] }),
    friends_since: Moment("When the friendship began."),
    online: Type.Boolean({ description: "Whether they have a socket open.", examples: [true] }),
    last_seen_at: Nullable(Moment("When they last came online or went; null if never.")),
  },
  { title: "Friend" },
);
export type Friend = Static<typeof Friend>;

export const FriendRequest = Type.Object(
  {
    id: Id("Request id.", 4),
    sender: { ...Person, examples: [{ id: 2, username: "ali" }] },
    receiver: Person,
    status: Type.Union([Type.Literal("pending"), Type.Literal("accepted"), Type.Literal("declined")], {
      examples: ["pending"],
    }),
    created_at: Moment("When it was made."),
  },
  { title: "FriendRequest" },
);
export type FriendRequest = Static<typeof FriendRequest>;

/** The event that tells a friend: `{type: "presence", data: {user_id, online, last_seen_at}}`. */
export const presenceFrame = (userId: number, online: boolean, lastSeenAt: string | null) =>
  JSON.stringify({ type: "presence", data: { user_id: userId, online, last_seen_at: lastSeenAt } });

export const Direction = Type.Union([Type.Literal("incoming"), Type.Literal("outgoing")], {
  default: "incoming",
  description: "Requests to you, or those you made.",
});
