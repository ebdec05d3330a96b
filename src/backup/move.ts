// `bun run move-to postgres://…` or `bun run move-to DIR`: copies the server's database to another PostgreSQL, the embedded one to an
// external one or back, and compares what arrived with what was sent. The server must be stopped; the data stays where it was.
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import type { TransactionSql } from "postgres";
import type { Config } from "../config.ts";
import { type DatabaseTarget, prepareDatabase } from "../db/client.ts";
import { connect, type SqlClient } from "../db/connect.ts";
import { chooseDataDir, startEmbedded } from "../db/embedded/postgres.ts";
import { toStartupError } from "../db/start-errors.ts";
import { DATABASE } from "../db/storage.ts";
import { errorCode } from "../lib/error-code.ts";
import { StartupError } from "../lib/startup-error.ts";
import { type Cleanups, runCommand } from "./run-command.ts";
import { copySequences, sumOf, type Table, tablesOf } from "./tables.ts";
import { copyTree } from "./tree.ts";

type Sql = TransactionSql<{ bigint: number }>;

/** A large table takes its time. */
const SETTINGS = { statement_timeout: "0", lock_timeout: "0", idle_in_transaction_session_timeout: "0" };

async function move(config: Config, argument: string, cleanups: Cleanups): Promise<string> {
  const isOut = /^postgres(ql)?:\/\//.test(argument);
  if (isOut === (config.databaseUrl !== undefined))
    throw new StartupError(
      isOut
        ? "DATABASE_URL is set: the database is external already. Unset it to move the one in DATA_DIR."
        : "Name a postgres:// address to move to, or set DATABASE_URL to the database that moves into the directory.",
    );
  const embeddedDir = isOut ? await chooseDataDir(config.dataDir) : await chooseDataDir(resolve(argument));
  const isThere = existsSync(join(embeddedDir, "postgres", "PG_VERSION"));
  if (isOut && !isThere) throw new StartupError(`There is no database in ${embeddedDir}.`);
  if (!isOut && isThere) throw new StartupError(`There is a database in ${embeddedDir} already.`);

  const embedded = await startEmbedded(embeddedDir);
  cleanups.push(() => embedded.stop());
  await embedded.createDatabase(DATABASE);
  const ours = embedded.target(DATABASE);
  const [source, target]: DatabaseTarget[] = isOut ? [ours, argument] : [config.databaseUrl!, ours];
  await prepareDatabase(source!);
  await prepareDatabase(target!);
  const [from, to] = [open(source!, cleanups), open(target!, cleanups)];
  const rows = await copyDatabase(from, to).catch((error) => {
    throw errorCode(error) ? toStartupError(error) : error;
  });
  if (!isOut && !config.filesUrl) await copyTree(config.filesDir, join(embeddedDir, "files"));
  return isOut
    ? `Moved ${rows} rows, each compared. Start the server with DATABASE_URL, and with JWT_SECRET as in ${join(embeddedDir, "jwt-secret")}, so that nobody has to log in again. Uploaded files stay in ${join(embeddedDir, "files")}; the former database does, too, until you remove it.`
    : `Moved ${rows} rows, each compared. Start the server without DATABASE_URL, with DATA_DIR=${embeddedDir} and with JWT_SECRET as before. The former database stays as it is.`;
}

function open(target: DatabaseTarget, cleanups: Cleanups): SqlClient {
  const sql = connect(target, { max: 1, name: "move-to", settings: SETTINGS });
  cleanups.push(() => sql.end({ timeout: 1 }));
  return sql;
}

/** Copies all rows in one transaction of either side; returns how many. Nothing has happened if it throws. */
function copyDatabase(from: SqlClient, to: SqlClient): Promise<number> {
  return from.begin("isolation level repeatable read", async (source) => {
    await requireStopped(source);
    const tables = await tablesOf(source);
    await source.unsafe(`lock table ${tables.map(({ name }) => `"${name}"`).join(", ")} in share mode`);
    return to.begin(async (target) => {
      await requireEmpty(target);
      // The audit log, which is empty, may not even be emptied.
      const others = tables.filter(({ name }) => name !== "audit_log");
      await target.unsafe(`truncate ${others.map(({ name }) => `"${name}"`).join(", ")} cascade`);
      let rows = 0;
      for (const table of tables) rows += await copyTable(source, target, table);
      await copySequences(source, target);
      return rows;
    }) as Promise<number>;
  }) as Promise<number>;
}

async function copyTable(source: Sql, target: Sql, table: Table): Promise<number> {
  const { name, columns } = table;
  const rows = await source.unsafe(`copy "${name}" (${columns}) to stdout`).readable();
  await pipeline(rows, await target.unsafe(`copy "${name}" (${columns}) from stdin`).writable());
  const [sent, arrived] = [await sumOf(source, table), await sumOf(target, table)];
  if (sent !== arrived) throw new StartupError(`What arrived of the table ${name} is not what was sent.`);
  return Number(sent.split(" ")[0]);
}

/** Whoever has connected as a server would write to the database that is left behind. */
async function requireStopped(source: Sql) {
  const [server] = await source`
    select from pg_stat_activity where datname = current_database() and application_name like 'realtime-chat%'
      and application_name <> 'realtime-chat owner'`;
  if (server) throw new StartupError("A server is running on the database; stop it first.");
}

async function requireEmpty(target: Sql) {
  const [row] = await target`select from users union all select from audit_log limit 1`;
  if (row) throw new StartupError("The database to move to holds data already.");
}

runCommand("move-to postgres://user:password@host/name | DIR", move);
