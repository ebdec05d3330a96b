// What goes over the wire, as the server's own schemas have it. The only file that looks outside of this folder, and only
// for types: nothing of it is left in the built SDK.
import type { Static } from "@sinclair/typebox";
import type { Done } from "../lib/schemas.ts";
import type { AccessToken as AccessTokenSchema } from "../modules/auth/model.ts";
import type { Ban, Group, Member } from "../modules/groups/model.ts";
import type {
  ACCOUNT_EVENTS,
  Ack,
  ErrorFrame as ErrorFrameSchema,
  GroupEvent as GroupEventSchema,
  Pong,
  Resumed,
  Resync,
  ROOM_EVENTS,
} from "../realtime/protocol/events.ts";
import type { DirectMessage, GroupMessage } from "../timeline/model.ts";

export type { ErrorCode } from "../lib/errors.ts";
export type { Account } from "../modules/auth/model.ts";
export type { Block } from "../modules/blocks/model.ts";
export type { Conversation } from "../modules/conversations/model.ts";
export type { Friend, FriendRequest } from "../modules/friends/model.ts";
export type { Person } from "../modules/users/model.ts";
export type { Ban, DirectMessage, Group, GroupMessage, Member };

export type AccessToken = Static<typeof AccessTokenSchema>;
export type Answered = Static<typeof Done>;
export type Role = Member["role"];
/** A message as the server tells of it, in a conversation or a group. */
export type WireMessage = DirectMessage | GroupMessage;
export type ErrorFrame = Static<typeof ErrorFrameSchema>;
export type ResumedFrame = Static<typeof Resumed>;
export type ServerFrame =
  | Static<(typeof ROOM_EVENTS)[number]>
  | Static<(typeof ACCOUNT_EVENTS)[number]>
  | Static<typeof Pong | typeof Ack | typeof Resync>
  | ErrorFrame
  | ResumedFrame;

/** A change of a group that is not about a message. */
export type GroupEvent = Static<typeof GroupEventSchema>;

/** A room as sockets name it. */
export type RoomKey = `conversation:${number}` | `group:${number}`;

/** A page of a list; hand `next_cursor` back for the next one. */
export interface Page<Item> {
  data: Item[];
  next_cursor: string | null;
}
