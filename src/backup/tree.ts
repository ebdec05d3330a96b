// Copies of directories that somebody writes to at the same time.
import { spawnSync } from "node:child_process";
import { chownSync, constants } from "node:fs";
import { chmod, copyFile, lstat, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { errorCode } from "../lib/error-code.ts";
import { StartupError } from "../lib/startup-error.ts";

export interface CopyOptions {
  /** Whether an entry belongs to the copy; `path` is relative to the root, with slashes. */
  includes?: (path: string) => boolean;
}

/**
 * Copies a directory with the owners and modes of its entries. What vanishes meanwhile is left out, and what is there already with the
 * same size is kept. Only files and directories are copied.
 */
export async function copyTree(from: string, to: string, { includes = () => true }: CopyOptions = {}): Promise<void> {
  await copyDirectory("");

  async function copyDirectory(path: string) {
    const source = join(from, path);
    const entries = await ifPresent(readdir(source, { withFileTypes: true }));
    const about = await ifPresent(lstat(source));
    if (!entries || !about) return;
    const target = join(to, path);
    await mkdir(target).catch((error) => {
      if (errorCode(error) !== "EEXIST") throw error;
    });
    await own(target, about);
    for (const entry of entries) {
      const inner = path === "" ? entry.name : `${path}/${entry.name}`;
      if (!includes(inner)) continue;
      if (entry.isDirectory()) await copyDirectory(inner);
      else if (entry.isFile()) await copyOne(inner);
    }
  }

  async function copyOne(path: string) {
    const [source, target] = [join(from, path), join(to, path)];
    const about = await ifPresent(lstat(source));
    if (!about) return;
    const there = await ifPresent(lstat(target));
    if (there?.size !== about.size || about.size === 0) {
      // A clone that shares the blocks, where the file system can.
      const done = await ifPresent(copyFile(source, target, constants.COPYFILE_FICLONE).then(() => true));
      if (!done) return;
      await own(target, about);
    }
  }
}

/** The bytes of all files in a directory. */
export async function sizeOf(dir: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(dir, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) bytes += (await lstat(join(entry.parentPath, entry.name))).size;
  return bytes;
}

/** Waits until what was written is on disk. */
export function syncAll() {
  if (spawnSync("sync").status !== 0)
    throw new StartupError('The program "sync" can\'t be run, which everything needs that is to survive a power cut.');
}

/** Copies one file, as `copyTree` does. */
export async function copyWithOwner(from: string, to: string) {
  const about = await lstat(from);
  await copyFile(from, to, constants.COPYFILE_FICLONE);
  await own(to, about);
}

async function own(path: string, { uid, gid, mode }: { uid: number; gid: number; mode: number }) {
  if (process.getuid?.() === 0) chownSync(path, uid, gid);
  await chmod(path, mode & 0o7777);
}

/** What a call gives, or null when the file has vanished. */
const ifPresent = <T>(call: Promise<T>): Promise<T | null> =>
  call.catch((error) => {
    if (errorCode(error) === "ENOENT") return null;
    throw error;
  });
