// As whom the embedded PostgreSQL runs. It refuses to run as root, so root hands it to an account without privileges.
import { spawnSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { StartupError } from "../../lib/startup-error.ts";

/** An account for child processes; null stands for "whoever we are". */
export interface Account {
  name: string;
  uid: number;
  gid: number;
  ids: { uid: number; gid: number };
}

const NAME = "postgres";

/**
 * The account for the cluster in `clusterDir`: null for an ordinary user; for root the one that owns the cluster, else
 * the system's `postgres`, which is created if need be.
 */
export function accountFor(clusterDir: string): Account | null {
  const me = process.getuid?.();
  const owner = statSync(clusterDir, { throwIfNoEntry: false });
  if (me === undefined || me !== 0) {
    if (owner && me !== undefined && owner.uid !== me) {
      throw new StartupError(`The data in ${clusterDir} belongs to another user of this machine.`);
    }
    return null;
  }
  if (owner && owner.uid !== 0) return account(`#${owner.uid}`, owner.uid, owner.gid);
  const known = lookUp();
  if (known) return known;
  spawnSync("useradd", ["--system", "--no-create-home", "--user-group", NAME]);
  const made = lookUp();
  if (!made) {
    throw new StartupError(
      "PostgreSQL may not run as root, and no user for it could be created: start the server as an ordinary user, or set DATABASE_URL.",
    );
  }
  return made;
}

/** Whether the account may enter a directory or run a file. */
export function canReach(who: Account, path: string): boolean {
  return spawnSync("test", ["-x", path], { ...who.ids, cwd: "/" }).status === 0;
}

function lookUp(): Account | null {
  const line = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .find((entry) => entry.startsWith(`${NAME}:`));
  const [, , uid, gid] = line?.split(":") ?? [];
  return uid && gid ? account(NAME, Number(uid), Number(gid)) : null;
}

const account = (name: string, uid: number, gid: number): Account => ({ name, uid, gid, ids: { uid, gid } });
