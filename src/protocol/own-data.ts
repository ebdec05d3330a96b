// Shapes of what people do with their own accounts: another username, and deleting the account.
import { Type } from "@sinclair/typebox";
import { ownerProof } from "./account.ts";
import { USERNAME_CHANGE_DAYS, USERNAME_CHANGES, USERNAME_MAX, USERNAME_MIN } from "./limits.ts";
import { Text } from "./types.ts";

export const UsernameChange = Type.Object({
  username: Text(USERNAME_MIN, USERNAME_MAX, {
    description: `As for a new account; ${USERNAME_CHANGES} times in ${USERNAME_CHANGE_DAYS} days.`,
    examples: ["ali.yilmaz"],
  }),
  ...ownerProof,
});
export const AccountDeletion = Type.Object(ownerProof);
