// The uploads of a chat: which of them move, what becomes of them, and what of them is stored. Loaded with the first upload.
import { UNUSED_FILE_HOURS } from "../../protocol/limits.ts";
import type { Api } from "../api.ts";
import { delayOf, type RetryPolicy } from "../backoff.ts";
import { asChatError, ChatError } from "../errors.ts";
import type { UploadedFile } from "../wire.ts";
import type { ExchangeParts } from "./exchange.ts";
import { begin, type Transfer, transfer, unreadable } from "./transfer.ts";
import { toInfo, type UploadHandle, type UploadInfo } from "./upload.ts";
import { browserStorage, lock, type StoredUpload, type UploadStorage } from "./upload-storage.ts";

/** Uploads that move at once. */
const AT_ONCE = 3;
/** Between two questions of what the server has found, in milliseconds. An event says it too, but may be missed. */
const ASK_MS = 3_000;
/** What nobody has sent for so long is forgotten, in milliseconds: a week. */
const STORED_MS = 7 * 24 * 3_600_000;
/** How long before the server forgets a file that no message has, it is uploaded anew for a draft that still has it. */
const RENEWED_BEFORE_MS = 3_600_000;

export interface UploaderParts extends ExchangeParts {
  api: Api;
  policy: RetryPolicy;
  /** Null keeps uploads in memory; left out, a browser stores them. */
  storage: UploadStorage | null | undefined;
  /** Resolves with a name for the server and the user. */
  owner(): Promise<string>;
  /** The handle of this id, if there is one. */
  find(id: string): UploadHandle | undefined;
  /** Makes a handle for what an earlier page has left. */
  adopt(info: UploadInfo, draft: string | null): UploadHandle;
  /** The upload is over, or belongs to nothing any more. */
  drop(upload: UploadHandle): void;
  /** Whether anything is stored. */
  onStored(isAny: boolean): void;
}

interface Job extends Transfer {
  readonly handle: UploadHandle;
  readonly createdAt: number;
  /** Ends its run; null while it neither runs nor is queued. */
  control: AbortController | null;
  /** Until the file of a draft is uploaded anew. */
  renewal: ReturnType<typeof setTimeout> | undefined;
  running: Promise<void>;
  release: (() => void) | null;
}

export class Uploader {
  readonly #parts: UploaderParts;
  readonly #storage: UploadStorage | null;
  readonly #jobs = new Map<string, Job>();
  #queue: Job[] = [];
  #moving = 0;
  readonly #asking = new Map<number, (file: UploadedFile) => void>();
  #isClosed = false;
  #owner = "";
  /** Writes one after the other, so that none overtakes a later one. */
  #writing: Promise<unknown> = Promise.resolve();

  constructor(parts: UploaderParts) {
    this.#parts = parts;
    this.#storage = parts.storage === undefined ? browserStorage() : parts.storage;
  }

