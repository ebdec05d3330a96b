// Plays a voice message or another recording in the list.
import { durationText, sizeText } from "../../../lib/files.ts";
import { download } from "../../../state/file-urls.ts";
import { currentNameOf } from "../../../state/person.ts";
import { Icon } from "../../../ui/icons.tsx";
import type { AudioProps } from "./kinds.ts";
import { changeRate, foundDuration, pause, play, playback, positionOf, rate, seek } from "./playback.ts";
import { Waveform } from "./waveform.tsx";

/** How far the arrow keys lead, in seconds. */
const STEP = 5;

export function AudioPlayer({ file, message, tabIndex }: AudioProps) {
  const isVoice = file.kind === "voice";
  const isCurrent = playback.value?.fileId === file.id;
  const state = isCurrent ? playback.value!.state : "paused";
  const isPlaying = state === "playing" || state === "loading";
  const duration = file.duration_ms === undefined ? (isCurrent ? foundDuration.value : null) : file.duration_ms / 1000;
  const position = Math.min(positionOf(file), duration ?? Number.POSITIVE_INFINITY);
  const share = duration ? position / duration : 0;
  const seekTo = (seconds: number) => duration && seek(file, Math.min(duration, Math.max(0, seconds)));

  function onKeyDown(event: KeyboardEvent) {
    const steps: Record<string, number> = {
      ArrowRight: position + STEP,
      ArrowUp: position + STEP,
      ArrowLeft: position - STEP,
      ArrowDown: position - STEP,
      Home: 0,
      End: duration ?? 0,
    };
    const next = steps[event.key];
    if (next === undefined) return;
    event.preventDefault();
    // In the list they lead to other messages.
    event.stopPropagation();
    seekTo(next);
  }

  function onPointer(event: PointerEvent) {
    const element = event.currentTarget as HTMLElement;
    if (!duration || (event.type === "pointermove" && !element.hasPointerCapture(event.pointerId))) return;
    if (event.type === "pointerdown") {
      if (event.button !== 0) return;
      element.setPointerCapture(event.pointerId);
    }
    const { left, width } = element.getBoundingClientRect();
    seekTo(((event.clientX - left) / width) * duration);
  }

  return (
    <>
      <button
        type="button"
        class="audio-button"
        tabIndex={tabIndex}
        aria-label={isPlaying ? "Pause" : "Play"}
        aria-busy={state === "loading"}
        disabled={state === "gone"}
        onClick={() =>
          isPlaying
            ? pause()
            : play(
                file,
                isVoice
                  ? `Voice message from ${currentNameOf({ id: message.sender_id, username: message.sender_name })}`
                  : file.name,
              )
        }
      >
        <Icon name={isPlaying ? "pause" : "play"} />
      </button>
      <div class="audio-content">
        {!isVoice && (
          <bdi class="file-name" title={file.name}>
            {file.name}
          </bdi>
        )}
        <div
          class="audio-track"
          role="slider"
          tabIndex={tabIndex}
          aria-label="Position"
          aria-valuemin={0}
          aria-valuemax={Math.round(duration ?? 0)}
          aria-valuenow={Math.round(position)}
          aria-valuetext={`${durationText(position * 1000)}${duration ? ` of ${durationText(duration * 1000)}` : ""}`}
          onKeyDown={onKeyDown}
          onPointerDown={onPointer}
          onPointerMove={onPointer}
        >
          {file.waveform ? (
            <Waveform samples={file.waveform} share={share} />
          ) : (
            <span class="audio-bar">
              <span style={{ width: `${share * 100}%` }} />
            </span>
          )}
        </div>
        <span class="audio-note" role={state === "failed" || state === "gone" ? "alert" : undefined}>
          {state === "gone"
            ? "No longer available"
            : state === "failed"
              ? "This browser can’t play it, or can’t reach it."
              : isCurrent || position > 0
                ? `${durationText(position * 1000)}${duration ? ` / ${durationText(duration * 1000)}` : ""}`
                : `${duration === null ? "" : durationText(duration * 1000)}${isVoice ? "" : `${duration === null ? "" : ", "}${sizeText(file.size)}`}`}
        </span>
      </div>
      {isCurrent ? (
        <button
          type="button"
          class="audio-rate"
          tabIndex={tabIndex}
          aria-label={`Playback speed: ${rate.value} times`}
          onClick={changeRate}
        >
          {rate.value}×
        </button>
      ) : (
        !isVoice && (
          <button
            type="button"
            class="icon-button"
            tabIndex={tabIndex}
            aria-label={`Download ${file.name}`}
            onClick={() => void download(file)}
          >
            <Icon name="download" size={18} />
          </button>
        )
      )}
    </>
  );
}
