// Shapes of accounts and sessions on the wire.
import { type Static, Type } from "@sinclair/typebox";
import { Id, Moment, Text } from "../../lib/schemas.ts";

export const USERNAME_LEAST = 3;
export const USERNAME_LIMIT = 50;

export const Registration = Type.Object({
  username: Text(
    USERNAME_LEAST,
    USERNAME_LIMIT,
    "3 to 50 letters, digits, `.`, `_` or `-`, not all digits; unique without regard to case.",
    "ali",
  ),
  email: Type.String({
    format: "email",
    maxLength: 254,
    description: "An e-mail address; unique without regard to case.",
    examples: ["ali@example.com"],
  }),
  password: Text(6, 128, "6 to 128 characters.", "StrongPassword123"),
});

export const Login = Type.Object({
  username: Type.String({
    format: "text",
    maxLength: 254,
    description: "The username or the e-mail address.",
    examples: ["ali"],
  }),
  password: Type.String({ format: "text", maxLength: 128, examples: ["StrongPassword123"] }),
});

export const Account = Type.Object(
  {
    id: Id("User id.", 2),
    username: Type.String({ examples: ["ali"] }),
    email: Type.String({ examples: ["ali@example.com"] }),
    created_at: Moment("When the account was made."),
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
    expires_at: Moment("When the session ends by itself.", "2026-02-12T17:00:29.000000+00:00"),
  },
  { title: "AccessToken" },
);
