// Opens the store of files that the settings name.
import type { FileStore } from "./store.ts";

/** `filesUrl`: an address `s3://bucket?…`; undefined for the directory. Loads only what is opened. Throws a StartupError. */
export async function openStore({
  filesUrl,
  filesDir,
}: {
  filesUrl: string | undefined;
  filesDir: string;
}): Promise<FileStore> {
  if (filesUrl) {
    const { S3Store } = await import("./s3-store.ts");
    return new S3Store(filesUrl);
  }
  const { DiskStore } = await import("./disk-store.ts");
  return DiskStore.open(filesDir);
}
