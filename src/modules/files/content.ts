// Gives out the bytes of files. What somebody has uploaded is served so that it can do nothing in the server's name. Loaded when the
// first file is read.
import { create as contentDisposition } from "content-disposition";
import { parse as parseRange } from "range-parser";
import type { Core } from "../../core.ts";
import { THUMBNAIL_OBJECT } from "../../files/attachment.ts";
import { PROTECTION } from "../../files/protection.ts";
import type { FileRecord } from "../../files/records.ts";
import { ChatError } from "../../lib/errors.ts";
import { badRange, notFound } from "../../protocol/refusals.ts";

/** What browsers show or play; anything else is saved. */
const INLINE = new Set([
  "image/jpeg",
  "image/png",
  "image/gif",
  "image/webp",
  "video/mp4",
  "audio/mp4",
  "video/webm",
  "audio/webm",
  "audio/ogg",
  "video/ogg",
  "audio/mpeg",
]);
const THUMBNAIL_TYPE = "image/webp";
/** As range-parser says it; what it can't read counts as no range at all. */
const UNSATISFIABLE = 2;
const CACHE_SECONDS = 3_600;

/** Whoever asks, and for how many seconds more they may. */
export interface Reader {
  userId: number;
  secondsLeft: number;
}

/** `refusal` are the headers of a response that is no file. */
export async function serveFile(
  core: Core,
  { userId, secondsLeft }: Reader,
  id: number,
  what: "content" | "thumbnail",
  range: string | null,
  refusal: Record<string, unknown>,
): Promise<Response> {
  const file = await core.files.readable(userId, id);
  const store = await core.files.store();
  const { name, mime, disposition } = describe(file, what);
  const address = store.addressOf(file.key, name, { mime, disposition, seconds: secondsLeft });
  if (address) {
    const headers = { location: address, "cache-control": `private, max-age=${Math.max(0, secondsLeft - 60)}` };
    return new Response(null, { status: 302, headers });
  }
  const bytes = store.object(file.key, name);
  const { size } = what === "content" ? file : await bytes.stat();
  const headers = {
    ...PROTECTION,
    "content-type": mime,
    "content-disposition": disposition,
    "cache-control": `private, max-age=${CACHE_SECONDS}, immutable`,
    "accept-ranges": "bytes",
  };
  const part = range === null ? null : partOf(range, size, refusal);
  if (!part) return new Response(bytes.stream(), { headers: { ...headers, "content-length": String(size) } });
  return new Response(bytes.slice(part.start, part.end + 1).stream(), {
    status: 206,
    headers: {
      ...headers,
      "content-length": String(part.end - part.start + 1),
      "content-range": `bytes ${part.start}-${part.end}/${size}`,
    },
  });
}

function describe(file: FileRecord, what: "content" | "thumbnail") {
  if (what === "content") {
    const type = INLINE.has(file.mime) ? "inline" : "attachment";
    return { name: file.parts[0]!, mime: file.mime, disposition: contentDisposition(file.name, { type }) };
  }
  if (file.kind !== "image") throw new ChatError(notFound("thumbnail"));
  return { name: THUMBNAIL_OBJECT, mime: THUMBNAIL_TYPE, disposition: "inline" };
}

/** The one range that is asked for; null where the whole is the response, as to several or to what is no range. Throws `bad_range`. */
function partOf(range: string, size: number, refusal: Record<string, unknown>) {
  const { code, type, ranges } = parseRange(size, range);
  if (type === "bytes" && ranges.length === 0 && code === UNSATISFIABLE) {
    // RFC 9110, 15.5.17: how much there is.
    refusal["content-range"] = `bytes */${size}`;
    throw new ChatError(badRange(size));
  }
  return type === "bytes" && ranges.length === 1 ? ranges[0]! : null;
}
