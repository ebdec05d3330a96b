// The server as `bun start` runs it: built into dist/server. What it loads only when it is asked for, and what it reads by its path, is there.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newUser } from "./support/client.ts";
import { uploadForm } from "./support/files.ts";
import { newDatabase } from "./support/harness.ts";
import { imageOf } from "./support/images.ts";
import { databaseSettings, startMain } from "./support/main-process.ts";

const ROOT = join(import.meta.dir, "..");

let server: ReturnType<typeof startMain>;
let url: string;
let database: Awaited<ReturnType<typeof newDatabase>>;
let filesDir: string;

beforeAll(async () => {
  await Bun.$`${process.execPath} run build:server`.cwd(ROOT).quiet();
  database = await newDatabase();
  filesDir = await mkdtemp(join(tmpdir(), "built-server-"));
  const settings = { ...databaseSettings(database.target), JWT_SECRET: "s".repeat(32), DATA_DIR: filesDir };
  server = startMain(settings, join(ROOT, "dist/server/main.js"));
  url = await server.listening();
});
afterAll(async () => {
  await server?.stop();
  await database?.drop();
  await rm(filesDir, { recursive: true, force: true });
});

test("people register, log in and write", async () => {
  const [ali, veli] = [await newUser(url), await newUser(url)];
  const { conversation_id: id } = (await ali.post(`/conversations/${veli.id}`)).body;
  const body = "**good** morning";
  expect((await ali.post(`/messages/${id}`, { body, format: "markdown" })).status).toBe(201);
  const [message] = (await veli.get(`/messages/${id}`)).body.data;
  expect(message).toMatchObject({ sender_id: ali.id, body: "good morning" });
});

test.each([
  "/",
  "/docs/init.js",
  "/docs/socket",
  "/docs/swagger-ui.css",
  "/openapi.json",
  "/asyncapi.json",
  "/metrics",
])("GET %s is served", async (path) => {
  const response = await fetch(`${url}${path}`);
  expect(response.status).toBe(200);
  expect((await response.text()).length).toBeGreaterThan(400);
});

test("a picture is decoded", async () => {
  const ali = await newUser(url);
  const image = await imageOf("png", 10, 10);
  const { status, body } = await uploadForm({ url }, ali, new Blob([image]), "dot.png", { kind: "image" });
  expect([status, body.data]).toEqual([201, expect.objectContaining({ state: "ready", width: 10, height: 10 })]);
});

test("it ends in good order", async () => {
  const { code, stderr } = await server.stop();
  expect([code, stderr]).toEqual([0, ""]);
});
