// Has another program look at each complete file before anybody may have it: over HTTP, or ClamAV's own protocol, which takes some
// lines and needs none of the programs and temporary files that its libraries bring along.
import { connect } from "node:net";
import type { FileRecord } from "./records.ts";

/** `away`: nothing is known; ask again later. */
export type Verdict = "passed" | "refused" | "away";

const CLAMD_PORT = 3310;
const TIMEOUT_MS = 60_000;

export function checkFile(url: string, file: FileRecord, bytes: Blob): Promise<Verdict> {
  const address = new URL(url);
  const asked = address.protocol === "clamd:" ? askClamd(address, bytes) : askHttp(url, file, bytes);
  return asked.catch(() => "away");
}

/** 2xx passes it and 4xx refuses it; but for those that ask to come again, or name a wrong setting of ours. */
async function askHttp(url: string, { id, owner_id, mime }: FileRecord, bytes: Blob): Promise<Verdict> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": mime, "x-file-id": String(id), "x-owner-id": String(owner_id) },
    body: bytes,
    redirect: "error",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  await response.body?.cancel();
  if (response.ok) return "passed";
  return response.status >= 400 && response.status < 500 && ![401, 404, 405, 408, 429].includes(response.status)
    ? "refused"
    : "away";
}

/** As `clamd(8)` describes INSTREAM: each chunk behind its length, and a length of zero at the end. */
async function askClamd({ hostname, port }: URL, bytes: Blob): Promise<Verdict> {
  const socket = connect({ host: hostname, port: Number(port || CLAMD_PORT) });
  socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error("clamd does not respond")));
  const failed = new Promise<never>((_, reject) => socket.on("error", reject));
  failed.catch(() => {}); // Perhaps after the reply.
  const reply = new Promise<string>((resolve) => {
    let text = "";
    socket.on("data", (data) => (text += data.toString()));
    socket.on("close", () => resolve(text));
  });
  const send = async (data: Uint8Array | string) => {
    if (!socket.write(data))
      await Promise.race([new Promise((resolve) => socket.once("drain", resolve)), reply, failed]);
  };
  const lengthOf = (length: number) => {
    const prefix = Buffer.alloc(4);
    prefix.writeUInt32BE(length);
    return prefix;
  };
  try {
    await send("zINSTREAM\0");
    for await (const chunk of bytes.stream()) {
      await send(lengthOf(chunk.byteLength));
      await send(chunk);
    }
    await send(lengthOf(0));
    const verdict = await Promise.race([reply, failed]);
    if (/^stream: OK\0?$/.test(verdict.trim())) return "passed";
    return /FOUND\0?$/.test(verdict.trim()) ? "refused" : "away";
  } finally {
    socket.destroy();
  }
}
