// A directory for what tests write to all the time and nobody needs afterwards.
import { chmod, mkdtemp, readFile, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

// On Linux, a directory that is memory. In containers it is often too small, or nothing may be run in it.
const MEMORY = "/dev/shm";
// Several times what the tests that run at once put there.
const MEMORY_BYTES = 4 * 2 ** 30;

/** A new one that the database's user may enter: in memory where that will do, for on a slow disk nothing responds in time. */
export async function newMemoryDir(prefix: string): Promise<string> {
  const dir = await mkdtemp(join((await isMemoryUsable()) ? MEMORY : tmpdir(), prefix));
  await chmod(dir, 0o755);
  return dir;
}

async function isMemoryUsable(): Promise<boolean> {
  try {
    const mounts = await readFile("/proc/mounts", "utf8");
    const [, options] = new RegExp(`^\\S+ ${MEMORY} tmpfs (\\S+) `, "m").exec(mounts) ?? [];
    const { bavail, bsize } = await statfs(MEMORY);
    return options !== undefined && !options.split(",").includes("noexec") && bavail * bsize >= MEMORY_BYTES;
  } catch {
    return false;
  }
}
