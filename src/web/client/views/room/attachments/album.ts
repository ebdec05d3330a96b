// How images and videos of one message are laid out: their places are known before anything of them is loaded, so that nothing moves
// when they come.
import type { Attachment } from "../../../../../sdk/index.ts";

/** One row of an album; each file is as wide as its share of the row. */
export interface AlbumRow {
  files: readonly { file: Attachment; ratio: number }[];
  /** Width through height. */
  ratio: number;
}

/** Beyond these an image is cropped in the list: a thread or a tower would leave nothing to see. */
const MIN_RATIO = 0.5;
const MAX_RATIO = 2.5;
/** A row is at least as wide as high, and never a mere stripe. */
const MIN_ROW_RATIO = 1;
const MAX_ROW_RATIO = 4;
/** What rows are to be high, in widths of the album: with few files larger ones. */
const FEW_FILES = 4;
const ROW_HEIGHT = { few: 0.5, many: 0.36 };

const UNKNOWN_RATIO = { image: 4 / 3, video: 16 / 9 };

const clamp = (value: number, min: number, max: number) => Math.min(max, Math.max(min, value));

/** Width through height, as it is shown. */
export function ratioOf({ kind, width, height }: Attachment): number {
  if (!width || !height) return kind === "video" ? UNKNOWN_RATIO.video : UNKNOWN_RATIO.image;
  return clamp(width / height, MIN_RATIO, MAX_RATIO);
}

/** The rows of an album, in the order of the files, each as near to the wanted height as there is a way. */
export function albumRows(files: readonly Attachment[]): AlbumRow[] {
  const wanted = files.length <= FEW_FILES ? ROW_HEIGHT.few : ROW_HEIGHT.many;
  /** The best rows of the first n files. */
  const best: { cost: number; rows: AlbumRow[] }[] = [{ cost: 0, rows: [] }];
  for (let end = 1; end <= files.length; end++) {
    for (let start = 0; start < end; start++) {
      const row = rowOf(files.slice(start, end));
      const cost = best[start]!.cost + (1 / row.ratio - wanted) ** 2;
      if (cost < (best[end]?.cost ?? Number.POSITIVE_INFINITY)) best[end] = { cost, rows: [...best[start]!.rows, row] };
    }
  }
  return best[files.length]!.rows;
}

function rowOf(files: readonly Attachment[]): AlbumRow {
  const items = files.map((file) => ({ file, ratio: ratioOf(file) }));
  const sum = items.reduce((total, { ratio }) => total + ratio, 0);
  return { files: items, ratio: clamp(sum, MIN_ROW_RATIO, MAX_ROW_RATIO) };
}

/** The largest that a single image is shown, in pixels; and the smallest, for there is a time on it. */
const MAX_WIDTH = 400;
const MAX_HEIGHT = 380;
const MIN_WIDTH = 120;

/** How wide a single image or video is shown, in pixels; never larger than it is. */
export function singleWidth(file: Attachment): number {
  const ratio = ratioOf(file);
  const own = file.kind === "image" && file.width ? file.width : MAX_WIDTH;
  return Math.round(Math.max(MIN_WIDTH, Math.min(MAX_WIDTH, MAX_HEIGHT * ratio, own)));
}
