// Explains why the data directory can't be written: by the error's code, by PostgreSQL's output, or by how much space is left.
import { readFileSync, statfsSync } from "node:fs";
import { StartupError } from "../lib/startup-error.ts";

// Below this PostgreSQL does not start, and often can't even log why: its log is on the same disk.
const MIN_FREE_BYTES = 8 * 1024 * 1024;

const REASONS: [pattern: RegExp, reason: string][] = [
  [/ENOSPC|No space left on device/, "the disk is full"],
  [/EDQUOT|Disk quota exceeded/, "the disk quota is used up"],
  [/EROFS|Read-only file system/, "the file system is read-only"],
  [/EACCES|EPERM|Permission denied|Operation not permitted/, "this user may not write there"],
];

/** An error that explains a failure by the disk of the data directory; null when the disk is not the cause. `log` is a path. */
export function diskError(
  dataDir: string,
  { error, text, log }: { error?: unknown; text?: string; log?: string },
): StartupError | null {
  const output = [(error as { code?: string } | undefined)?.code, text, log && read(log)].join("\n");
  const reason = isFull(dataDir) ? "the disk is full" : REASONS.find(([pattern]) => pattern.test(output))?.[1];
  return reason ? new StartupError(`The data directory ${dataDir} can't be used: ${reason}.`, { cause: error }) : null;
}

function isFull(dataDir: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(dataDir);
    return bavail * bsize < MIN_FREE_BYTES;
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
