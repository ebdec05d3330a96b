// What goes over the wire, as the server's own schemas have it. The only file that looks outside of this folder, and only
// for types: nothing of it is left in the built SDK.
import type { Static } from "@sinclair/typebox";
import type { AccessToken as AccessTokenSchema } from "../protocol/account.ts";
import type {
  ACCOUNT_EVENTS,
  Ack,
  ErrorFrame as ErrorFrameSchema,
  GroupEvent as GroupEventSchema,
  Pong,
  Resumed,
  Resync,
  ROOM_EVENTS,
} from "../protocol/events.ts";
import type { Ban, Group, Member } from "../protocol/groups.ts";
import type { DirectMessage, GroupMessage } from "../protocol/messages.ts";
import type { Done } from "../protocol/types.ts";

export type { Account } from "../protocol/account.ts";
export type { Block } from "../protocol/blocks.ts";
export type { Conversation } from "../protocol/conversations.ts";
export type { ErrorCode } from "../protocol/errors.ts";
export type { Friend, FriendRequest } from "../protocol/friends.ts";
export type { GroupAction } from "../protocol/permissions.ts";
export type { RoomKey } from "../protocol/rooms.ts";
export type { Person } from "../protocol/users.ts";
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

/** A page of a list; hand `next_cursor` back for the next one. */
export interface Page<Item> {
  data: Item[];
  next_cursor: string | null;
}
