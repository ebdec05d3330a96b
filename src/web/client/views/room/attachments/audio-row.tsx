// A recording in the list. What plays it is loaded with the first one; its place is reserved until then.
import type { Attachment } from "../../../../../sdk/index.ts";
import { durationText } from "../../../lib/files.ts";
import { lazy } from "../../../lib/lazy.tsx";
import type { AudioProps } from "./kinds.ts";

const AudioPlayer = lazy(async () => (await import("./audio-player.tsx")).AudioPlayer);

export const AudioRow = (props: AudioProps) => (
  // biome-ignore lint/a11y/useSemanticElements: it is no part of a form.
  <div class="audio" data-kind={props.file.kind} role="group" aria-label={labelOf(props.file)}>
    <AudioPlayer {...props} />
  </div>
);

function labelOf({ kind, name, duration_ms }: Attachment): string {
  const length = duration_ms === undefined ? "" : `, ${durationText(duration_ms)}`;
  return `${kind === "voice" ? "Voice message" : `Audio ${name}`}${length}`;
}
