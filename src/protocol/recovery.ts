// Shapes of what is done by mail: resetting a password, and proving an e-mail address.
import { type Static, Type } from "@sinclair/typebox";
import { NewPassword, ownerProof } from "./account.ts";

const email = Type.String({
  format: "email",
  description: "An e-mail address.",
  examples: ["ali@example.com"],
});

const token = Type.String({
  format: "text",
  maxLength: 64,
  description: "What the link in the mail holds behind its last slash.",
  examples: ["dGhpcyBpcyBub3QgYSB0b2tlbiwgc2hoaA"],
});

export const PasswordResetRequest = Type.Object({ email });
export const PasswordReset = (passwordMin: number) =>
  Type.Object({
    token,
    new_password: NewPassword("EvenStronger456", passwordMin),
    revoke_all: Type.Optional(
      Type.Boolean({
        description:
          "Whether what else logs in as you, or acts with what you own, ends as well: passkeys, linked accounts of providers, and the API keys of your bots. For an account that somebody else may have been in.",
        examples: [true],
      }),
    ),
  });
export type PasswordResetInput = Static<ReturnType<typeof PasswordReset>>;
export const EmailChange = Type.Object({
  email,
  ...ownerProof,
});
export const EmailProof = Type.Object({ token });
