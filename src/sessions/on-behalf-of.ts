// People as those who run the server name them: by their id, or as an issuer's or a provider's own.
import { isBannedIn } from "../db/bans.ts";
import type { SqlClient } from "../db/client.ts";
import { ChatError } from "../lib/errors.ts";
import { mayNotActForOthers, notFound } from "../protocol/refusals.ts";
import { isId } from "../protocol/types.ts";
import type { Session } from "./cache.ts";

/** What calls on behalf of somebody may do: all that a key of theirs could. */
const SCOPES = ["read", "write", "manage"] as const;

const IDENTITY = /^([a-z][a-z0-9-]{0,31}):([\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?)$/;

/** Of `acme:customer-77` the parts; null for what is no such name. */
export function parseIdentity(reference: string): { issuer: string; subject: string } | null {
  const [, issuer, subject] = IDENTITY.exec(reference) ?? [];
  return issuer && subject && subject.length <= 255 ? { issuer, subject } : null;
}

/** The ids of users who are not deleted, by their references; what is missing names nobody. */
export async function findReferenced(sql: SqlClient, references: readonly string[]): Promise<Map<string, number>> {
  const ids = references.filter(isId);
  const identities = references.flatMap((reference) => parseIdentity(reference) ?? []);
  const rows = await sql<{ reference: string; id: number }[]>`
    select u.id::text as reference, u.id from users u
    where u.id = any (${ids.map(Number)}::bigint[]) and u.deleted_at is null
    union all
    select i.issuer || ':' || i.subject, u.id from identities i join users u on u.id = i.user_id
    where (i.issuer, i.subject) in (
      select * from unnest(${identities.map(({ issuer }) => issuer)}::text[], ${identities.map(({ subject }) => subject)}::text[])
    ) and u.deleted_at is null`;
  return new Map(rows.map(({ reference, id }) => [reference, Number(id)]));
}

/** The session of a call that somebody else makes with a key for it. Throws `forbidden`, `not_found` (also for a user who is banned). */
export async function actOnBehalfOf(sql: SqlClient, session: Session, reference: string): Promise<Session> {
  if (session.role !== "admin" || !session.scopes?.includes("admin")) throw new ChatError(mayNotActForOthers);
  const userId = (await findReferenced(sql, [reference])).get(reference);
  const [user] =
    userId === undefined
      ? []
      : await sql<
          { username: string }[]
        >`select u.username from users u where u.id = ${userId} and not ${isBannedIn(sql, "u")}`;
  if (userId === undefined || !user) throw new ChatError(notFound("user"));
  return { ...session, userId, username: user.username, isQuiet: false, role: "user", scopes: SCOPES };
}
