// Images are decoded and written anew, so that nothing of the original but the picture is left: no place, no camera, no hidden data.
import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import pLimit from "p-limit";
import { programCommand } from "../lib/program.ts";
import { THUMBNAIL_OBJECT } from "./attachment.ts";
import type { FileRecord } from "./records.ts";
import { type FileStore, writeObject } from "./store.ts";

/** What the process prints. `isKept`: the image stays as it came, for what moves in it would be lost. */
export type ImageResult =
  | { isKept: boolean; width: number; height: number; preview: string | null }
  | { error: string };

export interface ImageDetails {
  /** The object that has the image. */
  part: string;
  width: number;
  height: number;
  preview?: string;
}

/** As good as never: on a machine without a moment to spare an image takes long. What takes too much processor ends itself. */
const TIMEOUT_MS = 600_000;
/** One core stays free for messages. */
const WIDTH = Math.max(1, availableParallelism() - 1);

const IMAGE = "image";

const running = pLimit(WIDTH);
const ofUsers = new Map<number, ReturnType<typeof pLimit>>();

/** Runs `work` when it is its owner's turn: one at a time each, so that many images of one delay the others by one. */
async function inTurn<T>(ownerId: number, work: () => Promise<T>): Promise<T> {
  const own = ofUsers.get(ownerId) ?? pLimit(1);
  ofUsers.set(ownerId, own);
  try {
    return await own(() => running(work));
  } finally {
    if (own.activeCount === 0 && own.pendingCount === 0) ofUsers.delete(ownerId);
  }
}

/** Writes the image of an upload and its thumbnail into the store; null when it is none that can be shown. */
export const processImage = (store: FileStore, file: FileRecord, part: string): Promise<ImageDetails | null> =>
  inTurn(file.owner_id, async () => {
    const dir = await mkdtemp(join(tmpdir(), "chat-image-"));
    try {
      const path = store.pathOf(file.key, part);
      const input = path ?? join(dir, "input");
      if (path === null) await Bun.write(input, store.object(file.key, part));
      const result = await decode(input, dir);
      if ("error" in result) return null;
      await copy(store, file.key, THUMBNAIL_OBJECT, join(dir, THUMBNAIL_OBJECT));
      if (!result.isKept) await copy(store, file.key, IMAGE, join(dir, IMAGE));
      const { width, height, preview } = result;
      return {
        part: result.isKept ? part : IMAGE,
        width,
        height,
        ...(preview !== null && { preview }),
      };
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  });

async function decode(input: string, output: string): Promise<ImageResult> {
  const child = Bun.spawn([...programCommand("image-process", "src/files/image-process.ts"), resolve(input), output], {
    // No secret of the server's is within reach of what decodes, nor a .env that Bun would read.
    cwd: output,
    env: { PATH: process.env.PATH ?? "", TMPDIR: tmpdir() },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "ignore",
    timeout: TIMEOUT_MS,
    killSignal: "SIGKILL",
  });
  const printed = await new Response(child.stdout).text();
  if ((await child.exited) !== 0) return { error: `ended with ${child.signalCode ?? child.exitCode}` };
  return JSON.parse(printed);
}

async function copy(store: FileStore, key: string, name: string, path: string) {
  await writeObject(store, key, name, Bun.file(path).stream() as AsyncIterable<Uint8Array>);
}
