// Shapes of people on the wire.
import { type Static, Type } from "@sinclair/typebox";
import { Id } from "../../lib/schemas.ts";
import { NewPassword, Password } from "../auth/model.ts";

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
