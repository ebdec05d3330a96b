// The files that go with the message being written.
import type { Attachment } from "../../../../../sdk/index.ts";

export interface ComposerFiles {
  /** Those that are uploaded, in the order in which they will be shown. */
  readonly attachments: readonly Attachment[];
  /** Whether one is still being uploaded, or has failed and was not removed: the message waits for it. */
  readonly isWaiting: boolean;
  /** Called when the message is sent. */
  clear(): void;
}

export const NO_FILES: ComposerFiles = { attachments: [], isWaiting: false, clear() {} };
