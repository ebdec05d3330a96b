// Files of messages, in words.
import type { Attachment } from "../../../sdk/index.ts";

const KINDS = { image: "Image", video: "Video", voice: "Voice message", file: "File" };

export const fileKindText = (kind: Attachment["kind"]) => KINDS[kind];

const UNITS = ["bytes", "KB", "MB", "GB"];

/** "180 KB". */
export function sizeText(bytes: number): string {
  const unit = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const size = bytes / 1000 ** unit;
  return `${size < 10 && unit > 0 ? size.toFixed(1) : Math.round(size)} ${UNITS[unit]}`;
}
