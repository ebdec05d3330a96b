// A voice message while it is recorded, in place of the field. Loaded when the first one is begun.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { durationText } from "../../../lib/files.ts";
import { Icon } from "../../../ui/icons.tsx";
import { Recording, RecordingError, type RecordingProblem } from "./recording.ts";
import type { RecorderProps, VoiceMessage } from "./voice.ts";

/** A message that is shorter was begun by mistake. */
const MIN_MS = 700;
/** Held for longer, letting go sends it; after a shorter press it goes on until a button is pressed. */
const HOLD_MS = 500;
/** A finger that is drawn so far from where it pressed gives it up. */
const CANCEL_PX = 90;
/** How often the time and the level are drawn. */
const DRAW_MS = 100;
const BARS = 48;
const BAR_HEIGHT = 24;
/** Speech reaches about a quarter of what a microphone can say. */
const GAIN = 4;

const PROBLEM_TEXTS: Record<RecordingProblem, string> = {
  refused: "The microphone is blocked for this page. Allow it in the browser’s settings for the site, then try again.",
  missing: "No microphone was found. Connect one, then try again.",
  busy: "The microphone can’t be used at the moment. Another program may be using it.",
  secure: "Recording needs a secure (HTTPS) connection.",
  failed: "Recording failed. Try again.",
};

export function VoiceRecorder({ press, onSend, onClose }: RecorderProps) {
  const [phase, setPhase] = useState<"asking" | "recording" | "ended" | "finishing" | RecordingProblem>("asking");
  const recording = useRef<Recording | null>(null);
  const isClosed = useRef(false);
  const [isHeld, setHeld] = useState(press !== null);
  const send = useRef<HTMLButtonElement>(null);
  const time = useRef<HTMLTimeElement>(null);
  const bars = useRef<SVGPathElement>(null);
  const hint = useRef<HTMLSpanElement>(null);

  useEffect(() => {
    Recording.start(() => setPhase((current) => (current === "recording" ? "ended" : current))).then(
      (started) => {
        if (isClosed.current) return started.cancel();
        recording.current = started;
        setPhase("recording");
      },
      (error) => setPhase(error instanceof RecordingError ? error.problem : "failed"),
    );
    return () => {
      isClosed.current = true;
      recording.current?.cancel();
    };
  }, []);

  // By keys, the next thing is to send it.
  useLayoutEffect(() => {
    if (phase === "recording" || phase in PROBLEM_TEXTS) send.current?.focus();
  }, [phase]);

  useEffect(() => {
    if (phase !== "recording") return;
    const timer = setInterval(() => {
      const { levels, durationMs } = recording.current!;
      time.current!.textContent = durationText(Math.floor(durationMs / 1000) * 1000);
      bars.current!.setAttribute("d", barsOf(levels.slice(-BARS)));
    }, DRAW_MS);
    return () => clearInterval(timer);
  }, [phase]);

  function cancel() {
    recording.current?.cancel();
    onClose();
  }

  async function finish() {
    const { current } = recording;
    if (!current) return;
    if (current.durationMs < MIN_MS) return cancel();
    setPhase("finishing");
    try {
      const recorded: VoiceMessage = await current.finish();
      if (isClosed.current) return;
      onSend(recorded);
      onClose();
    } catch {
      setPhase("failed");
    }
  }

  // A press that began it: letting go sends, drawing away gives up.
  useEffect(() => {
    if (!press) return;
    const distance = ({ clientX, clientY }: PointerEvent) => Math.hypot(clientX - press.x, clientY - press.y);
    const onMove = (event: PointerEvent) => {
      const way = distance(event);
      hint.current?.style.setProperty("opacity", String(Math.max(0.2, 1 - way / CANCEL_PX)));
      if (way > CANCEL_PX) cancel();
    };
    const onUp = (event: PointerEvent) => {
      setHeld(false);
      if (event.type === "pointerup" && event.timeStamp - press.at >= HOLD_MS) void finish();
    };
    if (press.isOver()) return setHeld(false);
    addEventListener("pointermove", onMove);
    addEventListener("pointerup", onUp, { once: true });
    addEventListener("pointercancel", onUp, { once: true });
    return () => {
      removeEventListener("pointermove", onMove);
      removeEventListener("pointerup", onUp);
      removeEventListener("pointercancel", onUp);
    };
  }, []);

  function onKeyDown(event: KeyboardEvent) {
    if (event.key !== "Escape") return;
    event.preventDefault();
    cancel();
  }

  const problem = phase in PROBLEM_TEXTS ? PROBLEM_TEXTS[phase as RecordingProblem] : null;
  if (problem)
    return (
      // biome-ignore lint/a11y/noStaticElementInteractions: Escape closes it, wherever the focus is.
      <div class="voice-recorder" onKeyDown={onKeyDown}>
        <Icon name="alert" />
        <p class="voice-problem" role="alert">
          {problem}
        </p>
        <button ref={send} type="button" class="button plain" onClick={onClose}>
          Close
        </button>
      </div>
    );
  return (
    // biome-ignore lint/a11y/useSemanticElements: it is no form of its own.
    <div class="voice-recorder" role="group" aria-label="Voice message" onKeyDown={onKeyDown}>
      <button type="button" class="icon-button voice-cancel" aria-label="Cancel recording" onClick={cancel}>
        <Icon name="trash" />
      </button>
      <div class="voice-progress">
        <span class="voice-light" aria-hidden="true" data-is-on={phase === "recording"} />
        <time ref={time} role="timer" aria-label="Recorded">
          0:00
        </time>
        <svg class="voice-bars" viewBox={`0 0 ${BARS} ${BAR_HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
          <path ref={bars} d="" />
        </svg>
        <span class="visually-hidden" role="status">
          {phase === "asking"
            ? "Waiting for the microphone"
            : phase === "finishing"
              ? "Sending"
              : phase === "ended"
                ? "The recording has ended"
                : "Recording"}
        </span>
        {isHeld && (
          <span class="voice-hint" ref={hint} aria-hidden="true">
            Slide away to cancel
          </span>
        )}
        {phase === "asking" && !isHeld && <span class="voice-hint">Waiting for the microphone…</span>}
      </div>
      <button
        ref={send}
        type="button"
        class="send"
        aria-label="Send voice message"
        disabled={phase === "asking" || phase === "finishing"}
        onClick={() => void finish()}
      >
        <Icon name="send" />
      </button>
    </div>
  );
}

/** The newest at the right. */
const barsOf = (levels: readonly number[]) =>
  levels
    .map((level, index) => {
      const height = Math.max(2, Math.min(1, level * GAIN) * BAR_HEIGHT);
      return `M${BARS - levels.length + index + 0.5} ${(BAR_HEIGHT - height) / 2}v${height}`;
    })
    .join("");
