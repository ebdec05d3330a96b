// The loudness of a recording as its message carries it.
import { WAVEFORM_LIMIT, WAVEFORM_MAX } from "../../../../../sdk/index.ts";

/** What is quieter all along is shown as quiet, and not as loud as it gets. */
const QUIET = 0.06;

/** `levels`: of equal times, from 0 to 1. Returns up to WAVEFORM_LIMIT whole numbers up to WAVEFORM_MAX. */
export function waveformOf(levels: readonly number[]): number[] {
  const count = Math.min(WAVEFORM_LIMIT, levels.length);
  const peaks = Array.from({ length: count }, (_, index) => {
    const from = Math.floor((index * levels.length) / count);
    const to = Math.max(from + 1, Math.floor(((index + 1) * levels.length) / count));
    return levels.slice(from, to).reduce((peak, level) => Math.max(peak, level), 0);
  });
  const loudest = peaks.reduce((peak, level) => Math.max(peak, level), QUIET);
  return peaks.map((peak) => Math.round((peak / loudest) * WAVEFORM_MAX));
}
