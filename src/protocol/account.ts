// Shapes of accounts and sessions on the wire.
import { type Static, type TSchema, Type } from "@sinclair/typebox";
import { Code } from "./codes.ts";
import { InviteCode } from "./invites.ts";
import {
  DISPLAY_NAME_LIMIT,
  EMAIL_LIMIT,
  EMOJI_LIMIT,
  LOCALE_LIMIT,
  PASSWORD_MAX,
  STATUS_LIMIT,
  TIME_ZONE_LIMIT,
  USERNAME_MAX,
  USERNAME_MIN,
} from "./limits.ts";
import { PROOF_LIMIT } from "./registration.ts";
import { Id, Text, Timestamp } from "./types.ts";
import { profile } from "./users.ts";

/** A password that is being set, of at least so many characters. */
export const NewPassword = (example: string, minLength: number) =>
  Text(minLength, PASSWORD_MAX, {
    description: `${minLength} to ${PASSWORD_MAX} characters; not like the username or the e-mail address, nor among the most common passwords unless the operator allows those.`,
    examples: [example],
  });

/** A password that is being checked. Those set before NFC was demanded may be up to three times as long in it. */
export const Password = Text(0, 3 * PASSWORD_MAX, { description: "The password.", examples: ["StrongPassword123"] });

/** What every call takes that asks for the account's owner (`confirmOwner`). */
export const ownerProof = { current_password: Type.Optional(Password), code: Type.Optional(Code) };

/** `passwordMin` is the least length of passwords on this server, as below. */
export const Registration = (passwordMin: number) =>
  Type.Object({
    username: Text(USERNAME_MIN, USERNAME_MAX, {
      description: `${USERNAME_MIN} to ${USERNAME_MAX} letters, digits, \`.\`, \`_\` or \`-\` of one script, not all digits; unlike every other name, also to the eye.`,
      examples: ["ali"],
    }),
    email: Type.String({
      format: "email",
      description: "An e-mail address; unique without regard to case.",
      examples: ["ali@example.com"],
    }),
    password: NewPassword("StrongPassword123", passwordMin),
    invite: Type.Optional(InviteCode),
    proof: Type.Optional(
      Type.String({
        format: "text",
        maxLength: PROOF_LIMIT,
        description:
          "A solved challenge, where one is asked for (`proof_required`): `{challenge, solution: {counter, derivedKey}}` as JSON in base64, as ALTCHA's widgets have it.",
        examples: ["eyJjaGFsbGVuZ2UiOnt9LCJzb2x1dGlvbiI6e319"],
      }),
    ),
  });

export const Login = Type.Object({
  username: Text(0, EMAIL_LIMIT, { description: "The username or the e-mail address.", examples: ["ali"] }),
  password: Password,
  code: Type.Optional(Code),
  device_token: Type.Optional(
    Type.String({
      format: "text",
      maxLength: 1024,
      description:
        "What an earlier log-in to this account gave: failures of others then don't count against this device. Another one is ignored.",
      examples: ["bm9uY2Utb2YtMTYtYnl0ZQ.c2lnbmF0dXJlLW9mLTMyLWJ5dGVzLWluLWJhc2U2NHU"],
    }),
  ),
});

export const Account = Type.Object(
  {
    id: Id("User id.", 2),
    username: Type.String({ examples: ["ali"] }),
    email: Type.Optional(
      Type.String({ description: "Left out of an account without one.", examples: ["ali@example.com"] }),
    ),
    email_verified_at: Type.Optional(Timestamp("When the address was confirmed; left out until then.")),
    created_at: Timestamp("When the account was created."),
    role: Type.Optional(
      Type.Union([Type.Literal("moderator"), Type.Literal("admin")], {
        description: "What you may do on the whole server beside everybody's rights; left out of plain users.",
        examples: ["moderator"],
      }),
    ),
    ...profile,
    locale: Type.Optional(Type.String({ description: "Your language.", examples: ["tr-TR"] })),
    time_zone: Type.Optional(Type.String({ description: "Your time zone.", examples: ["Europe/Istanbul"] })),
  },
  { title: "Account" },
);
export type Account = Static<typeof Account>;

const OrNull = <S extends TSchema>(schema: S) =>
  Type.Union([schema, Type.Null()], { description: schema.description!, examples: schema.examples });

/** What is left out stays as it is; null takes it away. As with messages, the exact bounds are checked after trimming. */
export const ProfileUpdate = Type.Object({
  display_name: Type.Optional(
    OrNull(
      Type.String({
        format: "text",
        maxLength: DISPLAY_NAME_LIMIT * 4,
        description: `1 to ${DISPLAY_NAME_LIMIT} characters after trimming; not somebody else's username, nor like it to the eye.`,
        examples: ["Ali Yılmaz"],
      }),
    ),
  ),
  status: Type.Optional(
    OrNull(
      Type.Object(
        {
          text: Type.String({
            format: "text",
            maxLength: STATUS_LIMIT * 4,
            description: `Up to ${STATUS_LIMIT} characters after trimming; empty only beside an emoji.`,
            examples: ["In a meeting"],
          }),
          emoji: Type.Optional(Type.String({ maxLength: EMOJI_LIMIT, description: "One emoji.", examples: ["📅"] })),
          until: Type.Optional(
            Type.String({
              format: "timestamp",
              description: "When it ends by itself: a moment to come.",
              examples: ["2099-01-13T18:00:00+00:00"],
            }),
          ),
        },
        { description: "What you are doing just now.", examples: [{ text: "In a meeting", emoji: "📅" }] },
      ),
    ),
  ),
  locale: Type.Optional(
    OrNull(
      Type.String({
        maxLength: LOCALE_LIMIT,
        description: "Your language as a BCP 47 tag.",
        examples: ["tr-TR"],
      }),
    ),
  ),
  time_zone: Type.Optional(
    OrNull(
      Type.String({
        maxLength: TIME_ZONE_LIMIT,
        description: "Your time zone by its IANA name.",
        examples: ["Europe/Istanbul"],
      }),
    ),
  ),
});
export type ProfileUpdate = Static<typeof ProfileUpdate>;

export const AvatarChoice = Type.Object({
  file_id: Id("An image that you have uploaded, cut to a square, in no message.", 17),
});

export const PasswordChange = (passwordMin: number) =>
  Type.Object({
    ...ownerProof,
    new_password: NewPassword("EvenStronger456", passwordMin),
  });

export const Registered = Type.Object({ user: Account });

export const AccessToken = Type.Object(
  {
    access_token: Type.String({
      description: "Send it as `Authorization: Bearer …`, or to a socket.",
      examples: ["eyJhbGciOiJIUzI1NiJ9…"],
    }),
    token_type: Type.Literal("bearer"),
    expires_at: Timestamp("When the session ends by itself.", "2026-02-12T17:00:29.000000+00:00"),
    device_token: Type.String({
      description:
        "Keep it on the device, also after a log-out, and send it with the next log-in. It opens nothing, and ends with the password.",
      examples: ["bm9uY2Utb2YtMTYtYnl0ZQ.c2lnbmF0dXJlLW9mLTMyLWJ5dGVzLWluLWJhc2U2NHU"],
    }),
  },
  { title: "AccessToken" },
);
