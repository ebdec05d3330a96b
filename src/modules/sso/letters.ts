// The mails that tell an account's owner what became of its linked accounts, in plain text.
import type { Letter } from "../../mail/mail.ts";

const DISTRUST =
  "If it wasn't you, change your password at once, look through the linked accounts in the settings, and log out all other devices there.";

const letter = (to: string, subject: string, username: string, what: string): Letter => ({
  to,
  subject,
  text: `${[`Hello ${username},`, what, DISTRUST].join("\n\n")}\n`,
});

export const linkedLetter = (to: string, username: string, label: string) =>
  letter(
    to,
    `${label} was linked to your account`,
    username,
    `you can log in to your account with ${label} from now on.`,
  );

export const unlinkedLetter = (to: string, username: string, label: string) =>
  letter(
    to,
    `${label} was unlinked from your account`,
    username,
    `${label} does not log you in to your account any more.`,
  );
