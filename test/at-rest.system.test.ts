// What a server with default settings has loaded while nobody uses it. What serves one setting, or calls that are seldom made, is loaded
// when it is needed: a start is as long, and a server as large, as what it loads.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { startMain } from "./support/main-process.ts";
import { newDir } from "./support/server-process.ts";

const ROOT = join(import.meta.dir, "..");

/** Those that nearly every server needs as soon as somebody uses it. */
const PACKAGES = [
  "@elysiajs/cors",
  "@sinclair/typebox",
  "drizzle-orm",
  "elysia",
  "ipaddr.js",
  "lru-cache",
  "p-limit",
  "pino",
  "postgres",
  "prom-client",
  "unicode-case-folding",
];

/** Of ours, with room for a few more. A feature that needs many is to be loaded by its first call. */
const FILES_LIMIT = 310;

let server: ReturnType<typeof startMain>;
let dir: string;
let loaded: string[];

beforeAll(async () => {
  dir = await newDir();
  const flags = ["--preload", join(import.meta.dir, "support/loaded-modules.ts")];
  server = startMain({ DATA_DIR: join(dir, "data") }, join(ROOT, "src/main.ts"), flags);
  const url = await server.listening();
  expect((await fetch(`${url}/health`)).status).toBe(200);
  server.signal("SIGWINCH");
  const line = () => /^\[".*"\]$/m.exec(server.printed())?.[0];
  while (!line()) await Bun.sleep(10);
  loaded = JSON.parse(line()!);
});
afterAll(async () => {
  await server?.stop();
  await rm(dir, { recursive: true, force: true });
});

/** The package of a file, if it is in one. */
const packageOf = (file: string) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1];

test("no package is loaded but those that every server needs", async () => {
  const { dependencies } = await Bun.file(join(ROOT, "package.json")).json();
  const packages = new Set(loaded.map(packageOf));
  expect(Object.keys(dependencies).filter((name) => packages.has(name))).toEqual(PACKAGES);
});

test("of our own files no more are loaded than is declared here", () => {
  const files = loaded.filter((file) => file.startsWith(join(ROOT, "src/")));
  expect(files.length).toBeLessThanOrEqual(FILES_LIMIT);
});
