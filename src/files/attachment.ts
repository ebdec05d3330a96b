// A file as messages show it.
import type { Attachment, FileDetails, FileKind, FileState, UploadedFile } from "../protocol/files.ts";

/** A row of `files`, as far as it is shown. */
export interface FileRow {
  id: number;
  kind: FileKind;
  name: string;
  mime: string;
  size: number;
  meta: FileDetails;
}

/** The copy of a ready file that a message keeps. */
export const attachmentOf = ({ id, kind, name, mime, size, meta }: FileRow): Attachment => ({
  id,
  kind,
  name,
  mime,
  size,
  ...meta,
});

/** A file as its owner sees it. */
export const toFile = (row: FileRow & { received: number; state: FileState | "deleted" }): UploadedFile => ({
  ...attachmentOf(row),
  received: row.received,
  // A deleted one is not shown.
  state: row.state as FileState,
});

/** The object beside an image's own that has its thumbnail. */
export const THUMBNAIL_OBJECT = "thumbnail";
