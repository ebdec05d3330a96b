// Whether a voice message is recorded: what plays is paused meanwhile.
import { signal } from "@preact/signals";

export const isRecording = signal(false);
