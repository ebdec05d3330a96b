// Takes one file to the server by tus 1.0 (https://tus.io/protocols/resumable-upload): creation, with the whole of a small file; the
// offset after a cut; and the bytes from there on. Of the protocol it needs four requests, which are fewer lines than a library's options.
import { ChatError } from "../errors.ts";
import { type ExchangeParts, exchange, type Headers } from "./exchange.ts";
import type { UploadInfo } from "./upload.ts";

/** The largest body of a request, in bytes; and the first one, since nothing is known of the network yet. */
const PIECE_MAX = 8 * 1024 ** 2;
const PIECE_FIRST = 1024 ** 2;
const PIECE_MIN = 128 * 1024;
/** A piece that took less is followed by a larger one, one that took more by a smaller one. */
const QUICK_MS = 3_000;
const SLOW_MS = 15_000;

const TUS = { "tus-resumable": "1.0.0" };
const BYTES = { "content-type": "application/offset+octet-stream" };

export interface Transfer {
  readonly info: UploadInfo;
  readonly blob: Blob;
  /** Of the file on the server; null until it is known. */
  fileId: number | null;
  /** Whether the server may know of it. */
  isBegun: boolean;
  piece?: number;
  /** What a proxy lets through, if it has refused more. */
  pieceMax?: number;
}

export interface TransferWatch {
  signal: AbortSignal;
  /** Called with the bytes that have left. */
  onSent(bytes: number): void;
  /** Called with the bytes that have arrived. */
  onArrived(bytes: number): void;
}

/** Resolves with the file's id once all of it has arrived. Throws ChatError; called again, it goes on where the server is. */
export async function transfer(parts: ExchangeParts, upload: Transfer, watch: TransferWatch): Promise<number> {
  const { blob } = upload;
  let offset = upload.fileId === null ? 0 : await offsetOf(parts, upload, watch);
  if (upload.fileId === null) offset = await begin(parts, upload, watch);
  watch.onArrived(offset);
  while (offset < blob.size) {
    upload.piece ??= PIECE_FIRST;
    const begun = performance.now();
    try {
      offset = await append(parts, upload, offset, watch);
    } catch (error) {
      if (!(await isReadable(blob, offset))) throw unreadable();
      const isTooMuch = (error as ChatError).status === 413 && upload.piece > PIECE_MIN;
      upload.piece = Math.max(PIECE_MIN, upload.piece / 2);
      // Not the server's limit, which it says of the whole, but that of a proxy.
      if (!isTooMuch) throw error;
      upload.pieceMax = upload.piece;
      continue;
    }
    watch.onArrived(offset);
    const took = performance.now() - begun;
    if (took < QUICK_MS) upload.piece = Math.min(upload.pieceMax ?? PIECE_MAX, upload.piece * 2);
    else if (took > SLOW_MS) upload.piece = Math.max(PIECE_MIN, upload.piece / 2);
  }
  return upload.fileId!;
}

export const unreadable = () =>
  new ChatError("unreadable", "The file can’t be read any more: it was changed, moved or deleted.");

/** A file that has changed since it was chosen fails like a network does. */
const isReadable = async (blob: Blob, offset: number) =>
  blob
    .slice(offset, offset + 1)
    .arrayBuffer()
    .then(
      () => true,
      () => false,
    );

/** Registers it; the same id once more is the same upload. Returns where it is. */
export async function begin(parts: ExchangeParts, upload: Transfer, watch: TransferWatch): Promise<number> {
  const { info, blob, isBegun } = upload;
  // Of a larger one a refusal should cost nothing.
  const isWhole = !isBegun && blob.size > 0 && blob.size <= PIECE_FIRST;
  upload.isBegun = true;
  const header = await exchange(parts, {
    method: "POST",
    path: "/files",
    headers: { ...TUS, "upload-length": String(blob.size), "upload-metadata": metadataOf(info), ...(isWhole && BYTES) },
    ...(isWhole && { body: blob }),
    signal: watch.signal,
    onSent: watch.onSent,
  });
  const id = Number(/(\d+)$/.exec(header("location") ?? "")?.[1] ?? Number.NaN);
  if (!Number.isSafeInteger(id)) throw new ChatError("bad_request", "The server has named no address for the upload.");
  upload.fileId = id;
  if (isBegun) return offsetOf(parts, upload, watch);
  return isWhole ? numberIn(header, "upload-offset") : 0;
}

async function offsetOf(parts: ExchangeParts, upload: Transfer, { signal }: TransferWatch): Promise<number> {
  try {
    const path = `/files/${upload.fileId}`;
    const header = await exchange(parts, { method: "HEAD", path, headers: TUS, signal });
    const offset = numberIn(header, "upload-offset");
    // What is complete may have another size: an image is written anew.
    return offset === numberIn(header, "upload-length") ? upload.blob.size : offset;
  } catch (error) {
    // It was not gone on with for a day. It begins anew.
    if ((error as ChatError).status !== 404) throw error;
    upload.fileId = null;
    return 0;
  }
}

async function append(parts: ExchangeParts, { fileId, blob, piece }: Transfer, offset: number, watch: TransferWatch) {
  const header = await exchange(parts, {
    method: "PATCH",
    path: `/files/${fileId}`,
    headers: { ...TUS, ...BYTES, "upload-offset": String(offset) },
    body: blob.slice(offset, offset + piece!),
    signal: watch.signal,
    onSent: (bytes) => watch.onSent(offset + bytes),
  });
  return numberIn(header, "upload-offset");
}

function numberIn(header: Headers, name: string): number {
  const value = Number(header(name) ?? Number.NaN);
  if (!Number.isSafeInteger(value)) throw new ChatError("bad_request", `The response has no ${name}.`);
  return value;
}

function metadataOf(info: UploadInfo): string {
  const { name, kind, id, alt, duration_ms, waveform, width, height } = info;
  const values = { filename: name, kind, client_id: id, alt, duration_ms, waveform, width, height };
  return Object.entries(values)
    .flatMap(([key, value]) => (value === undefined ? [] : `${key} ${base64(String(value))}`))
    .join(",");
}

const base64 = (text: string) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
