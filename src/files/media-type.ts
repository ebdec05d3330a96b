// What a file is, by its bytes: the name and the type that a client gives are not believed.
import { fileTypeFromBuffer } from "file-type";

/** How much of the beginning is looked at, in bytes: past the longest signature, and into the first entries of an archive. */
export const HEAD_BYTES = 64 * 1024;
export const UNKNOWN_TYPE = "application/octet-stream";

const SAME: Record<string, string> = {
  "audio/x-m4a": "audio/mp4",
  "audio/wave": "audio/wav",
  "audio/vnd.wave": "audio/wav",
};

/** The media type of a file that begins like this, without parameters. Text without a signature is `text/plain`. */
export async function mediaTypeOf(head: Uint8Array): Promise<string> {
  // What is broken has no type; nothing about it is an error here.
  const found = await fileTypeFromBuffer(head).catch(() => undefined);
  const type = found?.mime.split(";")[0]?.trim();
  if (type) return SAME[type] ?? type;
  return head.length > 0 && isText(head) ? "text/plain" : UNKNOWN_TYPE;
}

function isText(head: Uint8Array): boolean {
  if (head.includes(0)) return false;
  try {
    // The last character may be cut off.
    new TextDecoder("utf-8", { fatal: true }).decode(head, { stream: head.length >= HEAD_BYTES });
    return true;
  } catch {
    return false;
  }
}
