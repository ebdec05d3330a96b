// The mails that tell an account's owner what became of its factors, in plain text.
import type { Letter } from "../../mail/mail.ts";

const DISTRUST =
  "If it wasn't you, change your password at once, and look through the devices and passkeys in your settings.";

const letter = (to: string, subject: string, username: string, ...paragraphs: string[]): Letter => ({
  to,
  subject,
  text: `${[`Hello ${username},`, ...paragraphs, DISTRUST].join("\n\n")}\n`,
});

export const totpOnLetter = (to: string, username: string) =>
  letter(
    to,
    "Two-step log-in was turned on",
    username,
    "logging in to your account with the password takes a code of your authenticator app from now on.",
    "Keep the recovery codes in a safe place: each lets you in once without the app.",
  );

export const totpOffLetter = (to: string, username: string) =>
  letter(
    to,
    "Two-step log-in was turned off",
    username,
    "logging in to your account takes the password alone again, and the recovery codes are void.",
  );

export const recoveryCodeUsedLetter = (to: string, username: string, left: number) =>
  letter(
    to,
    "A recovery code was used",
    username,
    `a recovery code of your account was used just now in place of the authenticator app; ${left} ${left === 1 ? "is" : "are"} left.`,
  );

export const recoveryCodesReplacedLetter = (to: string, username: string) =>
  letter(
    to,
    "Your recovery codes were replaced",
    username,
    "new recovery codes were made for your account; the former ones are void.",
  );

export const passkeyAddedLetter = (name: string) => (to: string, username: string) =>
  letter(
    to,
    "A passkey was added",
    username,
    `your account can be logged in to with another passkey from now on: ${name}.`,
  );

export const passkeyRemovedLetter = (name: string) => (to: string, username: string) =>
  letter(to, "A passkey was removed", username, `this passkey opens your account no more: ${name}.`);
