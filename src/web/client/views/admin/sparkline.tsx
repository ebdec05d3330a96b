// The course of a figure, small: a line over its last readings. The figure itself is said beside it.

const WIDTH = 120;
const HEIGHT = 32;
const MARGIN = 2;

/** `values`: oldest first, null where nothing was read. The line begins at 0, so that small changes of large figures look small. */
export function Sparkline({ values, room }: { values: readonly (number | null)[]; room: number }) {
  const top = Math.max(1e-9, ...values.map((value) => value ?? 0));
  const step = (WIDTH - 2 * MARGIN) / (room - 1);
  const offset = room - values.length;
  let path = "";
  let isBroken = true;
  values.forEach((value, index) => {
    if (value === null) {
      isBroken = true;
      return;
    }
    const x = MARGIN + (offset + index) * step;
    const y = HEIGHT - MARGIN - (value / top) * (HEIGHT - 2 * MARGIN);
    path += `${isBroken ? "M" : "L"}${x.toFixed(1)} ${y.toFixed(1)}`;
    isBroken = false;
  });
  return (
    <svg class="sparkline" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      <path d={path} vector-effect="non-scaling-stroke" />
    </svg>
  );
}
