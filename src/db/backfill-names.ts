// Brings the keys of names up to date that an older version wrote: those rules need Unicode data, which SQL does not have.
// Called by prepareDatabase at each start; two at once do the same. Without such rows it costs one look at an empty index.

import { foldName, skeletonsOf } from "../lib/names.ts";
import { wordsOf } from "../lib/words.ts";
import type { SqlClient } from "./connect.ts";
import { violatedUniqueConstraint } from "./errors.ts";

// A transaction of some 50 ms, so that log-ins beside it hardly wait.
const BATCH = 1_000;

interface Row {
  id: number;
  username: string;
  username_key: string;
  /** Null, as its key, of an account without one. */
  email: string | null;
  email_key: string | null;
}

/** Computes what is missing, of users and of groups. */
export async function backfillNames(sql: SqlClient): Promise<void> {
  await backfillUsers(sql);
  await backfillGroups(sql);
}

async function backfillGroups(sql: SqlClient): Promise<void> {
  for (let last = 0; ; ) {
    const rows = await sql<{ id: number; name: string }[]>`
      select room_id as id, name from groups where name_words is null and room_id > ${last} order by room_id limit ${BATCH}`;
    if (rows.length === 0) return;
    last = rows.at(-1)!.id;
    const words = rows.map(({ id, name }) => ({ id, words: wordsOf(name) }));
    await sql`
      update groups set name_words = array_to_tsvector(given.words)
      from jsonb_to_recordset(${JSON.stringify(words)}::text::jsonb) as given(id bigint, words text[])
      where groups.room_id = given.id`;
  }
}

/** Computes missing skeletons, and folds keys fully where nobody else has the folded one. Everyone keeps their account. */
async function backfillUsers(sql: SqlClient): Promise<void> {
  for (let last = 0; ; ) {
    const rows = await sql<Row[]>`
      select id, username, username_key, email, email_key from users
      where username_skeletons is null and id > ${last} order by id limit ${BATCH}`;
    if (rows.length === 0) return;
    last = rows.at(-1)!.id;
    for (const row of rows) await refold(sql, row);
    const skeletons = rows.map(({ id, username }) => ({ id, skeletons: skeletonsOf(username) }));
    await sql`
      update users set username_skeletons = given.skeletons
      from jsonb_to_recordset(${JSON.stringify(skeletons)}::text::jsonb) as given(id bigint, skeletons text[])
      where users.id = given.id`;
  }
}

async function refold(sql: SqlClient, row: Row) {
  const [username, email] = [foldName(row.username), row.email === null ? null : foldName(row.email)];
  try {
    if (username !== row.username_key)
      await sql`
        update users set username_key = ${username}
        where id = ${row.id} and not exists (select from users where username_key = ${username})`;
    if (email !== null && email !== row.email_key)
      await sql`
        update users set email_key = ${email}
        where id = ${row.id} and not exists (select from users where email_key = ${email})`;
  } catch (error) {
    // Somebody took it this very moment: the key stays.
    if (!violatedUniqueConstraint(error)) throw error;
  }
}
