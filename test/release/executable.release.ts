// The single executable for this machine's platform, on a machine that has nothing else: `bun run test:release`. It is built first.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildFolder } from "../../release/executable.ts";
import { HOST } from "../../release/targets.ts";
import { VERSION } from "../../src/lib/version.ts";
import { asUser, connect, logIn, newUser } from "../support/client.ts";
import { uploadForm } from "../support/files.ts";
import { pngOf } from "../support/images.ts";
import { until } from "../support/patience.ts";
import { BareMachine } from "./bare-machine.ts";
import { chatInBrowsers } from "./chat-in-browsers.ts";

const folder = join(tmpdir(), `executable-${process.pid}`);
const machines: BareMachine[] = [];

beforeAll(() => buildFolder(HOST, folder));
afterAll(async () => {
  for (const machine of machines) await machine.remove();
  await rm(folder, { recursive: true, force: true });
});

async function newMachine() {
  const machine = await BareMachine.install(folder);
  machines.push(machine);
  return machine;
}

test("it says its version and its commands, and what is wrong with a command", async () => {
  const machine = await newMachine();
  expect(await machine.run(["--version"])).toEqual({ code: 0, out: `${VERSION}\n`, errors: "" });
  expect((await machine.run(["help"])).out).toContain("realtime-chat backup DIR");
  expect(await machine.run(["serve"])).toMatchObject({ code: 2, errors: expect.stringContaining("no command serve") });
  expect(await machine.run(["backup"])).toMatchObject({ code: 1, errors: "Usage: realtime-chat backup DIR\n" });
  const { code, errors } = await machine.run(["admin"]);
  expect([code, errors]).toEqual([1, expect.stringContaining("realtime-chat admin invite")]);
  expect((await machine.run(["health"], { PORT: "1" })).code).toBe(1);
});

test("it serves every page and document, stores messages, decodes images, and has all of it after a restart", async () => {
  const machine = await newMachine();
  let server = await machine.serve();
  expect((await machine.run(["health"], { PORT: String(server.port) })).code).toBe(0);
  const pages = ["/", "/docs", "/docs/socket", "/docs/swagger-ui.css", "/docs/swagger-ui-bundle.js", "/docs/init.js"];
  for (const path of [...pages, "/docs/socket.css", "/docs/favicon-32x32.png", "/asyncapi.json"]) {
    const response = await fetch(server.url + path);
    expect([path, response.status, (await response.bytes()).length > 100]).toEqual([path, 200, true]);
  }
  expect(await (await fetch(`${server.url}/openapi.json`)).json()).toMatchObject({ info: { version: VERSION } });
  expect(await (await fetch(`${server.url}/metrics`)).text()).toContain(`chat_build_info{version="${VERSION}"} 1`);

  const [ali, veli] = [await newUser(server.url), await newUser(server.url)];
  const { body } = await ali.post("/groups", { name: "Both", is_private: false });
  await veli.post(`/groups/${body.group_id}/join`);
  const photo = new Blob([pngOf(64, 48, (x, y) => [x, y, 0])], { type: "image/png" });
  const uploaded = await uploadForm(server, ali, photo, "photo.png", { kind: "image" });
  expect(uploaded.status).toBe(201);
  const socket = await connect(`${server.url}/ws?token=${veli.token}`);
  await socket.ready();
  const sent = await ali.post(`/groups/${body.group_id}/messages`, {
    body: "hello",
    attachments: [uploaded.body.data.id],
  });
  expect(sent.status).toBe(201);
  await socket.next("group.message.new");
  const read = async () => (await veli.get(`/groups/${body.group_id}/messages`)).body.data[0];
  expect(await read()).toMatchObject({ body: "hello", attachments: [{ kind: "image", width: 64, height: 48 }] });

  expect(await server.stop()).toBe(0);
  server = await machine.serve();
  // Figures for docs/releasing.md, of a machine that is quiet.
  console.info(`started in ${Math.round(server.startMs)} ms, ${Math.round(await server.memory())} MiB`);
  const again = asUser(server.url, veli.token);
  expect((await again.get(`/groups/${body.group_id}/messages`)).body.data[0].body).toBe("hello");
  expect(await server.stop()).toBe(0);
});

test("several workers serve one port, and the end of one is made up for", async () => {
  const machine = await newMachine();
  const server = await machine.serve({ WORKERS: "2" });
  const ali = await newUser(server.url);
  const children = async () =>
    (await Bun.$`ps --ppid ${server.process.pid} -o pid=,args=`.nothrow().text())
      .split("\n")
      .filter((line) => line.includes("--worker="))
      .map((line) => Number.parseInt(line, 10));
  const [first, ...others] = await children();
  expect(others).toHaveLength(1);
  process.kill(first!, "SIGKILL");
  await until("another worker has taken its place", async () => {
    const now = await children();
    return now.length === 2 && !now.includes(first!);
  });
  await until("everybody is served", async () => (await ali.get("/me").catch(() => null))?.status === 200);
  expect(await server.stop()).toBe(0);
});

test("admin commands, a backup under way and a restore work with it", async () => {
  const machine = await newMachine();
  const server = await machine.serve();
  const ali = await newUser(server.url);
  expect(await machine.run(["admin", "role", ali.username, "admin"])).toMatchObject({ code: 0, errors: "" });
  const { code, out } = await machine.run(["backup", "/home/chat/backup"]);
  expect([code, out]).toEqual([0, expect.stringContaining("1 users")]);
  expect(await server.stop()).toBe(0);
  // Elsewhere, and as the server that was stopped.
  const env = { DATA_DIR: "/home/chat/restored" };
  expect(await machine.run(["restore", "/home/chat/backup"], env)).toMatchObject({ code: 0, errors: "" });
  const restored = await machine.serve(env);
  const again = asUser(restored.url, await logIn(restored.url, ali.username));
  expect((await again.get("/me")).body.data).toMatchObject({ username: ali.username });
  expect(await restored.stop()).toBe(0);
  expect(await machine.run(["admin", "keys", "create", ali.username, "shop", "read"], env)).toMatchObject({
    code: 0,
    errors: "",
  });
});

test("two people chat in a browser, from nothing", async () => {
  const machine = await newMachine();
  const server = await machine.serve();
  await chatInBrowsers(server.url, "Hello from one file");
  expect(await server.stop()).toBe(0);
});
