// A text as a QR code: dark on light in every theme, as cameras expect it.
import { encode } from "uqr";

export function QrCode({ text, label }: { text: string; label: string }) {
  // Four modules of margin are part of the standard.
  const { data, size } = encode(text, { border: 4 });
  const path = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : []))).join("");
  return (
    <svg class="qr-code" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shape-rendering="crispEdges">
      <path d={path} />
    </svg>
  );
}
