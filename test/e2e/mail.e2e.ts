// What people do by mail: choosing a new password, and confirming an address.
import { afterAll, beforeAll, expect, test } from "bun:test";
import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { Mailbox } from "../support/mailbox.ts";
import { OURS, ServerProcess } from "../support/server-process.ts";
import { openBrowser, visit, visitAs } from "./browser.ts";
import { register, tokenOf } from "./people.ts";

let mailbox: Mailbox;
let server: ServerProcess;
let browser: Browser;

beforeAll(async () => {
  mailbox = await Mailbox.open();
  const env = { SMTP_URL: mailbox.url, PUBLIC_URL: "https://chat.example.org" };
  [server, browser] = await Promise.all([ServerProcess.create(undefined, { ...OURS, env }), openBrowser()]);
  await server.start();
});

afterAll(async () => {
  await browser.close();
  await server.remove();
  await mailbox.close();
});

async function expectAccessible(page: Page) {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<axe.AxeResults>("axe.run(document)");
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
}

test("a forgotten password is replaced by the link in a mail, and an old link says that it is used up", async () => {
  const { chat } = await register(server.url, "Ida");
  chat.close();
  await mailbox.next("ida@example.org");
  const { page, context, troubles } = await visit(browser, server.url);
  await page.goto("/");
  await page.getByRole("button", { name: "Forgot your password?" }).click();
  await expectAccessible(page);
  await page.getByLabel("E-mail").fill("ida@example.org");
  await page.keyboard.press("Enter");
  await page.getByText("a link is on its way").waitFor();
  const { token } = await mailbox.next("ida@example.org");
  await page.goto(`/#/reset/${token}`);
  await page.getByRole("heading", { name: "Choose a new password" }).waitFor();
  await expectAccessible(page);
  await page.getByLabel("New password").fill("another battery staple");
  await page.keyboard.press("Enter");
  await page.getByText("Your password has been changed.").waitFor();
  // The link has gone from the address.
  expect(page.url()).not.toContain(token!);
  await page.getByLabel("Username or e-mail").fill("Ida");
  await page.getByLabel("Password", { exact: true }).fill("another battery staple");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Settings", exact: true }).waitFor();
  await page.goto(`/#/reset/${token}`);
  await page.getByLabel("New password").fill("another battery staple");
  await page.keyboard.press("Enter");
  await page.getByText("This link has been used, or is too old.").waitFor();
  expect(troubles).toEqual([]);
  await context.close();
});

test("an address is confirmed by following the link, in a session or without", async () => {
  const { chat } = await register(server.url, "Jon");
  const { token } = await mailbox.next("jon@example.org");
  const { page, context, troubles } = await visitAs(browser, server.url, await tokenOf(server.url, "Jon"));
  await page.getByRole("button", { name: "Settings", exact: true }).waitFor();
  await page.goto(`/#/verify/${token}`);
  await page.getByText("Your e-mail address is confirmed.").waitFor();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("button", { name: "Settings", exact: true }).waitFor();
  expect(troubles).toEqual([]);
  chat.close();
  await context.close();
});
