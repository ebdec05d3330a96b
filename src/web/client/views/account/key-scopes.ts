// What the scopes of API keys open, in plain words.
import type { Account, KeyScope } from "../../../../sdk/index.ts";

export const SCOPES: Record<KeyScope, { title: string; text: string }> = {
  read: { title: "Read", text: "Read chats, people and files, and hear of new messages as they come." },
  write: { title: "Write", text: "Send, edit and delete messages, react, send files, and mark as read." },
  manage: { title: "Manage", text: "Change groups and who is in them, friends, blocks and the profile." },
  moderate: { title: "Moderate", text: "Handle reports, suspend people, and remove messages and groups." },
  admin: { title: "Run the server", text: "Look after all users and groups, and act for anybody." },
};

/** Those that a key of this account's may have. */
export const scopesOf = ({ role }: Account): KeyScope[] => [
  "read",
  "write",
  "manage",
  ...(role ? (["moderate"] as const) : []),
  ...(role === "admin" ? (["admin"] as const) : []),
];
/** Those of a bot's. */
export const BOT_SCOPES: KeyScope[] = ["read", "write", "manage"];
