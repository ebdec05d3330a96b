// What somebody without an account is told of how to get one.
import { type Static, Type } from "@sinclair/typebox";

export const REGISTRATION_MODES = ["open", "invite", "closed"] as const;
export type RegistrationMode = (typeof REGISTRATION_MODES)[number];

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
    password_min_length: Type.Integer({ description: "The least length of a new password.", examples: [6] }),
  },
  { title: "RegistrationInfo" },
);
export type RegistrationInfo = Static<typeof RegistrationInfo>;
