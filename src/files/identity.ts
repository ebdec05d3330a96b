// Which place for files a server has, so that servers on one database can tell whether it is the same one.
import { existsSync } from "node:fs";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { errorCode } from "../lib/error-code.ts";
import { parseFilesUrl } from "../lib/files-address.ts";

/** Holds a name that the first server drew; whoever sees the same file sees the same directory. */
const MARK = "id";

/** The same text on every server with the same bucket or directory; null where there is no place for files. */
export async function filesIdentity(settings: {
  filesUrl: string | undefined;
  filesDir: string;
}): Promise<string | null> {
  if (settings.filesUrl) {
    const { endpoint = "", bucket, prefix } = parseFilesUrl(settings.filesUrl);
    return `${endpoint} ${bucket}/${prefix}`;
  }
  const mark = join(settings.filesDir, MARK);
  try {
    await mkdir(settings.filesDir, { recursive: true, mode: 0o700 });
    if (!existsSync(mark)) await draw(mark);
    return await readFile(mark, "utf8");
  } catch {
    // Read-only, as in a container without a volume: uploads are refused, and no other server need see any.
    return null;
  }
}

/** Of several servers that draw at once the first one's name stands, and nobody sees half of it. */
async function draw(mark: string) {
  const name = crypto.randomUUID();
  const draft = `${mark}.${name}`;
  try {
    await writeFile(draft, name);
    await link(draft, mark).catch((error) => {
      if (errorCode(error) !== "EEXIST") throw error;
    });
  } finally {
    await rm(draft, { force: true });
  }
}
