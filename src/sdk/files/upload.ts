// A file on its way to the server, as an application sees it. What moves it is in uploader.ts, which is loaded with the first one.
import { asChatError, ChatError } from "../errors.ts";
import { type Store, ValueStore } from "../store.ts";
import type { Attachment, UploadedFile } from "../wire.ts";

/**
 * `waiting`: for its turn, the network or the server; then `error` is why. `processing`: all of it has arrived, and the server looks at
 * it. `ready`, `failed` and `canceled` last, but `resume` tries again what has failed.
 */
export type UploadState = "waiting" | "uploading" | "paused" | "processing" | "ready" | "failed" | "canceled";

export interface UploadSnapshot {
  readonly state: UploadState;
  /** How many bytes the server has, or is being sent. */
  readonly sent: number;
  /** Once it is ready. */
  readonly file: UploadedFile | null;
  /** Why it has failed, or is waiting. */
  readonly error: ChatError | null;
  /** What is uploaded; null until it is read again after a reload. */
  readonly blob: Blob | null;
}

/** What is known of an upload from its beginning. */
export interface UploadInfo {
  /** Its `client_id`. */
  readonly id: string;
  readonly name: string;
  readonly kind: Attachment["kind"];
  /** The media type that the device says. */
  readonly type: string;
  /** In bytes. */
  readonly size: number;
  /** Of a video, as it was given. */
  readonly width?: number;
  readonly height?: number;
  readonly duration_ms?: number;
  readonly waveform?: readonly number[];
  readonly alt?: string;
}

export interface Upload extends UploadInfo, Store<UploadSnapshot> {
  /** The draft that it was given for; null once it is sent with a message. */
  readonly draft: string | null;
  /** Stops it where it is. */
  pause(): void;
  /** Goes on, also with one that has failed. */
  resume(): void;
  /** Gives it up, here and on the server. */
  cancel(): void;
  /** Resolves once the file can be sent. Throws ChatError when it has failed; `canceled`, `closed`. */
  untilReady(): Promise<UploadedFile>;
}

/** Without what else an upload is, and without what it does not have. */
export const toInfo = ({
  id,
  name,
  kind,
  type,
  size,
  width,
  height,
  duration_ms,
  waveform,
  alt,
}: UploadInfo): UploadInfo => ({
  id,
  name,
  kind,
  type,
  size,
  ...(width !== undefined && { width }),
  ...(height !== undefined && { height }),
  ...(duration_ms !== undefined && { duration_ms }),
  ...(waveform && { waveform }),
  ...(alt !== undefined && { alt }),
});

export const canceledError = () => new ChatError("canceled", "The upload was canceled.");

export class UploadHandle extends ValueStore<UploadSnapshot> implements Upload {
  readonly id!: string;
  readonly name!: string;
  readonly kind!: Attachment["kind"];
  readonly type!: string;
  readonly size!: number;
  draft: string | null;
  readonly #onCommand: (upload: UploadHandle) => void;

  /** `onCommand` is called with each change that the application wants. */
  constructor(
    info: UploadInfo,
    { draft, file }: { draft: string | null; file: UploadedFile | null },
    onCommand: (upload: UploadHandle) => void,
  ) {
    super({ state: file ? "ready" : "waiting", sent: file ? info.size : 0, file, error: null, blob: null });
    Object.assign(this, info);
    this.draft = draft;
    this.#onCommand = onCommand;
  }

  get state() {
    return this.getSnapshot().state;
  }

  patch(change: Partial<UploadSnapshot>) {
    this.set({ ...this.getSnapshot(), ...change });
  }

  fail(error: unknown) {
    this.patch({ state: "failed", error: asChatError(error) });
  }

  pause() {
    if (this.state === "waiting" || this.state === "uploading") this.#command({ state: "paused" });
  }

  resume() {
    if (this.state === "paused" || this.state === "failed") this.#command({ state: "waiting", error: null });
  }

  cancel() {
    if (this.state !== "canceled") this.#command({ state: "canceled", error: canceledError() });
  }

  untilReady(): Promise<UploadedFile> {
    return new Promise((resolve, reject) => {
      const check = () => {
        const { state, file, error } = this.getSnapshot();
        if (!["ready", "failed", "canceled"].includes(state)) return;
        stop();
        if (file && state === "ready") resolve(file);
        else reject(error);
      };
      const stop = this.subscribe(check);
      check();
    });
  }

  #command(change: Partial<UploadSnapshot>) {
    this.patch(change);
    this.#onCommand(this);
  }
}
