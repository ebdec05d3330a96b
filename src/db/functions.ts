// The SQL functions of this version: one file each in functions/, with a version in its name. A function that has been released is
// never replaced, so that a server of the version before works on beside this one: a change gets a new name, and the old function
// is dropped one release later.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { programFile } from "../lib/program.ts";
import type { SqlClient } from "./connect.ts";

const DIR = programFile("src/db/functions");

/**
 * Functions that neither this version nor the one before calls: they are dropped at start. What this version has stopped calling is
 * listed here by the next one, which also raises OLDEST_COMPATIBLE (compatibility.ts): append_messages, append_messages_2, mark_read, mark_read_2, mark_read_3, mark_delivered, append_changes_1, append_changes_2, append_changes_3, append_messages_4, message_extras_1 and confirm_epoch.
 */
const RETIRED: readonly string[] = [];

/** What is missing, and what is left of earlier versions. */
export interface FunctionState {
  missing: string[];
  retired: string[];
}

export async function readFunctionState(sql: SqlClient, retired = RETIRED): Promise<FunctionState> {
  const names = readdirSync(DIR).map((file) => file.replace(/\.sql$/, ""));
  const [state] = await sql<FunctionState[]>`
    select array(select n from unnest(${names}::text[]) n where to_regproc(n) is null) as missing,
      array(select n from unnest(${[...retired]}::text[]) n where to_regproc(n) is not null) as retired`;
  return state!;
}

/** Creates what is missing and drops what is retired, in one transaction. Call it under the migration lock, after the migrations. */
export async function updateFunctions(sql: SqlClient, { missing, retired }: FunctionState): Promise<void> {
  const files = await Promise.all(missing.map((name) => Bun.file(join(DIR, `${name}.sql`)).text()));
  await sql.begin(async (tx) => {
    for (const file of files) await tx.unsafe(file);
    for (const name of retired) await tx.unsafe(`drop function ${name}`);
  });
}
