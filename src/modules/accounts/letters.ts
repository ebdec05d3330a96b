// The mails that people get, in plain text.
import type { Letter } from "../../mail/mail.ts";

const letter = (to: string, subject: string, ...paragraphs: string[]): Letter => ({
  to,
  subject,
  text: `${paragraphs.join("\n\n")}\n`,
});

export const resetLetter = (to: string, username: string, link: string) =>
  letter(
    to,
    "Reset your password",
    `Hello ${username},`,
    "somebody, probably you, asked for a new password for your account. Choose one here within an hour:",
    link,
    "If it wasn't you, ignore this mail: your password stays as it is.",
  );

export const resetByAdminLetter = (to: string, username: string, link: string) =>
  letter(
    to,
    "Choose a new password",
    `Hello ${username},`,
    "those who run this server ask you to choose a new password for your account, here and within a day:",
    link,
    "Until then your password stays as it is.",
  );

export const verifyLetter = (to: string, username: string, link: string) =>
  letter(
    to,
    "Confirm your e-mail address",
    `Hello ${username},`,
    "confirm that this address is yours, within seven days:",
    link,
    "If you don't know what this is about, ignore this mail.",
  );

export const passwordChangedLetter = (to: string, username: string, isAllRevoked: boolean) =>
  letter(
    to,
    "Your password was changed",
    `Hello ${username},`,
    isAllRevoked
      ? "the password of your account was changed, and all devices were logged out. Its passkeys, linked accounts and API keys were removed, and those of your bots."
      : "the password of your account was changed, and all other devices were logged out.",
    "If it wasn't you, reset your password at once, from the page where you log in.",
  );

export const accountDeletedLetter = (to: string, username: string) =>
  letter(
    to,
    "Your account was deleted",
    `Hello ${username},`,
    "your account was deleted, as you asked. Your messages stay in their conversations as a deleted user's; everything else that was yours is being removed.",
    "If it wasn't you, ask the operator of this server for help: somebody knew your password. The account itself can't be brought back.",
  );

export const emailChangedLetter = (to: string, username: string, email: string) =>
  letter(
    to,
    "Your e-mail address was changed",
    `Hello ${username},`,
    `your account now has the address ${email}; this one gets no more mail.`,
    "If it wasn't you, ask the operator of this server for help at once.",
  );
