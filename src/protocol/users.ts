// Shapes of people on the wire.
import { type Static, Type } from "@sinclair/typebox";
import { NewPassword, Password } from "./account.ts";
import { Id } from "./types.ts";

export const Person = Type.Object(
  {
    id: Id("User id.", 3),
    username: Type.String({ examples: ["veli"] }),
  },
  { title: "Person" },
);
export type Person = Static<typeof Person>;

export const PasswordChange = Type.Object({
  current_password: Password,
  new_password: NewPassword("EvenStronger456"),
});
