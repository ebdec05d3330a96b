// The role that a server uses on its own PostgreSQL: the owner of its database and nothing more, so that whoever gets to run statements
// through the server gets neither at its machine's files nor at other roles. The superuser is left to what looks after the cluster.
import postgres from "postgres";
import type { EmbeddedPostgres } from "./postgres.ts";

export const SERVER_ROLE = "chat_server";
// Longer than a killed predecessor's session takes to end.
const LOCK_TIMEOUT_MS = 10_000;

type Target = ReturnType<EmbeddedPostgres["target"]>;

/**
 * How the server reaches the database, which must exist, as its owner. What a former version, a restore or a move left to the superuser
 * becomes the role's.
 */
export async function targetOfServer(embedded: EmbeddedPostgres, database: string): Promise<Target> {
  const { socket, ...login } = embedded.target(database);
  const sql = postgres({
    ...login,
    path: socket,
    max: 1,
    fetch_types: false,
    onnotice: () => {},
    connection: { application_name: "realtime-chat owner", lock_timeout: LOCK_TIMEOUT_MS },
  });
  try {
    const [role] = await sql`select 1 from pg_roles where rolname = ${SERVER_ROLE}`;
    if (!role) await sql.unsafe(`create role ${SERVER_ROLE}`);
    // (The password is of letters that need no quoting. Set each time: the file may have been replaced, as after a restore.)
    await sql.unsafe(
      `alter role ${SERVER_ROLE} login nosuperuser nocreatedb nocreaterole noreplication password '${login.password}'`,
    );
    for (const { command } of await sql<{ command: string }[]>`${sql.unsafe(TRANSFERS)}`) await sql.unsafe(command);
  } finally {
    await sql.end({ timeout: 1 });
  }
  return { socket, ...login, user: SERVER_ROLE };
}

/** Commands that hand over what belongs to another role. `public` belongs to whoever owns the database. */
const TRANSFERS = `
  with spaces as (
    select oid, nspname, nspowner from pg_namespace
    where nspname !~ '^pg_' and nspname not in ('information_schema', 'public')
  ), owned as (select oid from spaces union all select 'public'::regnamespace)
  select format('alter database %I owner to ${SERVER_ROLE}', datname) as command from pg_database
  where datname = current_database() and datdba <> '${SERVER_ROLE}'::regrole
  union all
  select format('alter schema %I owner to ${SERVER_ROLE}', nspname) from spaces where nspowner <> '${SERVER_ROLE}'::regrole
  union all
  select format('alter %s %s owner to ${SERVER_ROLE}',
    case c.relkind when 'S' then 'sequence' when 'v' then 'view' when 'm' then 'materialized view' else 'table' end,
    c.oid::regclass)
  from pg_class c join owned on owned.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'S', 'v', 'm') and c.relowner <> '${SERVER_ROLE}'::regrole
    -- Sequences of columns go along with their tables.
    and not exists (
      select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype in ('a', 'i'))
  union all
  select format('alter routine %s owner to ${SERVER_ROLE}', p.oid::regprocedure)
  from pg_proc p join owned on owned.oid = p.pronamespace
  where p.proowner <> '${SERVER_ROLE}'::regrole`;
