// With letters of twice the usual size everything in the lists can be read and reached.
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser } from "playwright-core";
import { openBrowser, visitAs } from "./browser.ts";
import { befriend, register, type User } from "./people.ts";
import { type Stage, serve } from "./stage.ts";

let server: Stage;
let browser: Browser;
let users: User[];

beforeAll(async () => {
  [server, browser] = await Promise.all([serve(), openBrowser()]);
  users = await Promise.all(["Iris", "Jonathan", "Kim"].map((name) => register(server.url, name)));
  const [iris, jonathan, kim] = users as [User, User, User];
  await befriend(iris, jonathan);
  await kim.chat.requests.send(iris.id);
  const room = await jonathan.chat.openConversation(iris.id);
  room.subscribe(() => {});
  for (let index = 0; index < 12; index++) room.send(`Message ${index}`);
  room.send("Iris, look", { entities: [{ type: "mention", offset: 0, length: 4, user_id: iris.id }] });
  while (room.getSnapshot().messages.filter(({ id }) => id !== null).length < 13) await Bun.sleep(10);
});

afterAll(async () => {
  for (const { chat } of users) chat.close();
  await browser.close();
  await server.remove();
});

/** What is not whole on the page: cut at its own edge from above or below, or beyond the edge of the page. */
const CUT = `[...document.querySelectorAll(".avatar, .badge, .tabs a, .tabs a > *, .row-title, .row-time, .row-note, button")]
  .filter((element) => element.checkVisibility())
  .filter((element) => {
    const { left, right, height } = element.getBoundingClientRect();
    const { lineHeight, display } = getComputedStyle(element);
    const hasText = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
    const isLow = hasText && display !== "inline" && Number.parseFloat(lineHeight) > height + 1;
    return isLow || left < -1 || right > innerWidth + 1;
  })
  .map((element) => element.outerHTML.slice(0, 120))`;

test.each([320, 1280])("at %i px nothing is cut or out of the page", async (width) => {
  (await users[1]!.chat.openConversation(users[0]!.id)).send("Unread");
  const { page, context, troubles } = await visitAs(browser, server.url, users[0]!.token, {
    viewport: { width, height: 740 },
  });
  await page.locator("a.row .badge").first().waitFor();
  await page.evaluate('document.documentElement.style.fontSize = "200%"');
  const states: Record<string, () => Promise<unknown>> = {
    chats: async () => {},
    "a search": async () => {
      await page.getByRole("button", { name: "Search filters" }).click();
      await page.getByLabel("When").selectOption("Choose days");
      await page.getByRole("searchbox", { name: "Search", exact: true }).fill("look");
      await page.locator(".found-message").first().waitFor();
    },
    "a search in a chat": async () => {
      await page.locator(".found-message").first().click();
      await page.getByRole("button", { name: "Search in this chat" }).click();
      await page.getByRole("searchbox", { name: "Search in this chat" }).fill("look");
      await page.getByText("1 of 1").waitFor();
      await page.getByRole("button", { name: "Filters", exact: true }).click();
    },
    people: async () => {
      await page.goto("/#/people");
      await page.getByRole("button", { name: "Accept friend request from Kim" }).waitFor();
    },
    activity: async () => {
      await page.goto("/#/activity");
      await page.locator(".activity-row").waitFor();
    },
    "a new group": async () => {
      await page.getByRole("button", { name: "New", exact: true }).click();
      await page.getByRole("menuitem", { name: "New group" }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Jonathan" }).click();
    },
    "a message's menu": async () => {
      await page.keyboard.press("Escape");
      await page.goto("/#/activity");
      await page.locator(".activity-row").click();
      await page.locator(".message").last().click({ button: "right" });
      await page.getByRole("menuitem", { name: "Select" }).waitFor();
    },
    "messages that are being selected": async () => {
      await page.getByRole("menuitem", { name: "Select" }).click();
      await page.getByRole("toolbar", { name: "Selected messages" }).waitFor();
    },
  };
  const wrong: Record<string, unknown> = {};
  for (const [name, go] of Object.entries(states)) {
    await go();
    const cut = await page.evaluate<string[]>(CUT);
    const beyond = await page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
    if (cut.length > 0 || beyond > 0) wrong[name] = { cut, beyond };
  }
  expect(wrong).toEqual({});
  expect(troubles).toEqual([]);
  await context.close();
});
