// Shapes of what people do with their own accounts: another username, and deleting the account.
import { Type } from "@sinclair/typebox";
import { Account, ownerProof } from "./account.ts";
import { USERNAME_CHANGE_DAYS, USERNAME_CHANGES, USERNAME_MAX, USERNAME_MIN } from "./limits.ts";
import { Privacy } from "./privacy.ts";
import { Nullable, Text, Timestamp } from "./types.ts";

export const UsernameChange = Type.Object({
  username: Text(USERNAME_MIN, USERNAME_MAX, {
    description: `As for a new account; ${USERNAME_CHANGES} times in ${USERNAME_CHANGE_DAYS} days.`,
    examples: ["ali.yilmaz"],
  }),
  ...ownerProof,
});
export const AccountDeletion = Type.Object(ownerProof);

const list = (description: string) =>
  Type.Array(Type.Record(Type.String(), Type.Any()), { description, examples: [[]] });

/** The lists besides may grow: what is somebody's is in one of them. */
export const AccountExport = Type.Object(
  {
    exported_at: Timestamp("When it was begun."),
    account: Type.Object({
      ...Account.properties,
      last_seen_at: Nullable(Timestamp("When you last came online or went offline; null if never.")),
      role: Type.Optional(Type.String({ description: "If you run the server.", examples: ["admin"] })),
    }),
    privacy: Privacy,
    identities: list("By what else you log in."),
    authenticator_apps: list("Apps for codes, as second factors."),
    passkeys: list("Your passkeys."),
    sessions: list("Your log-ins and keys, with devices and addresses."),
    mail_links: list("Links that were mailed to you and are still good."),
    bots: list("Bots of yours."),
    friends: list("Your friends."),
    friend_requests: list("Friend requests, from you and to you."),
    blocks: list("People whom you block."),
    conversations: list("Your conversations."),
    groups: list("Your groups, with your role."),
    former_groups: list("Groups that you have left."),
    invites: list("Invites that you created."),
    invites_used: list("Invites that you came by."),
    files: list("Files that you uploaded, and where to get them."),
    reports: list("What you have reported, until 30 days after it was closed."),
    security_events: list(
      "What you have done about the security of your account, with addresses, while the audit log keeps it.",
    ),
    reactions: list("Your reactions, by room and message."),
    messages: list("Your messages: room by room, in order."),
  },
  { title: "AccountExport" },
);
