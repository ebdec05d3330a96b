// The tables of a database as they are copied to another one: which they are, in which order, and what their rows add up to.
import type { TransactionSql } from "postgres";
import { StartupError } from "../lib/startup-error.ts";

type Sql = TransactionSql<{ bigint: number }>;

export interface Table {
  name: string;
  /** Quoted, separated by commas. */
  columns: string;
}

/** What belongs to servers that run, and what every database has of its own. */
const LEFT_OUT = ["nodes", "online", "attempt_windows", "compatibility"];

/** All tables, each after those that its rows point to. */
export async function tablesOf(sql: Sql): Promise<Table[]> {
  const tables = await sql<Table[]>`
    select c.relname as name, string_agg(quote_ident(a.attname), ', ' order by a.attname) as columns
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
    where c.relkind in ('r', 'p') and c.relnamespace = current_schema()::regnamespace and c.relname <> all (${LEFT_OUT})
    group by c.relname order by c.relname`;
  const references = await sql<{ from: string; to: string }[]>`
    select distinct conrelid::regclass::text as "from", confrelid::regclass::text as "to"
    from pg_constraint where contype = 'f' and conrelid <> confrelid`;
  const sorted: Table[] = [];
  for (let left = tables.slice(); left.length > 0; ) {
    const names = new Set(left.map(({ name }) => name));
    const isWaiting = ({ name }: Table) => references.some(({ from, to }) => from === name && names.has(to));
    const next = left.filter((table) => !isWaiting(table));
    if (next.length === 0) throw new StartupError("The tables point to each other in a circle.");
    sorted.push(...next);
    left = left.filter(isWaiting);
  }
  return sorted;
}

/** How many rows a table has, and two sums over a hash of each: the same for the same rows, in whatever order. */
export async function sumOf(sql: Sql, { name, columns }: Table): Promise<string> {
  const [row] = await sql.unsafe<{ sum: string }[]>(`
    select concat_ws(' ', count(*), sum(('x' || left(hash, 16))::bit(64)::bigint), sum(('x' || right(hash, 16))::bit(64)::bigint)) as sum
    from (select md5(row(${columns})::text) as hash from "${name}") hashed`);
  return row!.sum;
}

/** Has each id go on where it stood in the other database. */
export async function copySequences(from: Sql, to: Sql): Promise<void> {
  const sequences = await from<{ name: string }[]>`
    select quote_ident(relname) as name from pg_class where relkind = 'S' and relnamespace = current_schema()::regnamespace`;
  for (const { name } of sequences) {
    const [state] = await from.unsafe<{ last: string; is_called: boolean }[]>(
      `select last_value::text as last, is_called from ${name}`,
    );
    await to`select setval(${name}::text::regclass, ${state!.last}::text::bigint, ${state!.is_called})`;
  }
}
