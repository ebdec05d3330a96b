// `bun run restore DIR`: puts a backup where the server looks for its data, which must have no database yet. The copy is checked, brought
// up to this version and given a new epoch before it is moved into place.
import { existsSync } from "node:fs";
import { chmod, mkdir, rename, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Config } from "../config.ts";
import { openDatabase, prepareDatabase } from "../db/client.ts";
import { accountFor } from "../db/embedded/account.ts";
import { chooseDataDir } from "../db/embedded/postgres.ts";
import { StartupError } from "../lib/startup-error.ts";
import { checkContents } from "./check.ts";
import { clearDrafts, makeDraft } from "./draft.ts";
import { beginHistory } from "./history.ts";
import { readManifest } from "./manifest.ts";
import { type Cleanups, runCommand } from "./run-command.ts";
import { withStartedCopy } from "./started-copy.ts";
import { copyTree, syncAll } from "./tree.ts";

/** In the order in which they are moved into place: with the last one, the server finds its data. */
const PARTS = ["files", "jwt-secret", "postgres-password", "postgres"];

async function restore(config: Config, argument: string, cleanups: Cleanups): Promise<string> {
  if (config.databaseUrl)
    throw new StartupError(
      "DATABASE_URL names a PostgreSQL of its own; restore that with its tools, such as pg_restore.",
    );
  const backup = resolve(argument);
  const manifest = await readManifest(backup);
  const dataDir = await chooseDataDir(config.dataDir);
  // Drafts are made inside, as the directory itself may be a mount point.
  const place = join(dataDir, "restore");
  const wasInterrupted = (await clearDrafts(place)) > 0;
  for (const part of PARTS)
    if (existsSync(join(dataDir, part)) && (part === "postgres" || !wasInterrupted))
      throw new StartupError(
        `There is data in ${dataDir} already: stop its server and move the directory away, or name another DATA_DIR.`,
      );

  const draft = makeDraft(place, cleanups);
  if (accountFor(join(backup, "postgres"))) await chmod(draft, 0o711);
  await copyTree(backup, draft);
  console.log("Copied; starting the copy to check it and to bring it up to date.");
  const { contents, ended } = await withStartedCopy(draft, cleanups, async (admin, target) => {
    const found = await checkContents(admin, manifest.files_elsewhere ? null : join(draft, "files"));
    await prepareDatabase(target);
    const { sql } = openDatabase(target);
    const count = await beginHistory(sql);
    await sql.end({ timeout: 1 });
    return { contents: found, ended: count };
  });
  syncAll();
  await mkdir(dataDir, { recursive: true });
  for (const part of PARTS) {
    if (!existsSync(join(draft, part))) continue;
    await rm(join(dataDir, part), { recursive: true, force: true });
    await rename(join(draft, part), join(dataDir, part));
  }
  return [
    `Restored to ${dataDir}: ${contents.messages} messages, ${contents.users} users, ${contents.files} files, as of ${manifest.taken_at}.`,
    `It has a new epoch, and ${ended} sessions were ended: everyone logs in again. Start the server as usual.`,
    ...(manifest.files_elsewhere ? ["Uploaded files are in the bucket of FILES_URL; set it as before."] : []),
    ...(manifest.secret_elsewhere ? ["JWT_SECRET was set and is not in the backup; set it as before."] : []),
  ].join("\n");
}

runCommand("restore DIR", restore);
