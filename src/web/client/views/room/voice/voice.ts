// What the composer and the recorder tell each other.

export interface VoiceMessage {
  blob: Blob;
  durationMs: number;
  waveform: number[];
}

/** A finger or a mouse button that began a recording. */
export interface Press {
  x: number;
  y: number;
  /** As events say it. */
  at: number;
  /** Whether it was let go before anybody listened. */
  isOver(): boolean;
}

export interface RecorderProps {
  /** Null when it was begun by a key. */
  press: Press | null;
  onSend: (message: VoiceMessage) => void;
  onClose: () => void;
}

/** Whether this browser can record at all. */
export const canRecord = typeof MediaRecorder !== "undefined";
