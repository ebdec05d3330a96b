// What attachments are shown as.
import type { Attachment, RoomMessage } from "../../../../../sdk/index.ts";

/** Those with a picture, which are laid out side by side and open in the viewer. */
export const isVisual = ({ kind, mime }: Pick<Attachment, "kind" | "mime">) =>
  kind === "image" || (kind === "video" && /^video\/(?:mp4|webm|ogg|quicktime)$/.test(mime));

/** Those that are played in the list. */
export const isAudio = ({ kind, mime }: Attachment) => kind === "voice" || mime.startsWith("audio/");

/** Of one that moves, which its thumbnail does not. */
export const isAnimation = ({ mime }: Attachment) => mime === "image/gif";

/** Of what plays a recording. */
export interface AudioProps {
  file: Attachment;
  message: RoomMessage;
  tabIndex: number;
}
