// Shapes of what proves who somebody is besides the password: codes of an authenticator app, recovery codes, and passkeys.
import { type Static, type TProperties, Type } from "@sinclair/typebox";
import { ownerProof } from "./account.ts";
import { Code, RECOVERY_CODES } from "./codes.ts";
import { PASSKEY_NAME_LIMIT } from "./limits.ts";
import { Id, Text, Timestamp } from "./types.ts";

export const OwnerConfirmation = Type.Object(ownerProof);

export const Passkey = Type.Object(
  {
    id: Id("Passkey id.", 5),
    name: Type.String({ description: "What its owner calls it.", examples: ["Ali's phone"] }),
    is_synced: Type.Boolean({
      description: "Whether its owner's other devices have it too, rather than the one on which it was made alone.",
      examples: [true],
    }),
    created_at: Timestamp("When it was added."),
    last_used_at: Type.Optional(Timestamp("When somebody last logged in with it; left out until then.")),
  },
  { title: "Passkey" },
);
export type Passkey = Static<typeof Passkey>;

export const Factors = Type.Object(
  {
    has_password: Type.Boolean({ description: "False where the account has no password.", examples: [true] }),
    totp_enabled_at: Type.Optional(
      Timestamp("Since when a log-in with the password takes a code as well; left out while it does not."),
    ),
    recovery_codes: Type.Integer({ description: "How many recovery codes are left.", examples: [RECOVERY_CODES] }),
    passkeys: Type.Array(Passkey, { description: "The oldest first." }),
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

const bytes = (maxLength: number, description: string, example: string) =>
  Type.String({
    pattern: "^[A-Za-z0-9_-]*$",
    maxLength,
    description: `${description}, in base64url.`,
    examples: [example],
  });
// WebAuthn bounds ids by 1,023 bytes.
const credentialId = bytes(1_364, "The credential's id", "n7YlpCHMbPjDtDYeNZSAkBAw3Do9YuFVSSdYNsLN0ng");
const clientDataJSON = bytes(8_192, "What the browser vouches for", "eyJ0eXBlIjoid2ViYXV0aG4uZ2V0In0");
const authenticatorData = bytes(
  4_096,
  "What the authenticator vouches for",
  "SZYN5YgOjGh0NBcPZHZgW4_krrmihjLHmVzzuoMdl2MFAAAAAQ",
);

/** A credential as `PublicKeyCredential.toJSON()` gives it; what else is in it is ignored. */
const credential = <Response extends TProperties>(response: Response) =>
  Type.Object({
    id: credentialId,
    rawId: credentialId,
    type: Type.Literal("public-key"),
    response: Type.Object(response),
  });

/** Options of WebAuthn in the form of its level 3, which browsers read with `parse…OptionsFromJSON`. */
const options = <Properties extends TProperties>(properties: Properties, title: string) =>
  Type.Object(properties, { title, additionalProperties: true });
const challenge = Type.String({ examples: ["xM9Zk0p7yJ2cWq8rT1uVbAGbVX4AAAo1n2mQ"] });

export const PasskeyCreationOptions = options(
  {
    challenge,
    rp: Type.Object(
      { id: Type.Optional(Type.String()), name: Type.String() },
      { examples: [{ id: "chat.example.org", name: "Chat" }] },
    ),
    user: Type.Object(
      { id: Type.String(), name: Type.String(), displayName: Type.String() },
      { examples: [{ id: "7pIhYz1m4QqgTjvIh2c0Lw", name: "ali", displayName: "Ali Yılmaz" }] },
    ),
    pubKeyCredParams: Type.Array(Type.Object({ type: Type.Literal("public-key"), alg: Type.Integer() }), {
      examples: [[{ type: "public-key", alg: -7 }]],
    }),
  },
  "PasskeyCreationOptions",
);

export const PasskeyRequestOptions = options(
  {
    challenge,
    rpId: Type.String({ examples: ["chat.example.org"] }),
    userVerification: Type.String({ examples: ["required"] }),
  },
  "PasskeyRequestOptions",
);

const passkeyName = Text(1, PASSKEY_NAME_LIMIT, { description: "What to call it.", examples: ["Ali's phone"] });

export const PasskeyName = Type.Object({ name: passkeyName });

export const PasskeyRegistration = Type.Object({
  name: passkeyName,
  credential: credential({
    clientDataJSON,
    attestationObject: bytes(16_384, "The new key", "o2NmbXRkbm9uZWdhdHRTdG10oGhhdXRoRGF0YVikSZYN5YgO"),
    transports: Type.Optional(Type.Array(Type.String({ maxLength: 32 }), { maxItems: 10, examples: [["internal"]] })),
  }),
});
export type PasskeyRegistration = Static<typeof PasskeyRegistration>;

export const PasskeyLogin = Type.Object({
  credential: credential({
    clientDataJSON,
    authenticatorData,
    signature: bytes(8_192, "The signature over both", "MEUCIQDKg3bF5Q8mD6kZ0o0W"),
    userHandle: Type.Optional(bytes(86, "Whose credential it is", "7pIhYz1m4QqgTjvIh2c0Lw")),
  }),
});
export type PasskeyLogin = Static<typeof PasskeyLogin>;
