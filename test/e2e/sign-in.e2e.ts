// Coming in: what a stranger reads, what one who was here before does, and that nothing typed is lost.
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser } from "playwright-core";
import { openBrowser, until, visit } from "./browser.ts";
import { PASSWORD } from "./people.ts";
import { type Stage, serve } from "./stage.ts";
import { signUp } from "./steps.ts";

let server: Stage;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([serve(), openBrowser()]);
});

afterAll(async () => {
  await browser.close();
  await server.remove();
});

test("only a returning user is welcomed back; a new one reads what the product is", async () => {
  const { page, context, troubles } = await visit(browser, server.url);
  await page.goto("/");
  await page.getByRole("heading", { name: "Log in" }).waitFor();
  await page.locator(".brand", { hasText: "Realtime Chat" }).waitFor();
  expect(await page.getByText("Welcome back").count()).toBe(0);
  await signUp(page, "Vera");
  await page.getByRole("button", { name: "Settings", exact: true }).click();
  await page.getByRole("button", { name: "Log out" }).click();
  await page.getByRole("heading", { name: "Welcome back" }).waitFor();
  expect(troubles).toEqual([]);
  await context.close();
});

test("a browser sends its device token when it logs in to an account again", async () => {
  const { page, context, troubles } = await visit(browser, server.url);
  await page.goto("/");
  await signUp(page, "Devrim");
  await page.getByRole("button", { name: "Settings", exact: true }).click();
  await page.getByRole("button", { name: "Log out" }).click();
  await page.getByLabel("Username or e-mail").fill("devrim");
  await page.getByLabel("Password").fill(PASSWORD);
  const [request] = await Promise.all([
    page.waitForRequest(/\/login$/),
    page.getByRole("button", { name: "Log in", exact: true }).click(),
  ]);
  const { device_token } = request.postDataJSON();
  await page.getByRole("navigation", { name: "Main" }).waitFor();
  expect((await (await request.response())!.json()).device_token).toBe(device_token);
  expect(troubles).toEqual([]);
  await context.close();
});

test("typed values survive switching to sign-up and back", async () => {
  const { page, context, troubles } = await visit(browser, server.url);
  await page.goto("/");
  await page.getByLabel("Username or e-mail").fill("wim@example.org");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Create an account" }).click();
  expect(await page.getByLabel("E-mail").inputValue()).toBe("wim@example.org");
  expect(await page.getByLabel("Password").inputValue()).toBe(PASSWORD);
  await until(page, 'document.activeElement.name === "username"');
  await page.getByLabel("Username").fill("Wim");
  await page.getByRole("button", { name: "Log in", exact: true }).click();
  expect(await page.getByLabel("Username or e-mail").inputValue()).toBe("Wim");
  expect(await page.getByLabel("Password").inputValue()).toBe(PASSWORD);
  await page.getByRole("button", { name: "Create an account" }).click();
  expect(await page.getByLabel("E-mail").inputValue()).toBe("wim@example.org");
  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByRole("navigation", { name: "Main" }).waitFor();
  expect(troubles).toEqual([]);
  await context.close();
});

test("a password can be shown", async () => {
  const { page, context, troubles } = await visit(browser, server.url);
  await page.goto("/");
  const password = page.getByLabel("Password");
  await password.fill("secret1");
  expect(await password.getAttribute("type")).toBe("password");
  await page.getByRole("button", { name: "Show password" }).click();
  expect(await password.getAttribute("type")).toBe("text");
  expect(await password.inputValue()).toBe("secret1");
  await page.getByRole("button", { name: "Show password", pressed: true }).click();
  expect(await password.getAttribute("type")).toBe("password");
  expect(troubles).toEqual([]);
  await context.close();
});

test("the first field of the password form has the focus at once", async () => {
  const { page, context, troubles } = await visit(browser, server.url);
  await signUp(page, "Yann");
  await page.getByRole("button", { name: "Settings", exact: true }).click();
  await page.getByRole("button", { name: "Change password" }).click();
  await until(page, 'document.activeElement.name === "current"');
  expect(troubles).toEqual([]);
  await context.close();
});
