// Logging in with more than a password, in Chromium with its virtual authenticator: a code of an authenticator app, and passkeys.
import { afterAll, beforeAll, expect, test } from "bun:test";
import axe from "axe-core";
import { generate } from "otplib";
import type { Browser, Page } from "playwright-core";
import { openBrowser, visitAs } from "./browser.ts";
import { PASSWORD, register, tokenOf } from "./people.ts";
import { type Stage, serve } from "./stage.ts";

let server: Stage;
let browser: Browser;
/** By its name: passkeys are bound to one. */
let url: string;

beforeAll(async () => {
  [server, browser] = await Promise.all([serve(), openBrowser()]);
  url = server.url.replace("127.0.0.1", "localhost");
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

async function openSecurity(page: Page) {
  await page.getByRole("button", { name: "Settings", exact: true }).click();
  await page.getByRole("button", { name: "Security" }).click();
}

async function logOut(page: Page) {
  await page.getByRole("button", { name: "Close" }).click();
  await page.getByRole("button", { name: "Settings", exact: true }).click();
  await page.getByRole("button", { name: "Log out" }).click();
}

test("two-step log-in is turned on by a code, asked for at the log-in without the password again, and turned off", async () => {
  const { chat } = await register(server.url, "Lea");
  chat.close();
  const { page, context, troubles } = await visitAs(browser, url, await tokenOf(server.url, "Lea"));
  await openSecurity(page);
  await page.getByRole("button", { name: "Turn on" }).click();
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.keyboard.press("Enter");
  await page.getByRole("img", { name: "QR code for your authenticator app" }).waitFor();
  await expectAccessible(page);
  const secret = (await page.locator(".totp-secret code").textContent())!.replaceAll(" ", "");
  await page.getByLabel("Code", { exact: true }).fill(await generate({ secret }));
  await page.keyboard.press("Enter");
  const list = page.getByRole("list", { name: "Recovery codes" });
  await list.waitFor();
  const codes = await list.getByRole("listitem").allTextContents();
  expect(new Set(codes).size).toBe(10);
  await expectAccessible(page);
  await page.getByRole("button", { name: "Done", exact: true }).click();
  await page.getByText("10 recovery codes are left").waitFor();
  await expectAccessible(page);
  await logOut(page);

  await page.getByLabel("Username or e-mail").fill("Lea");
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Enter your code" }).waitFor();
  await expectAccessible(page);
  await page.keyboard.type("not a code");
  await page.keyboard.press("Enter");
  await page.getByText("The code is wrong, or was used before.").waitFor();
  await page.getByLabel("Code").fill(codes[0]!);
  await page.keyboard.press("Enter");

  await openSecurity(page);
  await page.getByText("9 recovery codes are left").waitFor();
  await page.getByRole("button", { name: "Turn off" }).click();
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByLabel("Code", { exact: true }).fill(codes[1]!);
  await page.keyboard.press("Enter");
  await page.getByText("Two-step log-in is off.").waitFor();
  expect(troubles).toEqual([]);
  await context.close();
});

test("a passkey is added in the settings, logs in without a name or password, and opens nothing once it is removed", async () => {
  const { chat } = await register(server.url, "Max");
  chat.close();
  const { page, context, troubles } = await visitAs(browser, url, await tokenOf(server.url, "Max"));
  const devtools = await context.newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  // The device would take up what the login page offers by itself, before the button is pressed.
  await page.evaluate("PublicKeyCredential.isConditionalMediationAvailable = async () => false");
  const logInWithPasskey = () => page.getByRole("button", { name: "Log in with a passkey" }).click();
  await openSecurity(page);
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await page.getByLabel("Name").fill("Laptop");
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await expectAccessible(page);
  await page.keyboard.press("Enter");
  await page.getByText("Passkey added.").waitFor();
  await page.getByRole("button", { name: "Rename Laptop" }).click();
  await page.getByLabel("Name").fill("Work laptop");
  await page.keyboard.press("Enter");
  await page.getByText("Work laptop").waitFor();
  await expectAccessible(page);
  await logOut(page);

  await page.getByRole("button", { name: "Log in with a passkey" }).waitFor();
  await expectAccessible(page);
  await logInWithPasskey();
  await openSecurity(page);
  await page.getByText(/Last used/).waitFor();
  await page.getByRole("button", { name: "Remove Work laptop" }).click();
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.keyboard.press("Enter");
  await page.getByText("Passkey removed.").waitFor();
  await logOut(page);
  await logInWithPasskey();
  await page.getByText("This passkey is not known here").waitFor();
  expect(troubles).toEqual([]);
  await context.close();
});
