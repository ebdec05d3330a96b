// Servers whose files are in a directory of their own, and calls with raw bodies.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Config } from "../../src/config.ts";
import { type Answer, startServer, type TestServer, type User } from "./harness.ts";
import { metadata, TUS } from "./tus.ts";

/** What `fetch` takes as a body. */
export type Body = NonNullable<RequestInit["body"]>;

/** A server with a directory of files that goes with it. */
export async function startFileServer(settings: Partial<Config> = {}) {
  const filesDir = await mkdtemp(join(tmpdir(), "chat-files-"));
  const server = await startServer({ filesDir, ...settings });
  return {
    ...server,
    filesDir,
    async close() {
      await server.close();
      await rm(filesDir, { recursive: true, force: true });
    },
  };
}

/** One HTTP call with this body and these headers; the body of the answer is read as JSON where it is JSON. */
export async function callRaw(
  { url }: Pick<TestServer, "url">,
  user: User | null,
  method: string,
  path: string,
  { headers = {}, body }: { headers?: Record<string, string>; body?: Body } = {},
): Promise<Answer & { bytes: Uint8Array }> {
  const response = await fetch(new URL(path, `${url}/files`), {
    method,
    headers: { ...(user && { authorization: `Bearer ${user.token}` }), ...headers },
    redirect: "manual",
    ...(body !== undefined && { body }),
  });
  const bytes = new Uint8Array(await response.arrayBuffer());
  const isJson = response.headers.get("content-type")?.startsWith("application/json");
  const text = isJson ? new TextDecoder().decode(bytes) : "";
  return { status: response.status, headers: response.headers, body: text && JSON.parse(text), bytes };
}

export { metadata, TUS };

/** Begins an upload by tus. */
export const createUpload = (
  server: Pick<TestServer, "url">,
  user: User,
  size: number,
  values: Record<string, string> = {},
  more: Record<string, string> = {},
) =>
  callRaw(server, user, "POST", "/files", {
    headers: {
      ...TUS,
      "upload-length": String(size),
      ...(Object.keys(values).length > 0 && { "upload-metadata": metadata(values) }),
      ...more,
    },
  });

/** Goes on with an upload. */
export const patchUpload = (server: Pick<TestServer, "url">, user: User, path: string, offset: number, body: Body) =>
  callRaw(server, user, "PATCH", path, {
    headers: { ...TUS, "upload-offset": String(offset), "content-type": "application/offset+octet-stream" },
    body,
  });

/** Uploads a whole file as a form, and answers the response. */
export function uploadForm(
  server: Pick<TestServer, "url">,
  user: User,
  file: Blob,
  name = "file.bin",
  fields: Record<string, string> = {},
) {
  const form = new FormData();
  for (const [field, value] of Object.entries(fields)) form.set(field, value);
  form.set("file", file, name);
  return callRaw(server, user, "POST", "/files", { body: form });
}

/** Bytes without a signature, the same for the same seed. */
export function noise(size: number, seed = 1): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  let state = seed;
  for (let i = 0; i < size; i++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}
