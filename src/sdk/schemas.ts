// The types of the protocol's schemas; nothing of it remains in the bundle. build/declarations.ts writes the same types out
// for the published declarations.
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

export type { Account } from "../protocol/account.ts";
export type { Block } from "../protocol/blocks.ts";
export type { Conversation } from "../protocol/conversations.ts";
export type { Friend, FriendRequest } from "../protocol/friends.ts";
export type { Ban, Group, Member } from "../protocol/groups.ts";
export type { DirectMessage, GroupMessage } from "../protocol/messages.ts";
export type { Person } from "../protocol/users.ts";

export type AccessToken = Static<typeof AccessTokenSchema>;
/** A change of a group that is not about a message. */
export type GroupEvent = Static<typeof GroupEventSchema>;
/** Everything that the server sends on `/ws`. */
export type ServerFrame =
  | Static<(typeof ROOM_EVENTS)[number]>
  | Static<(typeof ACCOUNT_EVENTS)[number]>
  | Static<typeof Pong | typeof Ack | typeof Resync | typeof ErrorFrameSchema | typeof Resumed>;