  /** A new upload. */
  add(handle: UploadHandle, blob: Blob) {
    const job = this.#take(handle, blob, Date.now(), false);
    if (handle.state === "waiting") this.#enqueue(job);
    if (!this.#storage) return;
    void lock(this.#lockOf(handle.id), true).then((release) => this.#hold(job, release));
    this.#write(async (storage) => {
      this.#owner = await this.#parts.owner();
      if (this.#jobs.get(handle.id) === job) await storage.put(this.#toStored(job), blob);
    });
  }

  /** One that an unsent message of an earlier page, or of another tab, has: it is waited for until that tab gives it up. */
  async attach(handle: UploadHandle) {
    const release = this.#storage && (await lock(this.#lockOf(handle.id), true));
    const stored = await this.#find(handle.id);
    const blob = stored && (await this.#storage!.readBlob(stored.id).catch(() => null));
    if (handle.state === "canceled") this.#write((storage) => storage.remove(handle.id));
    if (handle.state !== "waiting" || this.#isClosed) return release?.();
    if (stored && blob) return this.#restored(handle, stored, blob, release);
    release?.();
    handle.fail(unreadable());
  }

  /** What earlier pages have left, but for what another tab has. */
  async restore() {
    const storage = this.#storage;
    if (!storage) return;
    this.#owner = await this.#parts.owner();
    const stored = await storage.list().catch(() => []);
    for (const upload of stored.toSorted((a, b) => a.createdAt - b.createdAt)) {
      if (upload.owner !== this.#owner || this.#isClosed || this.#parts.find(upload.id)) continue;
      const release = await lock(this.#lockOf(upload.id), false);
      if (!release) continue;
      const isOver = Date.now() - upload.createdAt > STORED_MS;
      const blob = isOver ? null : await storage.readBlob(upload.id).catch(() => null);
      if (this.#parts.find(upload.id) || this.#isClosed) {
        release();
        continue;
      }
      const handle = blob || upload.draft !== null ? this.#parts.adopt(toInfo(upload), upload.draft) : null;
      if (handle && blob) this.#restored(handle, upload, blob, release);
      else {
        release();
        this.#write((own) => own.remove(upload.id));
        // Whoever has written the draft is told once, instead of missing it.
        handle?.fail(isOver ? forgotten() : unreadable());
      }
    }
  }

  /** The application, or a message, wants something else of it. */
  apply(handle: UploadHandle): void | Promise<void> {
    const { state, file } = handle.getSnapshot();
    const job = this.#jobs.get(handle.id);
    if (!job) {
      if (state === "waiting") return this.attach(handle);
      if (state !== "canceled") return;
      this.#parts.drop(handle);
      if (file) void this.#parts.api.run("DELETE", `/files/${file.id}`).catch(() => {});
      return;
    }
    if (state === "ready" && handle.draft === null) return this.#forget(job);
    if (state === "paused" || state === "canceled") this.#halt(job);
    // One that waits for its next attempt is running.
    if (state === "waiting" && !job.control) this.#enqueue(job);
    if (state === "canceled") void this.#giveUp(job);
    else this.#write((storage) => storage.put(this.#toStored(job)));
  }

  /** The server says what has become of a file. */
  onSettled(file: UploadedFile) {
    this.#asking.get(file.id)?.(file);
  }

  stop() {
    this.#isClosed = true;
    for (const job of this.#jobs.values()) {
      this.#halt(job);
      job.release?.();
    }
  }

  /** Removes what is stored of the user. */
  async clear(owner: string) {
    this.stop();
    this.#write(async (storage) => {
      for (const upload of await storage.list()) if (upload.owner === owner) await storage.remove(upload.id);
    });
    await this.#writing;
  }

  #take(handle: UploadHandle, blob: Blob, createdAt: number, isBegun: boolean): Job {
    const rest = {
      fileId: null,
      isBegun,
      control: null,
      renewal: undefined,
      running: Promise.resolve(),
      release: null,
    };
    const job: Job = { handle, info: handle, blob, createdAt, ...rest };
    this.#jobs.set(handle.id, job);
    handle.patch({ blob });
    return job;
  }

  #restored(handle: UploadHandle, stored: StoredUpload, blob: Blob, release: (() => void) | null) {
    const job = this.#take(handle, blob, stored.createdAt, true);
    this.#hold(job, release);
    if (stored.isPaused) handle.patch({ state: "paused" });
    else this.#enqueue(job);
  }

  #hold(job: Job, release: (() => void) | null) {
    if (this.#jobs.get(job.handle.id) === job && !this.#isClosed) job.release = release;
    else release?.();
  }

  #enqueue(job: Job) {
    job.control = new AbortController();
    this.#queue.push(job);
    this.#next();
  }

  #next() {
    while (this.#moving < AT_ONCE && this.#queue.length > 0) {
      const job = this.#queue.shift()!;
      this.#moving++;
      const control = job.control!;
      job.running = job.running
        .then(() => this.#run(job, control.signal))
        .finally(() => {
          if (job.control === control) job.control = null;
          this.#moving--;
          this.#next();
        });
    }
  }

