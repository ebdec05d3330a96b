// Begins a voice message: by a click, a key, or a press that is held while one speaks.
import { Icon } from "../../../ui/icons.tsx";
import type { Press } from "./voice.ts";

export const VoiceButton = ({ onStart }: { onStart: (press: Press | null) => void }) => (
  <button
    type="button"
    class="send voice-button"
    aria-label="Record a voice message"
    onPointerDown={(event) => {
      if (event.button !== 0) return;
      // What follows is not only for the button, which makes way for the recorder.
      (event.target as Element).releasePointerCapture(event.pointerId);
      let isOver = false;
      const end = () => {
        isOver = true;
      };
      addEventListener("pointerup", end, { once: true });
      addEventListener("pointercancel", end, { once: true });
      onStart({ x: event.clientX, y: event.clientY, at: event.timeStamp, isOver: () => isOver });
    }}
    onContextMenu={(event) => event.preventDefault()}
    // By a key, or by what reads the screen.
    onClick={(event) => event.detail === 0 && onStart(null)}
  >
    <Icon name="mic" />
  </button>
);
