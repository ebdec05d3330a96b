// The files of a server: what takes uploads, processes them, and gives them out. It opens the store, and loads what handles bytes, when
// the first file comes.
import type { Bus } from "../bus/bus.ts";
import type { Config } from "../config.ts";
import type { SqlClient } from "../db/client.ts";
import { ChatError } from "../lib/errors.ts";
import { type Logger, safeError } from "../lib/log.ts";
import { fileReady, fileRefused } from "../protocol/files.ts";
import { filesUnavailable, fileTooLarge, notAnImage, notFound } from "../protocol/refusals.ts";
import { toFile } from "./attachment.ts";
import { openStore } from "./open-store.ts";
import {
  changeFile,
  describeFile,
  type FileDraft,
  type FileRecord,
  findFile,
  findReadable,
  insertFile,
} from "./records.ts";
import { mayRemove } from "./removals.ts";
import type { FileStore } from "./store.ts";
import { ABANDONED_SECONDS, claimUnsettled, markUnreferenced, markUnused, STALE_SECONDS } from "./sweep.ts";

type FileSettings = Pick<Config, "filesDir" | "filesUrl" | "fileMaxSize" | "fileQuota" | "fileCheckUrl">;

/** How long a request waits for its file to be processed; what takes longer is told by an event. Below what idle connections get. */
const SETTLE_WAIT_MS = 15_000;
/** Between two tries to process a file, doubled each time; after the last one the sweeper goes on. */
const RETRY_MS = 1_000;
const MAX_RETRY_MS = 64_000;
/**
 * The row of a file outlives its bytes by as much, which are then removed once more: what a request was bringing when it was deleted may
 * have come behind that, in a process that did not live to remove it.
 */
const REMOVAL_MINUTES = 10;

export class Files {
  private opening: Promise<FileStore> | undefined;
  private readonly settling = new Map<number, Promise<FileRecord | null>>();
  /** How far the sweeper has looked for files without a message, by id. */
  private lookedUpTo = 0;
  private readonly receiving = new Set<Promise<unknown>>();
  private isClosed = false;

  constructor(
    private readonly parts: { sql: SqlClient; bus: Pick<Bus, "publishToUser">; log: Logger; config: FileSettings },
  ) {}

  get maxSize() {
    return this.parts.config.fileMaxSize;
  }

  /** Throws `unavailable` when it can't be opened; the next call tries again. */
  store(): Promise<FileStore> {
    this.opening ??= openStore(this.parts.config).catch((error) => {
      this.opening = undefined;
      this.parts.log.error({ error: safeError(error) }, "the store of files can't be used");
      throw new ChatError(filesUnavailable);
    });
    return this.opening;
  }

  /** Registers an upload; the same `clientId` once more is the same one. Throws `too_large`, `quota`, `slow_down`, `unavailable`. */
  async create(ownerId: number, draft: FileDraft): Promise<FileRecord> {
    const { sql, config } = this.parts;
    if (draft.size > config.fileMaxSize) throw new ChatError(fileTooLarge(config.fileMaxSize));
    const store = await this.store();
    await store.requireSpace();
    return insertFile(sql, ownerId, draft, config.fileQuota);
  }

  /** A file of anybody's, whatever its state; null when there is none. */
  find(id: number): Promise<FileRecord | null> {
    return findFile(this.parts.sql, id);
  }

  /** A file of the user's own. Throws `not_found`. */
  async own(ownerId: number, id: number): Promise<FileRecord> {
    const file = await findFile(this.parts.sql, id);
    if (file?.owner_id !== ownerId) throw new ChatError(notFound("file"));
    return file;
  }

  /** The same, processed first where a process ended between its last byte and that. Throws `not_found`. */
  async ownSettled(ownerId: number, id: number): Promise<FileRecord> {
    const file = await this.own(ownerId, id);
    if (file.state !== "uploading" || file.received < file.size) return file;
    await this.workOff(id);
    return this.own(ownerId, id);
  }

  /** A ready file that the user may read at this moment. Throws `not_found`. */
  async readable(userId: number, id: number): Promise<FileRecord> {
    const file = await findReadable(this.parts.sql, id, userId);
    if (!file) throw new ChatError(notFound("file"));
    return file;
  }

  /** Appends to an upload; see receive.ts. Throws `wrong_offset`, `unavailable`, and what the source throws. */
  async receive(file: FileRecord, offset: number, source: AsyncIterable<Uint8Array>): Promise<number> {
    const store = await this.store();
    await store.requireSpace();
    const { receive, StoreError } = await import("./receive.ts");
    const receiving = receive({ sql: this.parts.sql, store }, file, offset, source).catch((error) => {
      if (!(error instanceof StoreError)) throw error;
      this.parts.log.error({ error: safeError(error.cause) }, "a part of a file could not be stored");
      throw new ChatError(filesUnavailable);
    });
    this.receiving.add(receiving);
    return receiving.finally(() => this.receiving.delete(receiving));
  }

