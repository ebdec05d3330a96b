// The loudness of a recording as bars, those that were heard in another colour.
import { WAVEFORM_MAX } from "../../../../../sdk/index.ts";

/** As many as a narrow phone can show apart. */
const BARS = 40;
/** Silence is shown as well. */
const MIN_HEIGHT = 2;

interface WaveformProps {
  /** From 0 to WAVEFORM_MAX. */
  samples: readonly number[];
  /** How much of it was heard, from 0 to 1. */
  share: number;
}

export function Waveform({ samples, share }: WaveformProps) {
  const path = pathOf(samples);
  const count = Math.min(BARS, samples.length);
  return (
    <svg
      class="waveform"
      viewBox={`0 0 ${count} ${WAVEFORM_MAX + MIN_HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <path d={path} />
      <path class="waveform-heard" d={path} style={{ clipPath: `inset(0 ${(1 - share) * 100}% 0 0)` }} />
    </svg>
  );
}

function pathOf(samples: readonly number[]): string {
  const count = Math.min(BARS, samples.length);
  return Array.from({ length: count }, (_, bar) => {
    const from = Math.floor((bar * samples.length) / count);
    const to = Math.max(from + 1, Math.floor(((bar + 1) * samples.length) / count));
    const height = Math.max(...samples.slice(from, to)) + MIN_HEIGHT;
    const top = (WAVEFORM_MAX + MIN_HEIGHT - height) / 2;
    return `M${bar + 0.5} ${top}v${height}`;
  }).join("");
}
