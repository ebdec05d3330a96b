// Decodes one image and writes it anew, in a process of its own: what is built to break a decoder breaks no more than this, its memory
// is given back, and at the lowest priority it takes no processor from messages. Started by images.ts with a path to read and a
// directory to write to; prints one line of JSON.
import { setPriority } from "node:os";
import { join } from "node:path";
import { FILE_PREVIEW_LIMIT, IMAGE_PIXELS_LIMIT, IMAGE_SIDE, THUMBNAIL_SIDE } from "../protocol/limits.ts";
import type { ImageResult } from "./images.ts";

// Threads that start from here on have it as well. In a session of its own (autogroup) it would give way to other programs too, and get
// nowhere where these are busy.
setPriority(19);

/** Some twenty times what the largest image takes, in microseconds of processor time. */
const CPU_LIMIT_US = 60_000_000;
const CPU_CHECK_MS = 1_000;
setInterval(() => {
  const { user, system } = process.cpuUsage();
  if (user + system > CPU_LIMIT_US) process.exit(1);
}, CPU_CHECK_MS).unref();

const IMAGE_QUALITY = 85;
const THUMBNAIL_QUALITY = 80;
const PREVIEW_SIDE = 24;
const PREVIEW_QUALITY = 40;
const REWRITTEN = ["jpeg", "png", "webp"];

const [input, output] = process.argv.slice(2) as [string, string];

/** At most `side` pixels in both directions, upright, without anything but the picture. */
async function rewrite(source: string | Uint8Array, name: string, side: number, quality: number) {
  const bytes = await new Bun.Image(source, { maxPixels: IMAGE_PIXELS_LIMIT })
    .resize(side, side, { fit: "inside", withoutEnlargement: true })
    .webp({ quality })
    .bytes();
  await Bun.write(join(output, name), bytes);
  return bytes;
}

/** A blur of a few pixels; of the two forms the first one that is short enough, for much colour makes the one long and a colour profile the other. */
async function previewOf(thumbnail: Uint8Array): Promise<string | null> {
  const small = () =>
    new Bun.Image(thumbnail).resize(PREVIEW_SIDE, PREVIEW_SIDE, { fit: "inside" }).webp({ quality: PREVIEW_QUALITY });
  for (const form of [() => new Bun.Image(thumbnail).placeholder(), () => small().dataurl()]) {
    const preview = await form();
    if (preview.length < FILE_PREVIEW_LIMIT) return preview;
  }
  return null;
}

async function run(): Promise<ImageResult> {
  const { format, width, height } = await new Bun.Image(input, { maxPixels: IMAGE_PIXELS_LIMIT }).metadata();
  const isKept = format === "gif";
  if (!isKept && !REWRITTEN.includes(format)) return { error: "unsupported" };
  const image = isKept ? input : await rewrite(input, "image", IMAGE_SIDE, IMAGE_QUALITY);
  const thumbnail = await rewrite(image, "thumbnail", THUMBNAIL_SIDE, THUMBNAIL_QUALITY);
  const shown = isKept ? { width, height } : await new Bun.Image(image).metadata();
  return { isKept, width: shown.width, height: shown.height, preview: await previewOf(thumbnail) };
}

console.log(JSON.stringify(await run().catch((error) => ({ error: String(error.code ?? error.message) }))));
