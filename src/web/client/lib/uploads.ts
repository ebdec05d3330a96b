// Uploads in words, and as they are laid out.
import type { Attachment, Upload, UploadSnapshot } from "../../../sdk/index.ts";
import { errorText } from "../state/toasts.ts";
import { extensionOf, sizeText } from "./files.ts";

/** How much is there, from 0 to 1; null while nobody knows. */
export function progressOf({ size }: Upload, { state, sent }: UploadSnapshot): number | null {
  if (state === "processing") return null;
  return size === 0 ? 1 : sent / size;
}

/** Whether it is on its way. */
export const isMoving = ({ state }: UploadSnapshot) => !["ready", "failed", "canceled"].includes(state);

export function uploadNote(upload: Upload, snapshot: UploadSnapshot): string {
  const { state, sent, error } = snapshot;
  switch (state) {
    case "waiting":
      return error ? `Waiting: ${error.code === "network" ? "no connection" : errorText(error)}` : "Waiting";
    case "uploading":
      return `${sizeText(sent)} of ${sizeText(upload.size)}`;
    case "paused":
      return "Paused";
    case "processing":
      return "Processing…";
    case "failed":
      return errorText(error);
    default:
      return sizeText(upload.size);
  }
}

/** Why an image goes as a file; empty of all else. */
export function keptNote({ kind, type, name }: Upload): string {
  const format = /\.(?:heic|heif)$/i.test(name) || /heic|heif/.test(type) ? "HEIC" : imageFormat(type, name);
  return kind === "file" && format ? `${format} images are sent as files` : "";
}

/** Of those that the server doesn't show. */
const imageFormat = (type: string, name: string) =>
  /^image\/(?!jpeg|png|webp|gif)/.test(type) ? extensionOf(name) || "Such" : "";

/** In the form of what it will be, to be laid out alike. */
export const asAttachment = ({ id, kind, name, type, size, width, height }: Upload, index: number): Attachment => ({
  // Only told apart from each other by it.
  id: -1 - index,
  kind: kind === "video" && !/^video\//.test(type) ? "file" : kind,
  name: name || id,
  mime: type,
  size,
  ...(width && { width }),
  ...(height && { height }),
});
