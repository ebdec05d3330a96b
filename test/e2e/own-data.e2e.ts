// What people do with their accounts in the settings: another username, a copy of their data, and deleting the account, as others see
// it as well.
import { afterAll, beforeAll, expect, test } from "bun:test";
import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { openBrowser, visitAs } from "./browser.ts";
import { acquaint, PASSWORD, tokenOf } from "./people.ts";
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

async function expectAccessible(page: Page) {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<axe.AxeResults>("axe.run(document)");
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
}

test("settings change the username, download everything, and delete the account", async () => {
  const { mia, noa } = await acquaint(server.url);
  const { page, context, troubles } = await visitAs(browser, server.url, await tokenOf(server.url, "Mia"));
  const other = await visitAs(browser, server.url, await tokenOf(server.url, "Noa"));
  await other.page.getByText("Message number 39").first().click();
  await page.getByRole("button", { name: "Settings", exact: true }).click();

  await page.getByRole("button", { name: "Username", exact: true }).click();
  await page.getByRole("textbox", { name: "Username" }).fill("Mia.Two");
  await page.getByLabel("Password", { exact: true }).fill("not the password");
  await page.getByRole("button", { name: "Change username" }).click();
  await page.getByText("The present password is wrong.").waitFor();
  await expectAccessible(page);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.keyboard.press("Enter");
  await page.getByText("You are @Mia.Two now.").waitFor();
  await other.page.getByText("Mia.Two").first().waitFor();

  await page.getByRole("button", { name: "Download your data" }).click();
  await expectAccessible(page);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Download", exact: true }).click(),
  ]);
  const copy = await Bun.file(await download.path()).json();
  expect(copy.account.username).toBe("Mia.Two");
  expect(copy.messages).toHaveLength(40);
  await page.getByRole("button", { name: "Back", exact: true }).click();

  await page.getByRole("button", { name: "Delete account" }).click();
  const confirm = page.getByRole("button", { name: "Delete my account" });
  expect(await confirm.isDisabled()).toBe(true);
  await page.getByLabel("Type Mia.Two to confirm").fill("mia.two");
  await page.getByLabel("Password", { exact: true }).fill("not the password");
  await confirm.click();
  await page.getByText("The present password is wrong.").waitFor();
  await expectAccessible(page);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await confirm.click();
  await page.getByLabel("Username or e-mail").waitFor();
  await page.getByText("Your account was deleted.").waitFor();

  await other.page.getByText("This account was deleted.").waitFor();
  await other.page.getByText("Deleted user").first().waitFor();
  expect([troubles, other.troubles]).toEqual([[], []]);
  mia.chat.close();
  noa.chat.close();
  await Promise.all([context.close(), other.context.close()]);
});
