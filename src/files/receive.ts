// Takes the bytes of an upload as they come. What has arrived when the connection breaks, or the process ends, is kept.
import type { SqlClient } from "../db/client.ts";
import { ChatError } from "../lib/errors.ts";
import { wrongOffset } from "../protocol/refusals.ts";
import { addPart, type FileRecord } from "./records.ts";
import type { FileStore, ObjectWriter } from "./store.ts";

/** A part is recorded at the latest when it is this large, in bytes: a process that is killed loses no more of a long request. */
const PART_SIZE = 32 * 1024 * 1024;

/** The store has failed, and not whoever sends. */
export class StoreError extends Error {}

interface Part {
  name: string;
  size: number;
  writer: ObjectWriter;
}

const inStore = <T>(work: Promise<T>): Promise<T> =>
  work.catch((cause) => {
    throw new StoreError("The store of files failed.", { cause });
  });

/**
 * Appends what `source` brings to an upload that stands at `offset`, and returns the offset after it. When the source fails, what came
 * before is kept, and its error is thrown on. Throws `wrong_offset` when another request has gone on with the upload meanwhile, and a StoreError.
 */
export async function receive(
  { sql, store }: { sql: SqlClient; store: FileStore },
  file: FileRecord,
  offset: number,
  source: AsyncIterable<Uint8Array>,
): Promise<number> {
  let part: Part | null = null;
  let end = offset;
  const keepPart = async () => {
    if (!part) return;
    const { name, size, writer } = part;
    await inStore(writer.end());
    part = null;
    if (!(await addPart(sql, file, end, name, size))) {
      await store.remove(file.key, name);
      throw new ChatError(wrongOffset);
    }
    end += size;
  };
  try {
    for await (const chunk of source) {
      if (chunk.byteLength === 0) continue;
      const name = crypto.randomUUID();
      part ??= { name, size: 0, writer: await inStore(store.create(file.key, name)) };
      await inStore(part.writer.write(chunk));
      part.size += chunk.byteLength;
      if (part.size >= PART_SIZE) await keepPart();
    }
    await keepPart();
    return end;
  } catch (error) {
    if (!(error instanceof StoreError)) await keepPart();
    throw error;
  } finally {
    // What the store could not take is not there.
    await (part as Part | null)?.writer.discard();
  }
}
