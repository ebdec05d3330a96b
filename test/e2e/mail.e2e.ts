// What people do by mail: choosing a new password, and confirming an address.
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser } from "playwright-core";
import { Mailbox } from "../support/mailbox.ts";
import { expectAccessible } from "./accessible.ts";
import { openBrowser, visit, visitAs } from "./browser.ts";
import { PASSWORD, register, tokenOf } from "./people.ts";
import { type Stage, serve } from "./stage.ts";

let mailbox: Mailbox;
let server: Stage;
let browser: Browser;

beforeAll(async () => {
  mailbox = await Mailbox.open();
  const env = { SMTP_URL: mailbox.url, PUBLIC_URL: "https://chat.example.org" };
  [server, browser] = await Promise.all([serve(env), openBrowser()]);
});

afterAll(async () => {
  await browser.close();
  await server.remove();
  await mailbox.close();
});

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

test("settings show that an address is not confirmed, send a link, and change it with the password", async () => {
  const { chat } = await register(server.url, "Kim");
  await mailbox.next("kim@example.org");
  const { page, context, troubles } = await visitAs(browser, server.url, await tokenOf(server.url, "Kim"));
  await page.getByRole("button", { name: "Settings", exact: true }).click();
  await page.getByRole("button", { name: "E-mail address" }).click();
  await page.getByRole("button", { name: "Send a link to confirm it" }).click();
  expect((await mailbox.next("kim@example.org")).subject).toBe("Confirm your e-mail address");
  await page.getByLabel("New address").fill("kim@example.net");
  await page.getByLabel("Password", { exact: true }).fill("not the password");
  await page.getByRole("button", { name: "Send link" }).click();
  await page.getByText("The present password is wrong.").waitFor();
  await expectAccessible(page);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Send link" }).click();
  const { token } = await mailbox.next("kim@example.net");
  await page.goto(`/#/verify/${token}`);
  await page.getByText("Your e-mail address is confirmed.").waitFor();
  expect(troubles).toEqual([]);
  chat.close();
  await context.close();
});

test("settings list the devices, and log another one out", async () => {
  const { chat } = await register(server.url, "Lea");
  const here = await visitAs(browser, server.url, await tokenOf(server.url, "Lea"));
  const there = await visitAs(browser, server.url, await tokenOf(server.url, "Lea"));
  await there.page.getByRole("button", { name: "Settings", exact: true }).waitFor();
  await here.page.getByRole("button", { name: "Settings", exact: true }).click();
  await here.page.getByRole("button", { name: "Devices" }).click();
  await here.page.getByText("This device").waitFor();
  await expectAccessible(here.page);
  await here.page.getByRole("button", { name: "Log out all other devices" }).click();
  await there.page.getByText("Your session has ended.").waitFor();
  await here.page.locator(".device").nth(1).waitFor({ state: "detached" });
  expect(await here.page.locator(".device").count()).toBe(1);
  chat.close();
  await Promise.all([here.context.close(), there.context.close()]);
});
