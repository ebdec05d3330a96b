// The web client in a folder of somebody's site, `https://host/chat/`, behind a proxy that takes the folder off.
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser } from "playwright-core";
import { ServerProcess } from "../support/server-process.ts";
import { openBrowser, until, visit } from "./browser.ts";
import { type FolderProxy, openFolderProxy } from "./folder-proxy.ts";
import { PASSWORD, register, type User } from "./people.ts";
import { composer, find, messageOf, send, statusOf } from "./steps.ts";

let server: ServerProcess;
let browser: Browser;
let proxy: FolderProxy;
let xena: User;

beforeAll(async () => {
  [server, browser] = await Promise.all([ServerProcess.create(), openBrowser()]);
  await server.start();
  proxy = openFolderProxy(server.url, "/chat/");
  xena = await register(server.url, "Xena");
});

afterAll(async () => {
  xena.chat.close();
  proxy.stop();
  await browser.close();
  await server.remove();
});

test("below a path, sign-up, sending, reloading and the documentation work, and nothing outside is requested", async () => {
  const { page, context, troubles } = await visit(browser, proxy.origin);
  await page.goto("/chat");
  await page.getByRole("button", { name: "Create an account" }).click();
  await page.getByLabel("Username").fill("Yuri");
  await page.getByLabel("E-mail").fill("yuri@example.org");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByRole("navigation", { name: "Main" }).waitFor();
  await (await find(page, "Xena")).getByRole("button", { name: "Message Xena" }).click();
  await composer(page).waitFor();
  await send(page, "from a folder");
  await statusOf(page, "from a folder", "delivered").waitFor();
  const [room] = await xena.chat.rooms.getSnapshot().rooms;
  xena.chat.room(room!.key).send("and back");
  await messageOf(page, "and back").waitFor();
  expect(new URL(page.url()).pathname).toBe("/chat/");
  await page.reload();
  await messageOf(page, "and back").waitFor();
  // Another chat in another folder of the same site is a stranger's.
  expect(await page.evaluate<string[]>("Object.keys(localStorage).filter((key) => !key.includes('/chat'))")).toEqual(
    [],
  );
  const manifest = await page.evaluate<{ start_url: string; icons: { src: string }[] }>(
    "fetch(document.querySelector('link[rel=manifest]').href).then((answer) => answer.json())",
  );
  const linked = new URL(manifest.start_url, `${proxy.origin}/chat/manifest.webmanifest`);
  expect(linked.pathname).toBe("/chat/");
  for (const { src } of manifest.icons) expect((await page.request.get(`/chat/${src}`)).status()).toBe(200);
  expect((await page.request.get("/chat/favicon.ico")).headers()["content-type"]).toBe("image/png");

  await page.getByRole("button", { name: "Settings", exact: true }).click();
  const [docs] = await Promise.all([
    context.waitForEvent("page"),
    page.getByRole("link", { name: "API documentation" }).click(),
  ]);
  expect(new URL(docs.url()).pathname).toBe("/chat/docs");
  await docs.locator('[data-tag="Status"] .expand-operation').click();
  const call = docs.locator(".opblock").filter({ has: docs.locator('[data-path="/health"]') });
  await call.locator(".opblock-summary-control").click();
  await call.getByRole("button", { name: "Execute" }).click();
  await call.locator(".live-responses-table .response-col_status", { hasText: "200" }).waitFor();
  await docs.goto("/chat/docs/socket");
  await until(docs, "document.styleSheets.length === 2 && document.styleSheets[1].cssRules.length > 0");
  await docs.getByRole("link", { name: "HTTP calls" }).click();
  await docs.waitForURL(`${proxy.origin}/chat/docs`);
  expect(proxy.strays).toEqual([]);
  expect(troubles).toEqual([]);
  await context.close();
});
