// The newcomer's way of docs/scaling.md without Docker, to the letter: its commands start two servers and Caddy, and two people in
// browsers of their own, on different servers, become friends and chat while one server is killed. Wants Debian's package `caddy`.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { newDatabase } from "../support/harness.ts";
import { databaseSettings } from "../support/main-process.ts";
import { freePort } from "../support/server-process.ts";
import { openBrowser, type Visit, visit } from "./browser.ts";
import { composer, find, rowOf, send, showList, signUp, statusOf, textsOn } from "./steps.ts";

const ROOT = join(import.meta.dir, "../..");

let database: Awaited<ReturnType<typeof newDatabase>>;
let ports: number[];
let proxyUrl: string;
let shell: ChildProcess;
let browsers: Browser[] = [];

/** The last commands of the document's section, with a database and ports of the test's own. */
async function commands(databaseUrl: string, proxyPort: number): Promise<string> {
  const text = await Bun.file(join(ROOT, "docs/scaling.md")).text();
  const [, section] = /\n## Two servers on one machine\n(.*?)\n## /s.exec(text)!;
  const written = [...section!.matchAll(/```bash\n(.*?)```/gs)].at(-1)![1]!;
  const own: [string, string][] = [
    ["postgres://chat:chat@127.0.0.1:5432/chat", databaseUrl],
    ["8001", `${ports[0]}`],
    ["8002", `${ports[1]}`],
    ["8080", `${proxyPort}`],
  ];
  for (const [theirs] of own) expect(written).toContain(theirs);
  return own.reduce((script, [theirs, ours]) => script.replaceAll(theirs, ours), written);
}

const isReady = (url: string) =>
  fetch(`${url}/ready`).then(
    ({ ok }) => ok,
    () => false,
  );

/** How many sockets each server has; null for one that is gone. */
const sockets = () =>
  Promise.all(
    ports.map((port) =>
      fetch(`http://127.0.0.1:${port}/metrics`).then(
        async (answer) => Number(/^chat_sockets (\d+)$/m.exec(await answer.text())![1]),
        () => null,
      ),
    ),
  );

/** The processes that the commands have started. */
const started = () =>
  Bun.spawnSync(["ps", "-A", "-o", "pid=,pgid=,args="])
    .stdout.toString()
    .split("\n")
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line))
    .filter((found) => found?.[2] === `${shell.pid}`)
    .map((found) => ({ pid: Number(found![1]), args: found![3]! }));

beforeAll(async () => {
  if (!Bun.which("caddy")) throw new Error("caddy is missing: apt-get install caddy");
  database = await newDatabase();
  const { DATABASE_URL, ...settings } = databaseSettings(database.target);
  const proxyPort = await freePort();
  ports = [await freePort(), await freePort()];
  proxyUrl = `http://localhost:${proxyPort}`;
  const { PATH, HOME } = process.env;
  // A process group of its own, as in a terminal.
  shell = spawn("bash", ["-c", await commands(DATABASE_URL!, proxyPort)], {
    cwd: ROOT,
    env: { PATH, HOME, ...settings },
    stdio: "ignore",
    detached: true,
  });
  browsers = await Promise.all([openBrowser(), openBrowser()]);
  for (const url of [proxyUrl, ...ports.map((port) => `http://127.0.0.1:${port}`)])
    while (!(await isReady(url))) await Bun.sleep(50);
});

afterAll(async () => {
  for (const browser of browsers) await browser.close();
  // As Ctrl-C does.
  if (shell?.pid) process.kill(-shell.pid, "SIGINT");
  while (started().length > 0) await Bun.sleep(50);
  await database?.drop();
});

/** Once there are so many sockets altogether: how many each server has. */
async function spread(total: number) {
  for (;;) {
    const counts = await sockets();
    if (counts.reduce<number>((sum, count) => sum + (count ?? 0), 0) === total) return counts.toSorted();
    await Bun.sleep(20);
  }
}

test("two people on different servers chat, and lose nothing when one server is killed", async () => {
  const [ada, bob] = (await Promise.all(browsers.map((browser) => visit(browser, proxyUrl)))) as [Visit, Visit];
  await signUp(ada.page, "Ada");
  expect(await spread(1)).toEqual([0, 1]);
  await signUp(bob.page, "Bob");
  // Requests under way count as connections, so that now and then both are on one server at first.
  while ((await spread(2)).join() !== "1,1") {
    await bob.page.goto("about:blank");
    await spread(1);
    await bob.page.goto("/");
  }

  const row = await find(ada.page, "Bob");
  await row.getByRole("button", { name: "Actions for Bob" }).click();
  await ada.page.getByRole("menuitem", { name: "Add friend" }).click();
  await showList(bob.page, "People");
  await bob.page.getByRole("button", { name: "Accept friend request from Ada" }).click();
  await bob.page.locator(".row.person", { hasText: "Ada" }).getByText("Online").waitFor();

  await row.getByRole("button", { name: "Message Bob" }).click();
  await send(ada.page, "Over there?");
  await statusOf(ada.page, "Over there?", "delivered").waitFor();
  await showList(bob.page, "Chats");
  await rowOf(bob.page, "Ada").click();
  await statusOf(ada.page, "Over there?", "read").waitFor();
  await composer(bob.page).pressSequentially("Over here");
  await ada.page.locator('.typing[data-active="true"]').waitFor();
  await composer(bob.page).press("Enter");
  await statusOf(bob.page, "Over here", "read").waitFor();

  for (const { page } of [ada, bob]) await page.evaluate("window.isSamePage = true");
  const server = started().find(({ args }) => /^\S*bun\S* src\/main\.ts$/.test(args))!;
  process.kill(server.pid, "SIGKILL");
  await Promise.all([send(ada.page, "Still there?"), send(bob.page, "Still here")]);
  await statusOf(ada.page, "Still there?", "read").waitFor();
  await statusOf(bob.page, "Still here", "read").waitFor();
  expect((await sockets()).toSorted()).toEqual([2, null]);

  const texts = await textsOn(ada.page);
  expect(texts.slice(0, 2)).toEqual(["Over there?", "Over here"]);
  expect(texts.slice(2).sort()).toEqual(["Still here", "Still there?"]);
  expect(await textsOn(bob.page)).toEqual(texts);
  for (const { page, troubles } of [ada, bob]) {
    expect(await page.evaluate<boolean>("window.isSamePage")).toBe(true);
    expect(troubles).toEqual([]);
  }
});
