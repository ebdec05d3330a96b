// People as every list shows them: the columns that they are read from, and the mapping, so that no two places can differ.
import { sql } from "drizzle-orm";
import type { AnyPgColumn } from "drizzle-orm/pg-core";
import type { Person, Profile, Status } from "../protocol/users.ts";
import { blocks, users } from "./schema.ts";

interface PersonRow {
  id: number;
  username: string;
  displayName: string | null;
  avatar: string | null;
  status: Status | null;
  deletedAt: string | null;
  isBot: boolean;
}

type Columns = { [Field in keyof PersonRow]: AnyPgColumn };

/** For a Drizzle select: the columns of a person, of `users` or an alias of it. */
export const personColumns = <T extends Columns>(table: T): NoInfer<Pick<T, keyof PersonRow>> => ({
  id: table.id,
  username: table.username,
  displayName: table.displayName,
  avatar: table.avatar,
  status: table.status,
  deletedAt: table.deletedAt,
  isBot: table.isBot,
});

/** The same as this viewer sees them: those who block the viewer show no status. */
export const personSeenBy = (viewerId: number) => ({
  ...personColumns(users),
  status: sql<Status | null>`case when ${users.status} is not null and not exists (
    select from ${blocks} b where b.blocker_id = ${users.id} and b.blocked_id = ${viewerId}) then ${users.status} end`.mapWith(
    users.status,
  ),
});

/** What they show of themselves; what they have not set, and a status that has ended, is left out. */
export const toProfile = ({
  displayName,
  avatar,
  status,
  deletedAt,
  isBot,
}: Omit<PersonRow, "id" | "username">): Profile => ({
  ...(displayName !== null && { display_name: displayName }),
  ...(avatar !== null && { avatar }),
  ...(status !== null && !hasEnded(status) && { status }),
  ...(deletedAt !== null && { deleted: true as const }),
  ...(isBot && { is_bot: true as const }),
});

export const toPerson = ({ id, username, ...row }: PersonRow): Person => ({ id, username, ...toProfile(row) });

/** The same where a person's id is `user_id`: as a member of something. */
export const toMemberPerson = ({ id, username, ...row }: PersonRow) => ({ user_id: id, username, ...toProfile(row) });

const hasEnded = ({ until }: Status) => until !== undefined && Date.parse(until) <= Date.now();
