// Bots and API keys in the settings: created, shown once, in use, and deleted, by keys alone where a form is.
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser } from "playwright-core";
import { expectAccessible, faultsInThemes } from "./accessible.ts";
import { openBrowser, visitAs } from "./browser.ts";
import { PASSWORD, register } from "./people.ts";
import { type Stage, serve } from "./stage.ts";

let server: Stage;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([serve(), openBrowser()]);
});

afterAll(async () => {
  await browser.close();
  await server.remove();
});

test("a key takes the password and is shown once; a bot has names and keys of its own, and is deleted", async () => {
  const { chat, token, id } = await register(server.url, "Ida");
  const phone = { viewport: { width: 360, height: 740 } };
  const { page, context, troubles } = await visitAs(browser, server.url, token, phone);
  const meOf = async (key: string | null) => {
    const answer = await fetch(`${server.url}/me`, { headers: { authorization: `Bearer ${key}` } });
    return { status: answer.status, data: ((await answer.json()) as { data?: { id: number } }).data };
  };
  const button = (name: string) => page.getByRole("button", { name, exact: true });
  await button("Settings").click();
  await button("Bots and API keys").click();

  await button("Create a key").click();
  await page.keyboard.type("Backup");
  await page.getByRole("checkbox", { name: "Write" }).uncheck();
  await page.getByLabel("Password", { exact: true }).fill("not it");
  await page.keyboard.press("Enter");
  await page.getByText("The present password is wrong.").waitFor();
  await expectAccessible(page);
  // What is wrong has the focus.
  await page.keyboard.press("Control+A");
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press("Enter");
  await button("Done").waitFor();
  const key = await page.locator(".secret").textContent();
  expect((await meOf(key)).data?.id).toBe(id);
  await button("Done").click();
  await page.getByText("Read", { exact: true }).waitFor();

  await button("Create a bot").click();
  await page.keyboard.type("ida");
  await page.keyboard.press("Enter");
  await page.getByText("This username is taken.").waitFor();
  await page.keyboard.press("Control+A");
  await page.keyboard.type("weather-bot");
  await page.keyboard.press("Tab");
  await page.keyboard.type("Weather");
  await page.keyboard.press("Enter");
  await button("Delete this bot").waitFor();
  expect(await faultsInThemes(page)).toEqual([]);
  await button("Create a key").click();
  await page.keyboard.type("Server");
  await page.keyboard.press("Enter");
  await button("Done").waitFor();
  const botKey = await page.locator(".secret").textContent();
  expect((await meOf(botKey)).data?.id).not.toBe(id);
  await button("Done").click();
  await button("Delete this bot").click();
  await button("Delete bot").click();
  await page.getByText("The bot was deleted.").waitFor();
  expect((await meOf(botKey)).status).toBe(401);

  await button("Delete Backup").click();
  await button("Delete key").click();
  await page.getByText("The key was deleted.").waitFor();
  expect((await meOf(key)).status).toBe(401);
  // The row is gone, and the focus is in the dialog.
  expect(await page.evaluate("document.activeElement.closest('dialog') !== null")).toBe(true);
  expect(troubles).toEqual([]);
  chat.close();
  await context.close();
});
