// What the parts of the admin area share: their addresses, who may do what, and how a lost role is noticed.
import { type Account, type Administration, type AdminUser, type Chat, ChatError } from "../../../../sdk/index.ts";

export type Part = "people" | "reports" | "groups" | "audit" | "health";

export interface AdminView {
  chat: Chat;
  me: Account;
  admin: Administration;
  /** Of what is open beside the list. */
  id: number | null;
}

export const partHref = (part: Part, id?: number) => `#/admin/${part}${id === undefined ? "" : `/${id}`}`;

export const isForbidden = (error: unknown) => error instanceof ChatError && error.code === "forbidden";

/**
 * The same calls. A refusal may be about whom it is done to, so that it is followed by a call which every moderator may make: when that
 * is refused too, the role is gone, and `onLost` is called.
 */
export function watchAccess(admin: Administration, onLost: () => void): Administration {
  const check = (error: unknown) => {
    if (isForbidden(error)) onLost();
  };
  const guarded = Object.entries(admin).map(([name, method]) => [
    name,
    async (...args: unknown[]) => {
      try {
        return await method(...args);
      } catch (error) {
        if (name === "health") check(error);
        else if (isForbidden(error)) await admin.health().catch(check);
        throw error;
      }
    },
  ]);
  return Object.fromEntries(guarded) as Administration;
}

/** Why nothing can be done to this account; null where something can. */
export function whyUntouchable(me: Account, user: AdminUser): string | null {
  if (user.id === me.id) return "This is you. Somebody else has to act on your account.";
  if (user.deleted_at) return "This account was deleted.";
  if (me.role !== "admin" && user.role !== "user") return "Only admins act on moderators and admins.";
  return null;
}

export const ROLE_NAMES = { user: "User", moderator: "Moderator", admin: "Admin" } as const;

export const FOREVER = "forever";

/** Whether a ban is in force; the end of one that has run out while the page was open counts. */
export const isBanned = ({ banned_until: until }: AdminUser) =>
  until !== undefined && (until === FOREVER || Date.parse(until) > Date.now());

/** Addresses are for admins. */
export const searchLabel = ({ role }: Account) =>
  role === "admin" ? "Search by username or e-mail" : "Search by username";
