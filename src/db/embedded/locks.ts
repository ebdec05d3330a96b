// PostgreSQL's lock files, and the processes that they name.
import { readFileSync, rmSync } from "node:fs";

/** The lines of a lock file of the cluster's, the first a process id; null when nobody holds it. */
export function readLock(path: string, clusterDir: string): string[] | null {
  const lines = read(path)?.split("\n") ?? [];
  return isServing(Number(lines[0]), clusterDir) ? lines : null;
}

/**
 * Removes a lock file that nobody holds. PostgreSQL itself does so, but not when the number of the dead process now belongs to
 * another program of the same user, or when its parent has not yet asked how it ended.
 */
export function clearLock(path: string, clusterDir: string) {
  // In one go, without letting anything else happen in between: the next postmaster must not lose a lock that it has just taken.
  const pid = Number(read(path)?.split("\n")[0]);
  if (pid && !isServing(pid, clusterDir)) rmSync(path, { force: true });
}

/**
 * Whether this process is a postmaster of the cluster; where nobody can tell, any process is taken for one. A dead one whose
 * parent has not asked after it yet has no command line any more.
 */
export function isServing(pid: number, clusterDir: string): boolean {
  if (!pid || !isAlive(pid)) return false;
  return read(`/proc/${pid}/cmdline`)?.includes(clusterDir) ?? isAlive(pid);
}

export function signal(pid: number, name: NodeJS.Signals) {
  try {
    process.kill(pid, name);
  } catch {
    // Gone already.
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function read(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
