// The files that one unsent message waits for.
import type { ChatError } from "../errors.ts";
import type { Upload } from "../files/upload.ts";
import type { UnsentUpload } from "./unsent.ts";

export class MessageUploads {
  readonly #stops: (() => void)[];

  /** `onChange` is called with each change of one of them. */
  constructor(
    readonly all: readonly Upload[],
    onChange: () => void,
  ) {
    this.#stops = all.map((upload) => upload.subscribe(onChange));
  }

  /** What has become of them: those that were given up are left out. The same list when nothing has changed. */
  applyTo(known: readonly UnsentUpload[]): { uploads: readonly UnsentUpload[]; error: ChatError | null } {
    let error: ChatError | null = null;
    const uploads = known.flatMap((upload) => {
      const { state, file, error: failure } = this.all.find(({ id }) => id === upload.id)!.getSnapshot();
      if (state === "canceled") return [];
      if (state === "failed") error ??= failure;
      return file && !upload.file ? { ...upload, file } : upload;
    });
    const isSame = uploads.length === known.length && uploads.every((upload, i) => upload === known[i]);
    return { uploads: isSame ? known : uploads, error };
  }

  /** Nobody waits for them any more. What is not ready then is in a message already, or never will be. */
  stop() {
    for (const stop of this.#stops) stop();
    for (const upload of this.all) if (upload.getSnapshot().state !== "ready") upload.cancel();
  }
}
