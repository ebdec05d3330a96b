// Whether a copy of the data is whole: every page of every table is read, which compares its checksum, every room has the messages that
// it counted, and every file that can be read is there in full.
import { stat } from "node:fs/promises";
import type postgres from "postgres";
import { DiskStore } from "../files/disk-store.ts";
import { StartupError } from "../lib/startup-error.ts";

export interface Contents {
  users: number;
  rooms: number;
  messages: number;
  files: number;
}

const BITE = 1_000;

/** Throws a StartupError that says what is wrong. `filesDir` is null where files are kept elsewhere. */
export async function checkContents(sql: postgres.Sql, filesDir: string | null): Promise<Contents> {
  try {
    await readEverything(sql);
    await checkRooms(sql);
    const files = filesDir === null ? 0 : await checkFiles(sql, filesDir);
    const [counts] = await sql<Omit<Contents, "files">[]>`
      select (select count(*) from users)::int as users, (select count(*) from rooms)::int as rooms,
        (select count(*) from events where kind = 'message')::int as messages`;
    return { ...counts!, files };
  } catch (error) {
    if (error instanceof StartupError) throw error;
    throw new StartupError(`The copy can't be read: ${(error as Error).message}.`, { cause: error });
  }
}

/** What people have written at length lies in tables of its own (pg_toast). */
async function readEverything(sql: postgres.Sql) {
  const tables = await sql<{ name: string }[]>`
    select oid::regclass::text as name from pg_class where relkind in ('r', 'm', 't') order by oid`;
  for (const { name } of tables) await sql.unsafe(`select count(*) from ${name}`);
}

/** Positions are without gaps from a room's first event to its last. A deleted group's are on their way out. */
async function checkRooms(sql: postgres.Sql) {
  const [broken] = await sql<{ id: number }[]>`
    select r.id from rooms r
    left join lateral (select count(*) as count, min(seq) as first, max(seq) as last from events where room_id = r.id) e on true
    where (r.kind <> 'group' or exists (select from groups g where g.room_id = r.id))
      and (r.last_seq <> coalesce(e.last, 0) or e.count <> coalesce(e.last - e.first + 1, 0))
    limit 1`;
  if (broken) throw new StartupError(`The copy of room ${broken.id} is not whole.`);
}

/** False of the data of a version that had no files yet. */
export async function hasFiles(sql: postgres.Sql): Promise<boolean> {
  const [row] = await sql<{ has: boolean }[]>`select to_regclass('files') is not null as has`;
  return row!.has;
}

async function checkFiles(sql: postgres.Sql, filesDir: string): Promise<number> {
  if (!(await hasFiles(sql))) return 0;
  const store = await DiskStore.open(filesDir);
  let count = 0;
  for (let after = 0; ; ) {
    const rows = await sql<{ id: number; key: string; size: number; object: string }[]>`
      select id, key, size, parts[1] as object from files where state = 'ready' and id > ${after} order by id limit ${BITE}`;
    for (const { id, key, size, object } of rows) {
      const found = await stat(store.pathOf(key, object)).catch(() => null);
      if (found?.size !== Number(size)) throw new StartupError(`The copy of file ${id} is not whole.`);
    }
    count += rows.length;
    if (rows.length < BITE) return count;
    after = Number(rows.at(-1)!.id);
  }
}
