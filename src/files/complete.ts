// What happens to a file once all of it is there: it is put together, looked at, and made ready or refused. Each step can be done again
// from its beginning, by whichever server, for a process may end in between.
import type { Config } from "../config.ts";
import type { SqlClient } from "../db/client.ts";
import { THUMBNAIL_OBJECT } from "./attachment.ts";
import { checkFile } from "./check.ts";
import { processImage } from "./images.ts";
import { HEAD_BYTES, mediaTypeOf } from "./media-type.ts";
import { changeFile, type FileRecord } from "./records.ts";
import { type FileStore, writeObject } from "./store.ts";

export interface Settling {
  sql: SqlClient;
  store: FileStore;
  config: Pick<Config, "fileCheckUrl">;
}

/** Processes a file in the state `checking`. Returns it as it is then; null when it was taken away meanwhile. */
export async function settle(parts: Settling, file: FileRecord): Promise<FileRecord | null> {
  const { sql, store, config } = parts;
  const whole = await join(parts, file);
  const head = new Uint8Array(await store.object(file.key, whole).slice(0, HEAD_BYTES).arrayBuffer());
  let mime = await mediaTypeOf(head);
  let { name, meta } = file;
  let content = whole;
  if (file.kind === "image") {
    const image = await processImage(store, file, whole);
    if (!image) return changeFile(sql, file.id, "checking", { state: "refused" });
    const { part, ...details } = image;
    meta = { ...meta, ...details };
    if (part !== whole) {
      content = part;
      mime = "image/webp";
      name = withExtension(name, "webp");
    }
  }
  const bytes = store.object(file.key, content);
  const size = content === whole ? file.size : (await bytes.stat()).size;
  const complete = { ...file, name, mime, meta, size };
  if (config.fileCheckUrl) {
    const verdict = await checkFile(config.fileCheckUrl, complete, bytes);
    if (verdict === "away") return file;
    if (verdict === "refused") return changeFile(sql, file.id, "checking", { state: "refused", name, mime, meta });
  }
  const ready = await changeFile(sql, file.id, "checking", {
    state: "ready",
    name,
    mime,
    meta,
    size,
    received: size,
    parts: [content],
  });
  if (ready) await store.removeExcept(file.key, [content, THUMBNAIL_OBJECT]);
  return ready;
}

/** Makes one object of what came in parts; returns its name. */
async function join({ sql, store }: Settling, file: FileRecord): Promise<string> {
  if (file.parts.length === 1) return file.parts[0]!;
  const name = crypto.randomUUID();
  await writeObject(store, file.key, name, bytesOf(store, file));
  await changeFile(sql, file.id, "checking", { parts: [name] });
  await store.removeExcept(file.key, [name]);
  return name;
}

async function* bytesOf(store: FileStore, { key, parts }: FileRecord) {
  for (const part of parts) yield* store.object(key, part).stream() as AsyncIterable<Uint8Array>;
}

const withExtension = (name: string, extension: string) => `${name.replace(/\.[^.]{1,10}$/, "")}.${extension}`;
