// What the embedded PostgreSQL needs on disk before it can start: its cluster and its secrets. Each appears whole and synced or
// not at all, so that a kill or a power cut in between leaves nothing half made.
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chownSync, existsSync } from "node:fs";
import { link, mkdtemp, open, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { StartupError } from "../../lib/startup-error.ts";
import { diskError } from "../disk.ts";
import type { Account } from "./account.ts";

const DRAFT = ".new-";

/** A random secret kept in a file that only its owner may read; made on first use. */
export async function secretFile(path: string): Promise<string> {
  if (!existsSync(path)) {
    await makeSecret(path).catch((error) => {
      throw diskError(dirname(path), { error }) ?? new StartupError(`${path} can't be written (${error.code}).`);
    });
  }
  const secret = await readFile(path, "utf8").catch(() => "");
  if (secret.length < 32) throw new StartupError(`${path} can't be read, or is damaged.`);
  return secret;
}

async function makeSecret(path: string) {
  const draft = `${path}${DRAFT}${randomBytes(6).toString("hex")}`;
  try {
    const file = await open(draft, "wx", 0o600);
    await file.writeFile(randomBytes(32).toString("base64url"));
    await file.sync();
    await file.close();
    // Unlike a rename it does not replace what another process has put there meanwhile.
    await link(draft, path).catch((error) => {
      if (error.code !== "EEXIST") throw error;
    });
    await syncDir(dirname(path));
  } finally {
    await rm(draft, { force: true });
  }
}

/** initdb into a directory beside, moved into place when whole. */
export async function makeCluster(
  initdb: string,
  clusterDir: string,
  login: { user: string; password: string },
  account: Account | null,
  onCreate?: () => unknown,
): Promise<void> {
  if ((await readdir(clusterDir).catch(() => [])).length > 0) {
    throw new StartupError(
      `${clusterDir} holds something else than a database; move it away, or choose another DATA_DIR.`,
    );
  }
  const draft = await mkdtemp(`${clusterDir}${DRAFT}`);
  try {
    onCreate?.();
    await fillDraft(initdb, draft, login, account);
    await rename(join(draft, "cluster"), clusterDir);
    await syncDir(dirname(clusterDir));
  } catch (error) {
    // Another server that was started at the same time was faster. Which of them may serve is decided later.
    if (!existsSync(join(clusterDir, "PG_VERSION"))) throw error;
  } finally {
    await rm(draft, { recursive: true, force: true }).catch(() => {});
  }
}

/** Removes what killed processes left behind while they made a cluster. Only for who owns the cluster. */
export async function clearDrafts(clusterDir: string): Promise<void> {
  const dir = dirname(clusterDir);
  for (const name of await readdir(dir)) {
    if (!name.startsWith(`${basename(clusterDir)}${DRAFT}`)) continue;
    // An initdb that outlived its server may still be at work in it; then it goes next time.
    await rm(join(dir, name), { recursive: true, force: true }).catch(() => {});
  }
}

async function fillDraft(
  initdb: string,
  draft: string,
  { user, password }: { user: string; password: string },
  account: Account | null,
) {
  const passwordFile = join(draft, "password");
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (account) for (const path of [draft, passwordFile]) chownSync(path, account.uid, account.gid);
  const options = [
    `--pgdata=${join(draft, "cluster")}`,
    `--username=${user}`,
    `--pwfile=${passwordFile}`,
    "--auth=scram-sha-256",
    // In MB. A new segment is filled with zeros first, and all commits wait for it: 15 ms for the usual 16 MB, one for this.
    "--wal-segsize=1",
    "--encoding=UTF8",
    // No locale of the machine's: sorting must not change when the data moves to another one.
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
  ];
  const run = spawnSync(initdb, options, {
    ...account?.ids,
    cwd: draft,
    encoding: "utf8",
    env: { ...process.env, LC_ALL: "C" },
  });
  if (run.status !== 0) {
    const refusal = diskError(dirname(draft), { text: run.stderr });
    if (refusal) throw refusal;
    const why = (run.stderr || run.error?.message || "").trim().split("\n").at(-1);
    throw new StartupError(`The database could not be created: ${why || "initdb failed"}.`);
  }
}

async function syncDir(path: string) {
  const dir = await open(path, "r");
  await dir.sync().catch(() => {}); // Some file systems have no such thing.
  await dir.close();
}
