// Shapes of what those who run the server do from their own systems.
import { type Static, Type } from "@sinclair/typebox";
import { DISPLAY_NAME_LIMIT, EXTERNAL_ID_LIMIT, ROOM_MEMBERS_LIMIT, USERNAME_MAX, USERNAME_MIN } from "./limits.ts";
import { Text } from "./types.ts";

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
});
export type AdminUserUpdate = Static<typeof AdminUserUpdate>;

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
