// The example for React, with the packages that its users get: it type-checks, builds and chats.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { cp, mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Browser, Page } from "playwright-core";
import { buildSdk } from "../../src/sdk/build/build.ts";
import { openBrowser, until, visit } from "./browser.ts";
import { PASSWORD, register, type User } from "./people.ts";
import { type Stage, serve } from "./stage.ts";

const ROOT = resolve(import.meta.dir, "../..");

let dir: string;
let server: Stage;
let pages: Bun.Server<undefined>;
let browser: Browser;
let ada: User;
let ben: User;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "chat-react-"));
  await install();
  pages = Bun.serve({
    port: 0,
    async fetch({ url }) {
      const file = Bun.file(join(dir, "dist", new URL(url).pathname.replace(/\/$/, "/index.html")));
      return (await file.exists()) ? new Response(file) : new Response(null, { status: 404 });
    },
  });
  const env = { CORS_ORIGINS: pages.url.origin };
  [server, browser] = await Promise.all([serve(env), openBrowser()]);
  [ada, ben] = await Promise.all([register(server.url, "Ada"), register(server.url, "Ben")]);
});

afterAll(async () => {
  for (const user of [ada, ben]) user?.chat.close();
  await browser?.close();
  await server?.remove();
  await pages?.stop(true);
  await rm(dir, { recursive: true, force: true });
});

/** What `bun install` does, from what is here: the packages of this repository, and the one that it builds. */
async function install() {
  await cp(join(ROOT, "examples/react"), dir, {
    recursive: true,
    filter: (path) => !/\/(node_modules|dist)$/.test(path),
  });
  const modules = join(dir, "node_modules");
  await mkdir(modules);
  const { dependencies, devDependencies } = await Bun.file(join(dir, "package.json")).json();
  const project = await Bun.file(join(ROOT, "package.json")).json();
  for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
    if (name === project.name) continue;
    // What the example asks for is what was tried.
    expect([name, project.devDependencies[name]]).toEqual([name, version as string]);
    await mkdir(join(modules, name, ".."), { recursive: true });
    await symlink(join(ROOT, "node_modules", name), join(modules, name));
  }
  await symlink(join(ROOT, "node_modules/.bin"), join(modules, ".bin"));
  await buildSdk(join(modules, project.name));
}

const run = (script: string) => Bun.$`${process.execPath} run ${script}`.cwd(dir).nothrow().quiet();

async function signIn(name: string): Promise<Page> {
  const { page } = await visit(browser, pages.url.origin);
  await page.goto(`/?server=${encodeURIComponent(server.url)}`);
  await page.getByLabel("Username").fill(name);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.locator("nav strong", { hasText: name }).waitFor();
  return page;
}

test("the example type-checks against the built package", async () => {
  const { exitCode, stdout } = await run("check");
  expect({ exitCode, stdout: String(stdout) }).toEqual({ exitCode: 0, stdout: "" });
});

test("two people chat in the example as it is built, and see each other type", async () => {
  expect((await run("build")).exitCode).toBe(0);
  const [page, other] = [await signIn("Ada"), await signIn("Ben")];
  await page.getByPlaceholder("Write to…").fill("Ben");
  await page.keyboard.press("Enter");
  await page.getByPlaceholder("Message").fill("Hello from React");
  await page.keyboard.press("Enter");
  await other.getByRole("button", { name: "Ada" }).click();
  await other.locator("ol li", { hasText: "Hello from React" }).waitFor();
  // Read over there, for it is on the screen.
  await page.locator("ol li small", { hasText: "read" }).waitFor();
  await other.getByPlaceholder("Message").pressSequentially("And b");
  await page.locator(".typing", { hasText: "Ben is typing" }).waitFor();
  await other.getByPlaceholder("Message").fill("And back");
  await other.keyboard.press("Enter");
  await page.locator("ol li", { hasText: "And back" }).waitFor();
  expect(await page.locator("ol li").count()).toBe(2);
});

test("a session that ends leads back to signing in", async () => {
  const page = await signIn("Ada");
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await page.reload();
  await until(page, `document.querySelector("h1")?.textContent === "Sign in"`);
});
