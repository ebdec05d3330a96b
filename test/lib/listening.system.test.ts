// Where the server listens: what can't be had is said in words, before anything is made.
import { afterAll, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { startMain } from "../support/main-process.ts";
import { newDir } from "../support/server-process.ts";

const neighbour = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
const dirs: string[] = [];
afterAll(async () => {
  await neighbour.stop(true);
  for (const dir of dirs) await rm(dir, { recursive: true, force: true });
});

test.each([
  ["a port that is in use", { PORT: String(neighbour.port) }, `Port ${neighbour.port} is in use: stop`],
  [
    "a host that is not known",
    { HOST: "no-such-host.invalid" },
    "The name in HOST, no-such-host.invalid, is not known",
  ],
  ["a host that is none", { HOST: "bad host" }, "The name in HOST, bad host, is not known"],
  ["another machine's address", { HOST: "192.0.2.1" }, "HOST is no address of this machine"],
])("%s is refused in one sentence, before a database is made", async (_name, settings, words) => {
  const base = await newDir();
  dirs.push(base);
  const dataDir = join(base, "data");
  const { code, stdout, stderr } = await startMain({ DATA_DIR: dataDir, ...settings }).ended();
  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr).toMatch(/^[^\n]+\.\n$/);
  expect(stderr).toContain(words);
  expect(existsSync(dataDir)).toBe(false);
});
