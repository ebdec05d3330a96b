// What somebody without an account is told of how to get one.
import { type Static, Type } from "@sinclair/typebox";

export const RegistrationInfo = Type.Object(
  {
    password_min_length: Type.Integer({ description: "The least length of a new password.", examples: [6] }),
  },
  { title: "RegistrationInfo" },
);
export type RegistrationInfo = Static<typeof RegistrationInfo>;
