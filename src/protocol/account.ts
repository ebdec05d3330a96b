// Shapes of accounts and sessions on the wire.
import { type Static, Type } from "@sinclair/typebox";
import { EMAIL_LIMIT, PASSWORD_MAX, PASSWORD_MIN, USERNAME_MAX, USERNAME_MIN } from "./limits.ts";
import { Id, Text, Timestamp } from "./types.ts";

/** A password that is being set. */
export const NewPassword = (example: string) =>
  Text(PASSWORD_MIN, PASSWORD_MAX, {
    description: `${PASSWORD_MIN} to ${PASSWORD_MAX} characters.`,
    examples: [example],
  });

/** A password that is being checked. Those set before NFC was demanded may be up to three times as long in it. */
export const Password = Text(0, 3 * PASSWORD_MAX, { description: "The password.", examples: ["StrongPassword123"] });

export const Registration = Type.Object({
  username: Text(USERNAME_MIN, USERNAME_MAX, {
    description: `${USERNAME_MIN} to ${USERNAME_MAX} letters, digits, \`.\`, \`_\` or \`-\` of one script, not all digits; unlike every other name, also to the eye.`,
    examples: ["ali"],
  }),
  email: Type.String({
    format: "email",
    description: "An e-mail address; unique without regard to case.",
    examples: ["ali@example.com"],
  }),
  password: NewPassword("StrongPassword123"),
});

export const Login = Type.Object({
  username: Text(0, EMAIL_LIMIT, { description: "The username or the e-mail address.", examples: ["ali"] }),
  password: Password,
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
    email: Type.String({ examples: ["ali@example.com"] }),
    created_at: Timestamp("When the account was created."),
  },
  { title: "Account" },
);
export type Account = Static<typeof Account>;

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