  #halt(job: Job) {
    clearTimeout(job.renewal);
    job.control?.abort();
    job.control = null;
    this.#queue = this.#queue.filter((other) => other !== job);
  }

  /** Moves it until it is ready, refused, or halted. */
  async #run(job: Job, signal: AbortSignal) {
    const { handle } = job;
    const { policy } = this.#parts;
    let furthest = 0;
    for (let attempt = 0; !signal.aborted; ) {
      const patch: UploadHandle["patch"] = (change) => {
        if (!signal.aborted) handle.patch(change);
      };
      try {
        patch({ state: "uploading", error: null });
        const onArrived = (sent: number) => {
          if (sent > furthest) attempt = 0;
          furthest = Math.max(furthest, sent);
          patch({ sent });
        };
        const onSent = (sent: number) => patch({ sent: Math.min(sent, job.blob.size) });
        const id = await transfer(this.#parts, job, { signal, onSent, onArrived });
        patch({ state: "processing", sent: job.blob.size });
        const file = await this.#settled(id, signal);
        if (signal.aborted) return;
        patch({ state: "ready", file });
        if (handle.draft === null) this.#forget(job);
        else this.#renewLater(job);
        return;
      } catch (error) {
        if (signal.aborted) return;
        const refusal = asChatError(error);
        // Another request of the same upload has gone on with it, or it was not gone on with for too long.
        const isMoved = refusal.status === 409 || (refusal.status === 404 && attempt < 3);
        if (!refusal.isTransient && !isMoved) return this.#fail(job, refusal);
        patch({ state: "waiting", error: refusal });
        const pause = policy.pause(delayOf(attempt++, policy.backoff, refusal.retryAfter));
        try {
          await Promise.race([pause, aborted(signal)]);
        } catch (closed) {
          if (!signal.aborted) this.#fail(job, closed);
          return;
        }
      }
    }
  }

  /** A page may stay open for days: by the time that the draft is sent, the server would have forgotten its file. */
  #renewLater(job: Job) {
    clearTimeout(job.renewal);
    job.renewal = setTimeout(() => void this.#renew(job), UNUSED_FILE_HOURS * 3_600_000 - RENEWED_BEFORE_MS);
    // A program need not stay alive for it.
    (job.renewal as { unref?: () => void }).unref?.();
  }

  async #renew(job: Job) {
    const { handle, fileId } = job;
    if (this.#jobs.get(handle.id) !== job || handle.state !== "ready" || handle.draft === null) return;
    // A message that is sent meanwhile waits for it.
    const control = new AbortController();
    job.control = control;
    handle.patch({ state: "waiting", file: null, sent: 0 });
    await this.#parts.api.run("DELETE", `/files/${fileId}`).catch(() => {});
    job.fileId = null;
    if (!control.signal.aborted) this.#enqueue(job);
  }

  #fail(job: Job, error: unknown) {
    // Whoever is told may resume it at once.
    job.control = null;
    job.handle.fail(error);
  }

  /** The file, once the server has processed it. Throws ChatError. */
  async #settled(id: number, signal: AbortSignal): Promise<UploadedFile> {
    for (;;) {
      const file = await this.#parts.api.one<UploadedFile>("GET", `/files/${id}`);
      if (file.state === "ready") return file;
      if (file.state === "refused") throw new ChatError("unsupported", "The server has refused this file.");
      if (file.state === "uploading") throw new ChatError("wrong_offset", "The upload is not complete.", 409);
      const event = new Promise((resolve) => this.#asking.set(id, resolve));
      await Promise.race([event, this.#parts.policy.pause(ASK_MS), aborted(signal)]);
      this.#asking.delete(id);
      if (signal.aborted) return file;
    }
  }

  /** Takes it away from the server as well, as far as that can be reached; else it goes there by itself. */
  async #giveUp(job: Job) {
    this.#forget(job);
    await job.running;
    try {
      // What was begun and never answered is found by its id.
      if (job.isBegun && job.fileId === null) await begin(this.#parts, job, UNWATCHED);
      if (job.fileId !== null) await this.#parts.api.run("DELETE", `/files/${job.fileId}`);
    } catch {
      // It is gone already, or goes within a day.
    }
  }

  #forget(job: Job) {
    clearTimeout(job.renewal);
    this.#jobs.delete(job.handle.id);
    this.#parts.drop(job.handle);
    this.#write((storage) => storage.remove(job.handle.id)).finally(() => job.release?.());
  }

  async #find(id: string): Promise<StoredUpload | undefined> {
    this.#owner = await this.#parts.owner();
    const all = (await this.#storage?.list().catch(() => [])) ?? [];
    return all.find((stored) => stored.id === id && stored.owner === this.#owner);
  }

  #toStored({ handle, createdAt }: Job): StoredUpload {
    const { draft, state } = handle;
    return { ...toInfo(handle), owner: this.#owner, draft, isPaused: state === "paused", createdAt };
  }

  /** A storage that is full or forbidden is no error. */
  #write(work: (storage: UploadStorage) => Promise<unknown>): Promise<unknown> {
    const storage = this.#storage;
    if (!storage) return Promise.resolve();
    this.#writing = this.#writing
      .then(() => work(storage))
      .catch(() => {})
      .then(() => this.#mark(storage))
      .catch(() => {});
    return this.#writing;
  }

  async #mark(storage: UploadStorage) {
    // Another tab may have some.
    const isAny = this.#jobs.size > 0 || (await storage.list()).some(({ owner }) => owner === this.#owner);
    this.#parts.onStored(isAny);
  }

  #lockOf(id: string) {
    return `chat upload ${id}`;
  }
}

const forgotten = () => new ChatError("unreadable", "The file was kept for a week, and is not here any more.");

const UNWATCHED = { signal: new AbortController().signal, onSent() {}, onArrived() {} };

const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
