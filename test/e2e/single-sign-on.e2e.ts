// Single sign-on in a browser, against a real provider: coming in, linking, unlinking, and being refused.
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser } from "playwright-core";
import { startProvider, type TestProvider } from "../support/oidc.ts";
import { OURS, ServerProcess } from "../support/server-process.ts";
import { expectAccessible } from "./accessible.ts";
import { openBrowser, visit, visitAs } from "./browser.ts";
import { PASSWORD, register, tokenOf } from "./people.ts";

let provider: TestProvider;
let server: ServerProcess;
let browser: Browser;

beforeAll(async () => {
  provider = await startProvider();
  const env: Record<string, string> = { OIDC_PROVIDERS: provider.setting() };
  [server, browser] = await Promise.all([ServerProcess.create(undefined, { ...OURS, env }), openBrowser()]);
  env.PUBLIC_URL = server.url;
  await provider.serve(server.url);
  await server.start();
});

afterAll(async () => {
  await browser.close();
  await server.remove();
  await provider.close();
});

/** But for what is asked of the provider, on whose pages the browser is meanwhile. */
const others = (troubles: string[]) => troubles.filter((line) => !line.startsWith(`asked for ${provider.issuer}/`));

test("a button on the sign-in page leads to the provider and from there into the chat", async () => {
  const { page, context, troubles } = await visit(browser, server.url);
  await page.goto("/");
  const button = page.getByRole("button", { name: "Continue with Acme" });
  await button.waitFor();
  await expectAccessible(page);
  provider.state.user = null;
  await button.click();
  await page.getByText("The provider did not let you in, or you cancelled.").waitFor();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Back to the log-in" }).click();
  provider.state.user = { sub: "ada", preferred_username: "ada", name: "Ada L." };
  await button.click();
  await page.getByRole("button", { name: "Settings", exact: true }).click();
  await page.getByText("@ada").waitFor();
  expect(page.url()).not.toContain("sign-on");
  // Their first password, which the provider need not vouch for any more.
  await page.getByRole("button", { name: "Change password" }).click();
  await page.getByText("Your account has no password yet.").waitFor();
  expect(await page.getByLabel("Current password").count()).toBe(0);
  await page.getByLabel("New password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Set password" }).click();
  await page.getByText("Password set.").waitFor();
  expect(await tokenOf(server.url, "ada")).toBeString();
  expect(others(troubles)).toEqual([]);
  await context.close();
});

test("settings link an account of the provider, which logs in from then on, and unlink it", async () => {
  const { chat } = await register(server.url, "Grace");
  const { page, context, troubles } = await visitAs(browser, server.url, await tokenOf(server.url, "Grace"));
  provider.state.user = { sub: "grace-at-acme" };
  const openLinked = async () => {
    await page.getByRole("button", { name: "Settings", exact: true }).click();
    await page.getByRole("button", { name: "Linked accounts" }).click();
  };
  await openLinked();
  await page.getByRole("button", { name: "Link Acme" }).click();
  await page.getByLabel("Password", { exact: true }).fill("not the password");
  await page.keyboard.press("Enter");
  await page.getByText("The present password is wrong.").waitFor();
  await expectAccessible(page);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.keyboard.press("Enter");
  await page.getByText("You can log in with Acme from now on.").waitFor();
  await openLinked();
  await page.getByRole("button", { name: "Unlink Acme" }).waitFor();
  await expectAccessible(page);

  const elsewhere = await visit(browser, server.url);
  await elsewhere.page.goto("/");
  await elsewhere.page.getByRole("button", { name: "Continue with Acme" }).click();
  await elsewhere.page.getByRole("button", { name: "Settings", exact: true }).click();
  await elsewhere.page.getByText("@Grace").waitFor();
  await elsewhere.context.close();

  await page.getByRole("button", { name: "Unlink Acme" }).click();
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Link Acme" }).waitFor();
  expect(others(troubles)).toEqual([]);
  chat.close();
  await context.close();
});

test("a code that was begun elsewhere logs nobody in", async () => {
  const { page, context, troubles } = await visit(browser, server.url);
  await page.goto("/#/sign-on/abcdef");
  await page.getByText("This log-in was begun in another window.").waitFor();
  await page.getByRole("button", { name: "Back to the log-in" }).click();
  await page.getByRole("heading", { name: "Log in" }).waitFor();
  expect(others(troubles)).toEqual([]);
  await context.close();
});
