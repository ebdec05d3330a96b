// With a finger everything in the lists and their windows can be hit.
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser } from "playwright-core";
import { openBrowser, visit, visitAs } from "./browser.ts";
import { befriend, register, type User } from "./people.ts";
import { type Stage, serve } from "./stage.ts";

let server: Stage;
let browser: Browser;
let users: User[];

beforeAll(async () => {
  [server, browser] = await Promise.all([serve(), openBrowser()]);
  users = await Promise.all(["Lea", "Max", "Nils"].map((name) => register(server.url, name)));
  const [lea, max, nils] = users as [User, User, User];
  await befriend(lea, max);
  await nils.chat.requests.send(lea.id);
  await max.chat.openConversation(lea.id);
  await max.chat.groups.create({ name: "Runners", is_private: false });
});

afterAll(async () => {
  for (const { chat } of users) chat.close();
  await browser.close();
  await server.remove();
});

const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };

/** What is smaller than a fingertip, but for links in the midst of a sentence. */
const SMALL = `[...document.querySelectorAll("button, a, input")]
  .filter((element) => element.checkVisibility() && getComputedStyle(element).display !== "inline" && !element.matches(".link, [type=radio], [role=switch]"))
  .filter((element) => { const { width, height } = element.getBoundingClientRect(); return width < 44 || height < 44; })
  .map((element) => (element.ariaLabel || element.textContent || element.name) + " " + element.offsetWidth + "x" + element.offsetHeight)`;

test("on a phone every target is at least 44 px", async () => {
  const wrong: Record<string, string[]> = {};
  const guest = await visit(browser, server.url, PHONE);
  await guest.page.goto("/");
  await guest.page.getByLabel("Password").waitFor();
  wrong.login = await guest.page.evaluate<string[]>(SMALL);
  await guest.context.close();

  const { page, context, troubles } = await visitAs(browser, server.url, users[0]!.token, PHONE);
  const openMenu = async (item: string) => {
    await page.getByRole("button", { name: "New", exact: true }).tap();
    await page.getByRole("menuitem", { name: item }).tap();
  };
  const dialog = page.getByRole("dialog");
  const close = async () => {
    await dialog.getByRole("button", { name: "Close" }).tap();
    await dialog.waitFor({ state: "detached" });
  };
  const states: [string, () => Promise<unknown>][] = [
    ["chats", () => page.locator("a.row").first().waitFor()],
    ["a search", () => page.locator("#search").fill("Max")],
    [
      "people",
      () =>
        page
          .goto("/#/people")
          .then(() => page.getByRole("button", { name: "Accept friend request from Nils" }).waitFor()),
    ],
    ["a menu", () => page.getByRole("button", { name: "Actions for Max" }).tap()],
    ["a profile", () => page.getByRole("menuitem", { name: "View profile" }).tap()],
    ["a new group", () => close().then(() => openMenu("New group"))],
    ["people in it", () => dialog.getByRole("button", { name: "Max" }).tap()],
    ["its name", () => dialog.getByRole("button", { name: "Next" }).tap()],
    [
      "public groups",
      async () => {
        await close();
        await openMenu("Find public groups");
        await dialog.getByRole("button", { name: "Join Runners" }).waitFor();
      },
    ],
  ];
  for (const [name, go] of states) {
    await go();
    wrong[name] = await page.evaluate<string[]>(SMALL);
  }
  expect(Object.fromEntries(Object.entries(wrong).filter(([, small]) => small.length > 0))).toEqual({});
  expect(troubles).toEqual([]);
  await context.close();
});
