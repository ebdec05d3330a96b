// A consistent copy of a running cluster, by PostgreSQL's own protocol for base backups: what is copied between pg_backup_start and
// pg_backup_stop may be torn, and is made whole by the write-ahead log of that time when the copy is first started.
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type postgres from "postgres";
import { StartupError } from "../lib/startup-error.ts";
import { copyTree, copyWithOwner } from "./tree.ts";

/** Directories whose content belongs to the running server alone. */
const EMPTY = /^(pg_wal|pg_replslot|pg_dynshmem|pg_notify|pg_serial|pg_snapshots|pg_stat_tmp|pg_subtrans)\//;
const LEFT_OUT =
  /(^|\/)(postmaster\.(pid|opts)|backup_label(\.old)?|tablespace_map|pg_internal\.init(\.\d+)?|pgsql_tmp[^/]*)$/;
/** Copied last: it says from where recovery starts. */
const CONTROL = "global/pg_control";
const SEGMENT = /^[0-9A-F]{24}$/;

/** Copies the cluster in `from` to `to`, on a session of its own as superuser; returns the moment up to which everything is in the copy. */
export async function copyCluster(sql: postgres.ReservedSql, from: string, to: string): Promise<string> {
  // Temporary: it keeps the log of the copy's time, and goes with this session however that ends.
  await sql`select pg_create_physical_replication_slot('backup_' || pg_backend_pid(), true, true)`;
  await sql`select pg_backup_start('realtime-chat', true)`;
  await copyTree(from, to, {
    includes: (path) => path !== CONTROL && !LEFT_OUT.test(path) && !EMPTY.test(path),
  });
  await copyWithOwner(join(from, CONTROL), join(to, CONTROL));
  const takenAt = new Date().toISOString();
  const [stop] = await sql<{ label: string; last: string }[]>`
    select labelfile as label, pg_walfile_name(lsn) as last from pg_backup_stop(false)`;
  await copyLog(join(from, "pg_wal"), join(to, "pg_wal"), stop!);
  // The owner of the copy has to read it.
  const label = join(to, "backup_label");
  await copyWithOwner(join(from, "PG_VERSION"), label);
  await writeFile(label, stop!.label);
  return takenAt;
}

/** The segments from the one that the label names to the last one. */
async function copyLog(from: string, to: string, { label, last }: { label: string; last: string }) {
  const first = /\(file ([0-9A-F]{24})\)/.exec(label)?.[1];
  if (!first) throw new StartupError("PostgreSQL's backup label names no segment of its log.");
  for (const name of await readdir(from))
    if (name.endsWith(".history") || (SEGMENT.test(name) && name >= first && name <= last))
      await copyWithOwner(join(from, name), join(to, name));
}
