// Files in a directory of this machine, or in one that several servers share.
import { mkdir, open, readdir, rm, rmdir, statfs } from "node:fs/promises";
import { join, resolve } from "node:path";
import { errorCode } from "../lib/error-code.ts";
import { ChatError } from "../lib/errors.ts";
import { StartupError } from "../lib/startup-error.ts";
import { filesUnavailable } from "../protocol/refusals.ts";
import type { FileStore, ObjectWriter } from "./store.ts";

/** The share of the disk that uploads leave free: PostgreSQL stops when it is full. */
const MIN_FREE = 0.05;
/**
 * How much is written before it is synced, in bytes. A sync waits for all that is on its way to the disk, also that of PostgreSQL, which
 * messages wait for: 15 MB at once nearly doubled its p99, pieces of this size did not show.
 */
const SYNC_SIZE = 4 * 1024 ** 2;
/** Readable by the server's user alone. */
const DIRECTORY_MODE = 0o700;
const FILE_MODE = 0o600;

export class DiskStore implements FileStore {
  private constructor(private readonly dir: string) {}

  /** Throws a StartupError when the directory can't be written. */
  static async open(dir: string): Promise<DiskStore> {
    const path = resolve(dir);
    try {
      await mkdir(path, { recursive: true, mode: DIRECTORY_MODE });
    } catch (error) {
      throw new StartupError(`The directory of files ${path} can't be used (${errorCode(error)}).`, { cause: error });
    }
    return new DiskStore(path);
  }

  get where() {
    return `in ${this.dir}`;
  }

  async requireSpace() {
    const { bavail, blocks } = await statfs(this.dir);
    if (bavail < blocks * MIN_FREE) throw new ChatError(filesUnavailable);
  }

  async create(key: string, name: string): Promise<ObjectWriter> {
    await mkdir(this.dirOf(key), { recursive: true, mode: DIRECTORY_MODE });
    const path = join(this.dirOf(key), name);
    const file = await open(path, "w", FILE_MODE);
    let unsynced = 0;
    return {
      async write(chunk) {
        for (let at = 0; at < chunk.byteLength; ) at += (await file.write(chunk, at)).bytesWritten;
        unsynced += chunk.byteLength;
        if (unsynced < SYNC_SIZE) return;
        await file.datasync();
        unsynced = 0;
      },
      async end() {
        // What is told to be there must outlive a power cut.
        await file.datasync();
        await file.close();
      },
      async discard() {
        await file.close().catch(() => {});
        await rm(path, { force: true }).catch(() => {});
      },
    };
  }

  object(key: string, name: string) {
    return Bun.file(this.pathOf(key, name));
  }

  pathOf(key: string, name: string) {
    return join(this.dirOf(key), name);
  }

  async remove(key: string, name: string) {
    await rm(join(this.dirOf(key), name), { force: true });
    // Perhaps the last one of a file that was removed meanwhile.
    await rmdir(this.dirOf(key)).catch(() => {});
  }

  async removeExcept(key: string, names: readonly string[]) {
    const dir = this.dirOf(key);
    if (names.length === 0) return rm(dir, { recursive: true, force: true });
    const found = await readdir(dir).catch(() => []);
    await Promise.all(
      found.filter((name) => !names.includes(name)).map((name) => rm(join(dir, name), { force: true })),
    );
  }

  addressOf() {
    return null;
  }

  /** In 256 directories, because one with millions of entries is slow in some file systems. */
  private dirOf = (key: string) => join(this.dir, key.slice(0, 2), key);
}
