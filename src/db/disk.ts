// Why the data directory can't be written, in words: by the error's code, by what PostgreSQL said, or by how much room is left.
import { readFileSync, statfsSync } from "node:fs";
import { StartupError } from "../lib/startup-error.ts";

// Below this PostgreSQL does not start, and often can't even say so: its log is on the same disk.
const LEAST_FREE = 8 * 1024 * 1024;

const REASONS: [what: RegExp, why: string][] = [
  [/ENOSPC|No space left on device/, "the disk is full"],
  [/EDQUOT|Disk quota exceeded/, "the disk quota is used up"],
  [/EROFS|Read-only file system/, "the file system is read-only"],
  [/EACCES|EPERM|Permission denied|Operation not permitted/, "this user may not write there"],
];

/** The sentence for a failure in the data directory; null when its disk has no part in it. `said` is what PostgreSQL said. */
export function diskRefusal(
  dataDir: string,
  said: { error?: unknown; text?: string; log?: string },
): StartupError | null {
  const text = [(said.error as { code?: string } | undefined)?.code, said.text, said.log && read(said.log)].join("\n");
  const why = isFull(dataDir) ? "the disk is full" : REASONS.find(([what]) => what.test(text))?.[1];
  return why ? new StartupError(`The data directory ${dataDir} can't be used: ${why}.`, { cause: said.error }) : null;
}

function isFull(dataDir: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(dataDir);
    return bavail * bsize < LEAST_FREE;
  } catch {
    return false;
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
