// What people do in the client, in their words.
import type { Locator, Page } from "playwright-core";
import { PASSWORD } from "./people.ts";

/** Makes an account on the page one sees first, and comes in. */
export async function signUp(page: Page, name: string) {
  await page.goto("/");
  await page.getByRole("button", { name: "Create an account" }).click();
  await page.getByLabel("Username").fill(name);
  await page.getByLabel("E-mail").fill(`${name.toLowerCase()}@example.org`);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByRole("navigation", { name: "Main" }).waitFor();
}

export async function logIn(page: Page, name: string, password = PASSWORD) {
  await page.getByLabel("Username or e-mail").fill(name);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Log in" }).click();
}

export const composer = (page: Page) => page.getByRole("textbox", { name: "Message", exact: true });

export async function send(page: Page, text: string) {
  await composer(page).fill(text);
  await composer(page).press("Enter");
}

/** The message that says exactly this. */
export const messageOf = (page: Page, text: string): Locator =>
  page.locator(".message").filter({ has: page.locator(".body", { hasText: exactly(text) }) });

export const statusOf = (page: Page, text: string, state: string): Locator =>
  messageOf(page, text).locator(`.delivery-status[data-state="${state}"]`);

/** What the list of messages shows, from above. */
export const textsOn = (page: Page): Promise<string[]> => page.locator(".message .body").allTextContents();

export const rowOf = (page: Page, title: string): Locator =>
  page.locator("a.row").filter({ has: page.locator(".row-title", { hasText: exactly(title) }) });

export const showList = (page: Page, name: "Chats" | "People") =>
  page.getByRole("navigation", { name: "Main" }).getByRole("link", { name }).click();

/** Finds somebody by name, under People. */
export async function find(page: Page, name: string): Promise<Locator> {
  await showList(page, "People");
  await page.getByRole("searchbox").fill(name);
  const row = page.locator(".row.person", { hasText: name });
  await row.waitFor();
  return row;
}

const exactly = (text: string) => new RegExp(`^${text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`, "u");
