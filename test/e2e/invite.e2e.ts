// Accounts by invitation only: the first one by the operator's invite, the next by the link of a group, which they then join. Each is
// asked for a proof of work, which nobody sees.
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { openDatabase } from "../../src/db/client.ts";
import { firstInvite } from "../../src/modules/invites/policy.ts";
import { createChat } from "../../src/sdk/index.ts";
import { OURS, ServerProcess } from "../support/server-process.ts";
import { expectAccessible } from "./accessible.ts";
import { openBrowser, visit } from "./browser.ts";
import { PASSWORD, tokenOf } from "./people.ts";

let server: ServerProcess;
let browser: Browser;
let operatorCode: string;

beforeAll(async () => {
  const launch = {
    ...OURS,
    env: { REGISTRATION: "invite", PASSWORD_MIN_LENGTH: "10", REGISTRATION_CHALLENGE: "always" },
  };
  [server, browser] = await Promise.all([ServerProcess.create(undefined, launch), openBrowser()]);
  await server.start();
  const { db, sql } = openDatabase(await server.target());
  operatorCode = (await firstInvite(db))!;
  await sql.end();
});

afterAll(async () => {
  await browser.close();
  await server.remove();
  // The one that the test was given is the one that the server printed.
  expect(await server.printed()).toContain(`/#/invite/${operatorCode}`);
});

const shoot = async (page: Page, name: string) => {
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${name}.png` });
};

/** Fills in the form for a new account. */
async function createAccount(page: Page, name: string) {
  await page.getByLabel("Username").fill(name);
  await page.getByLabel("E-mail").fill(`${name.toLowerCase()}@example.org`);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Create account" }).click();
}

test("an invite leads to an account and into its group, and the form says what it asks for", async () => {
  const first = await visit(browser, server.url);
  await first.page.goto("/");
  await first.page.getByText("You need the link of an invite").waitFor();
  expect(await first.page.getByRole("button", { name: "Create an account" }).count()).toBe(0);
  await first.page.goto(`/#/invite/${operatorCode}`);
  await first.page.getByRole("button", { name: "Create an account" }).click();
  await first.page.getByText("At least 10 characters.").waitFor();
  await first.page.getByLabel("Password", { exact: true }).fill("Ida-Lovelace");
  await first.page.getByLabel("Username").fill("Ida-Lovelace");
  await first.page.getByLabel("E-mail").fill("ida@example.org");
  await first.page.getByRole("button", { name: "Create account" }).click();
  await first.page.getByText("Is too much like the username").waitFor();
  await expectAccessible(first.page);
  await createAccount(first.page, "Ida");
  await first.page.getByRole("button", { name: "Settings", exact: true }).waitFor();

  const chat = createChat({ url: server.url, token: await tokenOf(server.url, "Ida") });
  const group = await chat.groups.create({ name: "Weekend in חיפה", description: "Where to on Saturday?" });
  chat.close();
  await first.page.goto(`/#/group/${group.id}`);
  await first.page.getByRole("button", { name: /details/i }).click();
  await first.page.getByRole("button", { name: "Invite links" }).click();
  await first.page.getByLabel("Can be used by").selectOption("One person");
  await first.page.getByRole("button", { name: "Create link" }).click();
  await first.page.getByText("Used by 0 of one person").waitFor();
  await expectAccessible(first.page);
  await shoot(first.page, "links");
  const link = (await first.page.locator(".invite-link").textContent())!;
  expect(link).toStartWith(`${server.url}/#/invite/`);

  const second = await visit(browser, server.url);
  await second.page.goto(link);
  await second.page.getByRole("heading", { name: "Weekend in" }).waitFor();
  await second.page.getByText("1 member").waitFor();
  await expectAccessible(second.page);
  await shoot(second.page, "invite");
  await second.page.getByRole("button", { name: "Create an account" }).click();
  await second.page.getByText("To join").waitFor();
  await shoot(second.page, "register");
  const challenge = Promise.withResolvers<void>();
  await second.page.route("**/registration/challenge", async (route) => {
    await challenge.promise;
    await route.continue();
  });
  await createAccount(second.page, "Noa");
  await second.page.getByRole("button", { name: "Creating your account…" }).waitFor();
  challenge.resolve();
  await second.page.getByText("You joined with an invite link").waitFor();
  expect(second.page.url()).toContain(`group/${group.id}`);

  const third = await visit(browser, server.url);
  await third.page.goto(link);
  await third.page.getByRole("heading", { name: "This invite is over" }).waitFor();
  await expectAccessible(third.page);
  await shoot(third.page, "over");
  await first.page.getByRole("button", { name: "Revoke link 1" }).click();
  await first.page.getByText("The link no longer works.").waitFor();
  expect(await first.page.locator(".invite-link").count()).toBe(0);
  for (const { troubles } of [first, second, third]) expect(troubles).toEqual([]);
});
