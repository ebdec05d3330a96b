// Begins to upload what was chosen for a message. Loaded with the first file.
import { ATTACHMENTS_LIMIT, type Files, type RoomKey, type UploadOptions } from "../../../../../sdk/index.ts";
import { toast } from "../../../state/toasts.ts";

/** What a browser can't read so fast is uploaded without. */
const PROBE_MS = 3_000;

export async function addFiles(files: Files, draft: RoomKey, chosen: readonly File[]): Promise<void> {
  const details = await Promise.all(chosen.map(detailsOf));
  const free = ATTACHMENTS_LIMIT - files.pending.getSnapshot().filter((upload) => upload.draft === draft).length;
  for (const [i, file] of chosen.slice(0, free).entries()) files.upload(file, { draft, ...details[i] });
  if (chosen.length > free) toast(`A message takes up to ${ATTACHMENTS_LIMIT} files; the others were left out.`, true);
}

/** The size of a picture, so that its place is known while it is uploaded, and to others when it is a video. */
async function detailsOf(file: File): Promise<UploadOptions> {
  if (!/^(?:image|video)\//.test(file.type)) return {};
  const url = URL.createObjectURL(file);
  try {
    return await Promise.race([
      file.type.startsWith("image/") ? imageDetails(url) : videoDetails(url),
      new Promise<UploadOptions>((resolve) => setTimeout(() => resolve({}), PROBE_MS)),
    ]);
  } finally {
    URL.revokeObjectURL(url);
  }
}

const imageDetails = (url: string) =>
  new Promise<UploadOptions>((resolve) => {
    const image = new Image();
    image.onload = () => resolve(dimensions(image.naturalWidth, image.naturalHeight));
    image.onerror = () => resolve({});
    image.src = url;
  });

const videoDetails = (url: string) =>
  new Promise<UploadOptions>((resolve) => {
    const video = document.createElement("video");
    video.preload = "metadata";
    video.onloadedmetadata = () => {
      const { videoWidth, videoHeight, duration } = video;
      const ms = Math.round(duration * 1000);
      resolve({ ...dimensions(videoWidth, videoHeight), ...(Number.isSafeInteger(ms) && { duration_ms: ms }) });
    };
    video.onerror = () => resolve({});
    video.src = url;
  });

const dimensions = (width: number, height: number) => (width > 0 && height > 0 ? { width, height } : {});
