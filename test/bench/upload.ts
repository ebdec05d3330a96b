// `bun run bench:upload`: one large file by the SDK to a server process, over a connection that is cut at random bytes: how long it takes,
// whether every byte is there once, and how much memory the server takes for it.
import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createChat } from "../../src/sdk/index.ts";
import { newUser } from "../support/client.ts";
import { startMain } from "../support/main-process.ts";
import { Chance } from "../support/random.ts";
import { newDir } from "../support/server-process.ts";
import { TcpProxy } from "../support/tcp-proxy.ts";

const { values: options } = parseArgs({
  options: {
    mib: { type: "string", default: "1024" },
    cuts: { type: "string", default: "20" },
    seed: { type: "string", default: "1" },
  },
});
const MIB = 1024 ** 2;
const SIZE = Number(options.mib) * MIB;
const CUTS = Number(options.cuts);
const SAMPLE_MS = 50;

/** Writes a file in which no two blocks are the same; returns its hash. */
async function makeFile(path: string): Promise<string> {
  const file = await open(path, "w");
  const hash = new Bun.CryptoHasher("sha256");
  const block = new Uint32Array(MIB / 4);
  for (let at = 0, word = 1; at < SIZE; at += MIB) {
    for (let i = 0; i < block.length; i++) {
      word = (Math.imul(word, 1_664_525) + 1_013_904_223) >>> 0;
      block[i] = word;
    }
    const bytes = new Uint8Array(block.buffer);
    hash.update(bytes);
    await file.write(bytes);
  }
  await file.close();
  return hash.digest("hex");
}

/** In MiB; of Linux alone. */
async function residentOf(pid: number): Promise<number> {
  const status = await Bun.file(`/proc/${pid}/status`).text();
  return Number(/VmRSS:\s+(\d+)/.exec(status)![1]) / 1024;
}

/** Cuts all connections whenever another one of some points at random has been passed. */
function cutAtRandom(proxy: TcpProxy) {
  const chance = new Chance(Number(options.seed), "cuts");
  const points = Array.from({ length: CUTS }, () => Math.floor(chance.next() * SIZE)).sort((a, b) => a - b);
  let sent = 0;
  proxy.onSent = (bytes) => {
    sent += bytes;
    if (points.length === 0 || sent < points[0]!) return;
    while (points.length > 0 && sent >= points[0]!) points.shift();
    proxy.cut("reset");
  };
}

const dir = await newDir();
const server = startMain({ DATA_DIR: join(dir, "data"), FILE_MAX_SIZE: `${options.mib}M`, RATE_LIMITS: "off" });
try {
  const path = join(dir, "large.bin");
  const expected = await makeFile(path);
  const url = await server.listening();
  const proxy = await TcpProxy.start(url);
  const user = await newUser(url);
  const chat = createChat({ url: proxy.url, token: user.token, backoff: { baseMs: 50, capMs: 200 } });

  const before = await residentOf(server.pid);
  let peak = before;
  const sampling = setInterval(async () => {
    peak = Math.max(peak, await residentOf(server.pid));
  }, SAMPLE_MS);
  cutAtRandom(proxy);
  const begun = performance.now();
  const file = await chat.files.upload(Bun.file(path)).untilReady();
  const seconds = (performance.now() - begun) / 1000;
  const uploaded = peak;

  const hash = new Bun.CryptoHasher("sha256");
  const headers = { authorization: `Bearer ${user.token}` };
  const response = await fetch(`${url}/files/${file.id}/content`, { headers });
  for await (const chunk of response.body!) hash.update(chunk);
  clearInterval(sampling);
  const isSame = hash.digest("hex") === expected;
  console.log(
    `${options.mib} MiB, cut ${CUTS} times: ${seconds.toFixed(1)} s, ${isSame ? "every byte is there once" : "THE BYTES DIFFER"}`,
  );
  console.log(
    `memory of the server: ${before.toFixed(0)} MiB before, ${uploaded.toFixed(0)} at most while uploading, ${peak.toFixed(0)} with reading it`,
  );
  chat.close();
  await proxy.close();
  process.exitCode = isSame ? 0 : 1;
} finally {
  await server.stop();
  await rm(dir, { recursive: true, force: true });
}
