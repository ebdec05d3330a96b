// The codes of a second factor, as calls take them.
import { Text } from "./types.ts";

/** How many recovery codes an account is given at a time. */
export const RECOVERY_CODES = 10;

export const Code = Text(0, 64, {
  description:
    "The second factor: six digits of the authenticator app, or a recovery code; spaces and hyphens in it count for nothing.",
  examples: ["492039"],
});
