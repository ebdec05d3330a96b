// Shapes of people on the wire.
import { type Static, Type } from "@sinclair/typebox";
import { Id, Text } from "../../lib/schemas.ts";

export const Person = Type.Object(
  {
    id: Id("User id.", 3),
    username: Type.String({ examples: ["veli"] }),
  },
  { title: "Person" },
);
export type Person = Static<typeof Person>;

export const PasswordChange = Type.Object({
  current_password: Type.String({ format: "text", maxLength: 128, examples: ["StrongPassword123"] }),
  new_password: Text(6, 128, "6 to 128 characters.", "EvenStronger456"),
});
