// What a message has besides its text: as it is stored, as the statements get it, and as they return it.
import { isoFromPg } from "../lib/time.ts";
import type { Entity } from "../protocol/entities.ts";
import { MENTION_ALL_MEMBERS } from "../protocol/limits.ts";
import type { MessageExtras } from "../protocol/messages.ts";
import { can, ROLES } from "../protocol/permissions.ts";

/** As the statements take it; `events.data` has copies of the files in place of their ids, and counts of reactions. */
export interface MessageData {
  entities?: Entity[] | undefined;
  /** The id of a message of the same room. */
  reply_to?: number | undefined;
  /** The ids of the sender's own files that are attached; in an edit, of those that stay. */
  files?: number[] | undefined;
}

/** As the database returns it: the times are PostgreSQL's text. */
export type RawExtras = MessageExtras;

const RULES = {
  mention_all_roles: ROLES.filter((role) => can(role, "mentionAll")),
  mention_all_members: MENTION_ALL_MEMBERS,
};

/** The statements' `p_rich`: an element for each of these; null when none has any data. */
export const toRich = <T>(batch: T[], dataOf: (item: T) => MessageData | undefined): string | null =>
  batch.some((item) => dataOf(item) !== undefined)
    ? JSON.stringify({ data: batch.map((item) => dataOf(item) ?? null), ...RULES })
    : null;

/** The fields that a message has besides those of a plain one; null for a plain one. */
export function toExtras(raw: RawExtras | null): MessageExtras | null {
  if (!raw?.reply_to?.deleted_at) return raw;
  return { ...raw, reply_to: { ...raw.reply_to, deleted_at: isoFromPg(raw.reply_to.deleted_at) } };
}
