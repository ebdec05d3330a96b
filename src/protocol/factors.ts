// Shapes of what proves who somebody is besides the password: codes of an authenticator app, recovery codes, and passkeys.
import { type Static, Type } from "@sinclair/typebox";
import { ownerProof } from "./account.ts";
import { Code, RECOVERY_CODES } from "./codes.ts";
import { Timestamp } from "./types.ts";

export const OwnerConfirmation = Type.Object(ownerProof);

export const Factors = Type.Object(
  {
    has_password: Type.Boolean({ description: "False where the account has no password.", examples: [true] }),
    totp_enabled_at: Type.Optional(
      Timestamp("Since when a log-in with the password takes a code as well; left out while it does not."),
    ),
    recovery_codes: Type.Integer({ description: "How many recovery codes are left.", examples: [RECOVERY_CODES] }),
  },
  { title: "Factors" },
);
export type Factors = Static<typeof Factors>;

export const TotpSecret = Type.Object(
  {
    secret: Type.String({
      description: "The secret in Base32, to be typed into an authenticator app.",
      examples: ["JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"],
    }),
    uri: Type.String({
      description: "The same as the address that a QR code holds.",
      examples: ["otpauth://totp/Chat:ali?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Chat"],
    }),
  },
  { title: "TotpSecret" },
);
export type TotpSecret = Static<typeof TotpSecret>;

export const TotpConfirmation = Type.Object({ code: Code });

export const RecoveryCodes = Type.Object(
  {
    recovery_codes: Type.Array(Type.String(), {
      description: `${RECOVERY_CODES} codes, each good once; they are not shown again.`,
      examples: [["4kq7-m2xw-9htd-c0vn-6r8e-jz3p"]],
    }),
  },
  { title: "RecoveryCodes" },
);
export type RecoveryCodes = Static<typeof RecoveryCodes>;
