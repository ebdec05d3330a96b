// What somebody without an account is told of how to get one.
import { type Static, Type } from "@sinclair/typebox";

export const REGISTRATION_MODES = ["open", "invite", "closed"] as const;
export type RegistrationMode = (typeof REGISTRATION_MODES)[number];

/** When registrations take a proof of work: never, while many come in, or always. */
export const CHALLENGE_MODES = ["off", "floods", "always"] as const;
export type ChallengeMode = (typeof CHALLENGE_MODES)[number];

export const PROOF_LIMIT = 2_048;

export const RegistrationChallenge = Type.Object(
  {
    parameters: Type.Object({
      algorithm: Type.String({ examples: ["PBKDF2/SHA-256"] }),
      nonce: Type.String({ examples: ["6d3c9b1f0a8e4d27b5f1c0e99a7d4e12"] }),
      salt: Type.String({ examples: ["1f0e9a7d4e126d3c9b1f0a8e4d27b5f1"] }),
      cost: Type.Integer({ description: "Iterations of the derivation.", examples: [5000] }),
      keyLength: Type.Integer({ description: "In bytes.", examples: [32] }),
      keyPrefix: Type.String({ description: "How the derived key must begin, in hex.", examples: ["00"] }),
      expiresAt: Type.Integer({ description: "In seconds since 1970.", examples: [1768323929] }),
    }),
    signature: Type.String({ examples: ["b5f1c0e99a7d4e126d3c9b1f0a8e4d27b5f1c0e99a7d4e126d3c9b1f0a8e4d27"] }),
  },
  {
    title: "RegistrationChallenge",
    description:
      "A challenge of ALTCHA's proof of work, version 2: find the counter whose derived key (of the nonce with the counter behind it, as 32 bits) begins with the prefix.",
  },
);
export type RegistrationChallenge = Static<typeof RegistrationChallenge>;

export const Provider = Type.Object(
  {
    id: Type.String({ description: "The provider's id.", examples: ["acme"] }),
    label: Type.String({ description: "The provider's name, for people.", examples: ["Acme"] }),
  },
  { title: "Provider" },
);
export type Provider = Static<typeof Provider>;

export const RegistrationInfo = Type.Object(
  {
    mode: Type.Unsafe<RegistrationMode>(
      Type.Union(
        REGISTRATION_MODES.map((mode) => Type.Literal(mode)),
        {
          description:
            "`open`: anybody may create an account. `invite`: with an invite of a group or of the operator. `closed`: with one of the operator alone.",
          examples: ["open"],
        },
      ),
    ),
    providers: Type.Array(Provider, {
      description: "Where people may log in instead of with a password: single sign-on.",
      examples: [[{ id: "acme", label: "Acme" }]],
    }),
    password_min_length: Type.Integer({ description: "The least length of a new password.", examples: [6] }),
    passkeys: Type.Boolean({
      description: "Whether people can log in with passkeys at the address of this request.",
      examples: [true],
    }),
  },
  { title: "RegistrationInfo" },
);
export type RegistrationInfo = Static<typeof RegistrationInfo>;
