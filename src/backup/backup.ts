// `bun run backup DIR`: a backup of the data directory, whose server may go on running. It is started to verify it, and is in DIR only
// when that went well.
import { existsSync } from "node:fs";
import { chmod, rename } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { Config } from "../config.ts";
import { accountFor, canReach } from "../db/embedded/account.ts";
import { chooseDataDir, startEmbedded } from "../db/embedded/postgres.ts";
import { connectRunning } from "../db/embedded/running.ts";
import { DATABASE } from "../db/storage.ts";
import { holdRemovals } from "../files/removals.ts";
import { StartupError } from "../lib/startup-error.ts";
import { checkContents } from "./check.ts";
import { copyCluster } from "./cluster-copy.ts";
import { clearDrafts, makeDraft } from "./draft.ts";
import { dropUnfinished } from "./files.ts";
import { type Manifest, writeManifest } from "./manifest.ts";
import { type Cleanups, runCommand } from "./run-command.ts";
import { withStartedCopy } from "./started-copy.ts";
import { copyTree, copyWithOwner, sizeOf, syncAll } from "./tree.ts";

/** What the data directory holds beside the database and the files. */
const SECRETS = ["postgres-password", "jwt-secret"];

async function backUp(config: Config, argument: string, cleanups: Cleanups): Promise<string> {
  const dir = resolve(argument);
  const dataDir = await findData(config);
  if (existsSync(dir)) throw new StartupError(`${dir} exists already; name a new directory for each backup.`);
  if (!existsSync(dirname(dir))) throw new StartupError(`${dirname(dir)} does not exist.`);
  const account = accountFor(join(dataDir, "postgres"));
  if (account && !canReach(account, dirname(dir)))
    throw new StartupError(`The database runs as the user ${account.name}, who may not enter ${dirname(dir)}.`);
  if ((await clearDrafts(dir)) > 0) console.log("Removed what an interrupted backup had left behind.");

  const draft = makeDraft(dir, cleanups);
  if (account) await chmod(draft, 0o711);
  const takenAt = await copyData(dataDir, draft, cleanups);
  console.log("Copied; starting the copy to verify it.");
  const filesDir = config.filesUrl ? null : join(draft, "files");
  const contents = await withStartedCopy(draft, cleanups, async (sql) => {
    await dropUnfinished(sql, filesDir);
    return checkContents(sql, filesDir);
  });
  const manifest: Manifest = {
    format: 1,
    taken_at: takenAt,
    ...contents,
    size: await sizeOf(draft),
    files_elsewhere: config.filesUrl !== undefined,
    secret_elsewhere: config.jwtSecret !== undefined,
  };
  await writeManifest(draft, manifest);
  syncAll();
  await rename(draft, dir);
  cleanups.length = 0;
  return [
    `The backup is in ${dir}: ${manifest.messages} messages, ${manifest.users} users, ${manifest.files} files; ${(manifest.size / 1e6).toFixed(0)} MB.`,
    ...(manifest.files_elsewhere ? ["Uploaded files are in the bucket of FILES_URL, and not in the backup."] : []),
    ...(manifest.secret_elsewhere ? ["JWT_SECRET is not in the backup; keep it as well."] : []),
  ].join("\n");
}

async function findData(config: Config): Promise<string> {
  if (config.databaseUrl)
    throw new StartupError("DATABASE_URL names a PostgreSQL of its own; back it up with its tools, such as pg_dump.");
  const dataDir = await chooseDataDir(config.dataDir);
  if (!existsSync(join(dataDir, "postgres", "PG_VERSION")))
    throw new StartupError(`There is no database in ${dataDir}.`);
  return dataDir;
}

/** Copies database, files and secrets; returns the moment up to which everything is in the copy. */
async function copyData(dataDir: string, draft: string, cleanups: Cleanups): Promise<string> {
  const sql = await openData(dataDir, cleanups);
  const session = await sql.reserve();
  await holdRemovals(session);
  const copyFiles = () => copyTree(join(dataDir, "files"), join(draft, "files"));
  // Most of them before, so that what is left for the end takes little time.
  await copyFiles();
  const takenAt = await copyCluster(session, join(dataDir, "postgres"), join(draft, "postgres"));
  await copyFiles();
  for (const name of SECRETS)
    if (existsSync(join(dataDir, name))) await copyWithOwner(join(dataDir, name), join(draft, name));
  await cleanups.pop()!();
  return takenAt;
}

/** Connects to the PostgreSQL of a running server; starts one where none runs. The last of `cleanups` ends either. */
async function openData(dataDir: string, cleanups: Cleanups) {
  const running = await connectRunning(dataDir, DATABASE);
  if (running) {
    cleanups.push(() => running.end({ timeout: 1 }));
    return running;
  }
  const embedded = await startEmbedded(dataDir);
  const sql = await connectRunning(dataDir, DATABASE);
  cleanups.push(async () => {
    await sql?.end({ timeout: 1 });
    await embedded.stop();
  });
  if (!sql) throw new StartupError(`The database in ${dataDir} has stopped.`);
  return sql;
}

runCommand("backup DIR", backUp);
