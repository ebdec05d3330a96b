// Pictures that were uploaded from this page: shown in place of the server's until that is loaded.

/** Enough for the newest messages; each takes what its file takes. */
const KEPT = 20;

const urls = new Map<number, string>();

/** `id` is the file that it has become. */
export function keepPicture(id: number, blob: Blob) {
  if (urls.has(id)) return;
  urls.set(id, URL.createObjectURL(blob));
  const [oldest] = urls;
  if (urls.size <= KEPT || !oldest) return;
  urls.delete(oldest[0]);
  URL.revokeObjectURL(oldest[1]);
}

/** The address of one; undefined of all others. */
export const pictureOf = (id: number) => urls.get(id);