  /**
   * Says of an upload whose size was not known that it is complete as it stands, and what it is. The same `clientId` as an earlier one's
   * gives this one up for that; it is returned. Throws `not_found`.
   */
  async describe(ownerId: number, id: number, details: Omit<FileDraft, "size">): Promise<FileRecord> {
    const described = await describeFile(this.parts.sql, ownerId, id, details);
    if (!described) throw new ChatError(notFound("file"));
    if (described.id !== id) await this.delete(ownerId, id);
    return described;
  }

  /**
   * Processes an upload of which all is there, and returns it as it is then: still `checking` where that takes long. Throws `not_found`
   * when it was taken away meanwhile, `unsupported` for an image that can't be shown.
   */
  async complete(id: number): Promise<FileRecord> {
    await this.workOff(id);
    const file = await findFile(this.parts.sql, id);
    if (!file) throw new ChatError(notFound("file"));
    if (file.state === "refused" && file.kind === "image" && !file.meta.width) throw new ChatError(notAnImage);
    return file;
  }

  /** Processes a file in the state `checking`, once at a time. */
  settle(file: FileRecord, waitMs = RETRY_MS): Promise<FileRecord | null> {
    const running = this.settling.get(file.id);
    if (running) return running;
    const settled = this.settleNow(file).finally(() => this.settling.delete(file.id));
    this.settling.set(file.id, settled);
    settled.catch(() => this.retry(file.id, waitMs));
    return settled;
  }

  /** Nobody may read it from here on. Throws `not_found`. */
  async delete(ownerId: number, id: number): Promise<void> {
    const { state } = await this.own(ownerId, id);
    // One that a message has goes with the message.
    const [deleted] = await this.parts.sql`
      update files set state = 'deleted', touched_at = clock_timestamp()
      where id = ${id} and state = ${state} and used_at is null returning id`;
    if (!deleted) throw new ChatError(notFound("file"));
    await this.removeDeleted();
  }

  /** Removes what is not needed any more, and goes on with what a process left undone. To be called about every minute. */
  async sweep(): Promise<void> {
    const { sql } = this.parts;
    this.lookedUpTo = await markUnreferenced(sql, this.lookedUpTo);
    await markUnused(sql);
    await this.settleAll(await claimUnsettled(sql, STALE_SECONDS));
    await this.removeDeleted();
  }

  /**
   * Goes on with what a process left undone that has died. `seconds`: how long ago it did at least; 0 where no other server can be at
   * work.
   */
  async recover(seconds = ABANDONED_SECONDS): Promise<void> {
    await this.settleAll(await claimUnsettled(this.parts.sql, seconds));
  }

  /** Resolves once what requests have brought is recorded. */
  async close() {
    this.isClosed = true;
    await Promise.allSettled([...this.receiving]);
  }

  /** Waits for that, but not for long; nor for a store that has failed, which is tried again. */
  private async workOff(id: number) {
    const begun = await changeFile(this.parts.sql, id, "uploading", { state: "checking" });
    const settled = begun ? this.settle(begun) : this.settling.get(id);
    await Promise.race([settled?.catch(() => {}), Bun.sleep(SETTLE_WAIT_MS)]);
  }

  /** One that can't be processed is tried again on its own. */
  private async settleAll(files: FileRecord[]) {
    for (const file of files) if (!this.settling.has(file.id)) await this.settle(file).catch(() => {});
  }

  /** After a while: the store or the database was away. */
  private retry(id: number, waitMs: number) {
    if (waitMs > MAX_RETRY_MS) return;
    const timer = setTimeout(async () => {
      if (this.isClosed) return;
      const file = await findFile(this.parts.sql, id).catch(() => null);
      if (file?.state === "checking") this.settle(file, waitMs * 2).catch(() => {});
      else if (!file) this.retry(id, waitMs * 2);
    }, waitMs);
    timer.unref();
  }

  private async settleNow(file: FileRecord): Promise<FileRecord | null> {
    const { sql, log, bus, config } = this.parts;
    const { settle } = await import("./complete.ts");
    try {
      const settled = await settle({ sql, store: await this.store(), config }, file);
      if (settled?.state === "ready" || settled?.state === "refused") {
        const event = settled.state === "ready" ? fileReady : fileRefused;
        bus.publishToUser(file.owner_id, event.frames.account.encode(toFile(settled)));
      }
      return settled;
    } catch (error) {
      log.error({ error: safeError(error), file: file.id }, "a file could not be processed; it is tried again");
      throw error;
    }
  }

  private async removeDeleted() {
    const { sql } = this.parts;
    const gone = await sql<{ id: number; key: string; isLast: boolean }[]>`
      select id, key, touched_at < now() - ${REMOVAL_MINUTES} * interval '1 minute' as "isLast"
      from files
      where state = 'deleted' and (size > 0 or touched_at < now() - ${REMOVAL_MINUTES} * interval '1 minute')
        and ${mayRemove(sql)}
      order by touched_at limit 500`;
    for (const { id, key, isLast } of gone) {
      const store = await this.store();
      await store.removeExcept(key, []);
      if (isLast) await sql`delete from files where id = ${id} and state = 'deleted'`;
      else await sql`update files set size = 0, parts = '{}' where id = ${id} and state = 'deleted'`;
    }
  }
}
