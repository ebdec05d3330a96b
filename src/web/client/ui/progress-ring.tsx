// How much of something is done, as a ring around what stands in it.
import type { ComponentChildren } from "preact";

const RADIUS = 21;
const LENGTH = 2 * Math.PI * RADIUS;

interface ProgressRingProps {
  label: string;
  /** From 0 to 1; null while nobody knows. */
  value: number | null;
  children?: ComponentChildren;
}

export const ProgressRing = ({ label, value, children }: ProgressRingProps) => (
  <span class="progress" data-is-known={value !== null}>
    <svg viewBox="0 0 48 48" aria-hidden="true">
      <circle class="progress-track" cx="24" cy="24" r={RADIUS} />
      <circle
        class="progress-done"
        cx="24"
        cy="24"
        r={RADIUS}
        stroke-dasharray={`${Math.max(0.04, value ?? 0.25) * LENGTH} ${LENGTH}`}
      />
    </svg>
    <span
      class="visually-hidden"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={value === null ? undefined : Math.round(value * 100)}
    />
    {children}
  </span>
);
