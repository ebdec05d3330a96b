// People on the wire: one shape wherever a person is shown.
import { type Static, Type } from "@sinclair/typebox";
import { defineEphemeralEvent } from "./define.ts";
import { DISPLAY_NAME_LIMIT, PROFILE_EVENTS, STATUS_LIMIT } from "./limits.ts";
import { Id, Timestamp } from "./types.ts";

export const AVATAR_EXAMPLE = "q7Lk2_Zr9TfXw0Bd";

/** What a deleted account is called; nobody can register it, as it has a space. */
export const DELETED_NAME = "Deleted user";

export const Status = Type.Object(
  {
    text: Type.String({ description: `Up to ${STATUS_LIMIT} characters.`, examples: ["In a meeting"] }),
    emoji: Type.Optional(Type.String({ description: "One emoji.", examples: ["📅"] })),
    until: Type.Optional(
      Timestamp("When it ends; without it, it stands until it is changed.", "2099-01-13T18:00:00.000000+00:00"),
    ),
  },
  { title: "Status" },
);
export type Status = Static<typeof Status>;

/** What people show of themselves. What they have not set is left out. */
export const profile = {
  display_name: Type.Optional(
    Type.String({
      description: `The name that they want to be shown under: 1 to ${DISPLAY_NAME_LIMIT} characters, not unique.`,
      examples: ["Veli Yılmaz"],
    }),
  ),
  avatar: Type.Optional(
    Type.String({
      description: "Names the picture at `GET /avatars/{user_id}/{avatar}`; another picture has another name.",
      examples: [AVATAR_EXAMPLE],
    }),
  ),
  status: Type.Optional(Status),
  deleted: Type.Optional(
    Type.Literal(true, {
      description: `Set once they have deleted their account: \`username\` is "${DELETED_NAME}" then, and nobody can write to them.`,
      examples: [true],
    }),
  ),
  is_bot: Type.Optional(
    Type.Literal(true, { description: "A program runs it; left out of people.", examples: [true] }),
  ),
};

export const Person = Type.Object(
  { id: Id("User id.", 3), username: Type.String({ examples: ["veli"] }), ...profile },
  { title: "Person" },
);
export type Person = Static<typeof Person>;
export type Profile = Omit<Person, "id" | "username">;

/** On `/ws` friends get it as well, whether or not they share a room. */
export const userUpdated = defineEphemeralEvent({
  room: {
    type: "user.updated",
    data: Person,
    summary: `Somebody in the room, a friend or you changed what is shown of them; up to ${PROFILE_EVENTS} times an hour.`,
  },
});

export const userEvents = [userUpdated] as const;
