// Where the bytes of files are kept: a directory, or a bucket. Objects are named `<key>/<name>`, so that all that belongs to a file is
// found by its key. Nothing here knows who may read.
import type { BunFile, S3File } from "bun";

/** Where each piece of an upload goes. What was written before `end` is kept only then. */
export interface ObjectWriter {
  /** Resolves once the chunk is taken, at the speed of the store. */
  write(chunk: Uint8Array): Promise<void>;
  end(): Promise<void>;
  /** Ends it without an object, such as after `write` or `end` has failed: nothing takes up space. Does not throw. */
  discard(): Promise<void>;
}

export interface FileStore {
  /** For people: where it is. */
  readonly where: string;
  /** Throws `unavailable` when too little space is left, for the database may be on the same disk. */
  requireSpace(): Promise<void>;
  /** A new object; one of that name is replaced. */
  create(key: string, name: string): Promise<ObjectWriter>;
  object(key: string, name: string): BunFile | S3File;
  /** Where other programs find the object; null where it is in no file of this machine. */
  pathOf(key: string, name: string): string | null;
  remove(key: string, name: string): Promise<void>;
  /** Removes all objects of a key but those of these names. */
  removeExcept(key: string, names: readonly string[]): Promise<void>;
  /** An address at which anybody may read the object for so many seconds; null where it is served by the server itself. */
  addressOf(key: string, name: string, about: { mime: string; disposition: string; seconds: number }): string | null;
}

/** Writes an object as a whole, or leaves nothing of it. */
export async function writeObject(store: FileStore, key: string, name: string, chunks: AsyncIterable<Uint8Array>) {
  const writer = await store.create(key, name);
  try {
    for await (const chunk of chunks) await writer.write(chunk);
    await writer.end();
  } catch (error) {
    await writer.discard();
    throw error;
  }
}
