// Voice messages in the composer.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Upload } from "../../../../../sdk/index.ts";
import { lazy } from "../../../lib/lazy.tsx";
import { isRecording } from "../../../state/recording.ts";
import { chat } from "../../../state/session.ts";
import { canRecord, type Press, type RecorderProps, type VoiceMessage } from "./voice.ts";
import { VoiceButton } from "./voice-button.tsx";

const VoiceRecorder = lazy<RecorderProps>(async () => (await import("./voice-recorder.tsx")).VoiceRecorder);

interface Voice {
  /** The button that begins one; null where that is not possible. */
  button: preact.JSX.Element | null;
  /** What is shown in place of the field; null while nothing is recorded. */
  recorder: preact.JSX.Element | null;
}

/** `onSend` sends what was recorded, `onClose` puts the focus where it was. */
export function useVoice(roomKey: string, onSend: (upload: Upload) => void, onClose: () => void): Voice {
  const [started, setStarted] = useState<{ press: Press | null } | null>(null);
  useEffect(() => {
    isRecording.value = started !== null;
    return () => {
      isRecording.value = false;
    };
  }, [started !== null]);
  // The field takes the focus once it is there again.
  const wasStarted = useRef(false);
  useLayoutEffect(() => {
    if (wasStarted.current && !started) onClose();
    wasStarted.current = started !== null;
  });
  // What was begun in another room is given up.
  useEffect(() => () => setStarted(null), [roomKey]);

  function send({ blob, durationMs, waveform }: VoiceMessage) {
    const { files } = chat.peek() ?? {};
    if (!files) return;
    const name = `voice-message.${blob.type.startsWith("audio/mp4") ? "m4a" : "webm"}`;
    onSend(files.upload(blob, { name, kind: "voice", duration_ms: durationMs, waveform }));
  }

  return {
    button: canRecord ? <VoiceButton onStart={(press) => setStarted((current) => current ?? { press })} /> : null,
    recorder: started && <VoiceRecorder press={started.press} onSend={send} onClose={() => setStarted(null)} />,
  };
}
