// Search: people, chats and messages from one field, and inside a chat.
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { faultsInThemes } from "./accessible.ts";
import { openBrowser, until, visitAs } from "./browser.ts";
import { befriend, register, tokenOf, type User } from "./people.ts";
import { type Stage, serve } from "./stage.ts";
import { messageOf } from "./steps.ts";

const FILLERS = 150;

let server: Stage;
let browser: Browser;
let mia: User;
let noa: User;
let chatId: number;
let groupId: number;

beforeAll(async () => {
  [server, browser] = await Promise.all([serve(), openBrowser()]);
  [mia, noa] = await Promise.all([register(server.url, "Mia"), register(server.url, "Noa")]);
  await befriend(mia, noa);
  const room = await mia.chat.openConversation(noa.id);
  chatId = room.id;
  room.subscribe(() => {});
  while (room.getSnapshot().status !== "ready") await Bun.sleep(10);
  room.send("The lighthouse opens at nine");
  for (let i = 0; i < FILLERS; i++) room.send(`Filler ${i}`);
  room.send("A lighthouse again: https://example.org/lighthouse");
  room.send("Die Straße am Leuchtturm", { entities: [{ type: "spoiler", offset: 14, length: 10 }] });
  room.send("我家在上海东边");
  const group = await mia.chat.groups.create({ name: "Lighthouse keepers" });
  groupId = group.id;
  await mia.chat.groups.addMember(group.id, noa.id);
  group.subscribe(() => {});
  const me = { type: "mention" as const, offset: 0, length: 3, user_id: noa.id };
  group.send("Noa, who keeps the lighthouse tonight?", { entities: [me] });
  for (const { getSnapshot } of [room, group])
    while (getSnapshot().messages.some(({ id }) => id === null)) await Bun.sleep(20);
  while ((await noa.chat.search({ query: "lighthouse" })).data.length < 3) await Bun.sleep(50);
});
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
afterAll(async () => {
  for (const { chat } of [mia, noa]) chat.close();
  await browser.close();
  await server.remove();
});

async function open(options: BrowserContextOptions = {}): Promise<Page> {
  const { page } = await visitAs(browser, server.url, await tokenOf(server.url, "Noa"), {
    viewport: { width: 1100, height: 720 },
    ...options,
  });
  await page.locator("a.row").first().waitFor();
  return page;
}

const field = (page: Page) => page.getByRole("searchbox", { name: "Search", exact: true });
const found = (page: Page) => page.locator(".found-message");
const texts = (page: Page) => page.locator(".found-text").allInnerTexts();
const marked = `[...(CSS.highlights.get("found") ?? [])].map((range) => range.toString())`;

test("one field finds chats and messages; a result opens where it was said, with its words marked", async () => {
  const page = await open();
  await field(page).fill("lighth");
  await found(page).nth(2).waitFor();
  expect(await page.locator(".list-pane h2").allInnerTexts()).toEqual(["Chats", "Messages"]);
  expect(await page.locator(".found-text mark").allInnerTexts()).toContain("lighth");
  const texted = await texts(page);
  expect(texted.at(-1)).toBe("The lighthouse opens at nine");
  await found(page).last().click();
  await messageOf(page, "The lighthouse opens at nine").waitFor();
  await until(page, `${marked}.length === 1`);
  expect(await page.evaluate<string[]>(marked)).toEqual(["lighth"]);
  // The results stay, to look at the next.
  expect(await found(page).last().getAttribute("aria-current")).toBe("true");
  expect(await field(page).inputValue()).toBe("lighth");
  await field(page).fill("");
  await until(page, `${marked}.length === 0`);
});

test("people are found along with messages", async () => {
  const page = await open();
  await field(page).fill("mia");
  await page.locator("a.row .row-title", { hasText: "Mia" }).first().waitFor();
  await page.getByText("No messages found.").waitFor();
  await field(page).fill("opens");
  await found(page).first().waitFor();
  expect(await page.locator(".list-pane .list-note").count()).toBe(0);
  await field(page).fill("zzzz");
  await page.getByText("Nothing found.").waitFor();
  expect(await page.locator(".list-pane .list-note").count()).toBe(1);
  expect(await page.locator(".list-pane h2").count()).toBe(0);
});

test("filters narrow the messages down, alone and with words", async () => {
  const page = await open();
  await page.getByRole("button", { name: "Search filters" }).click();
  await page.getByLabel("Kind").selectOption("link");
  await found(page).first().waitFor();
  expect(await texts(page)).toEqual(["A lighthouse again: https://example.org/lighthouse"]);
  await page.getByLabel("Kind").selectOption("");
  await page.getByRole("button", { name: "Mentions you" }).click();
  await until(page, "document.querySelector('.found-text')?.innerText.includes('tonight')");
  expect(await found(page).count()).toBe(1);
  await page.getByRole("button", { name: "Mentions you" }).click();
  await field(page).fill("lighthouse");
  await page.getByRole("button", { name: "From…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Noa" }).click();
  await page.getByText("No messages found.").waitFor();
  await page.getByRole("button", { name: /^From you/ }).click();
  await found(page).nth(2).waitFor();
  await page.getByLabel("When").selectOption("Today");
  await found(page).nth(2).waitFor();
  await page.getByLabel("When").selectOption("Choose days");
  await page.getByLabel("Until").fill("2020-01-01");
  await page.getByText("No messages found.").waitFor();
  await page.getByRole("button", { name: "Search filters" }).click();
  await found(page).nth(2).waitFor();
});

test("in the open chat only, from the list", async () => {
  const page = await open();
  await page.goto(`/#/group/${groupId}`);
  await page.locator(".message").first().waitFor();
  await page.getByRole("button", { name: "Search filters" }).click();
  await page.getByRole("button", { name: "In this chat", exact: true }).click();
  await field(page).fill("lighthouse");
  await found(page).first().waitFor();
  expect(await texts(page)).toEqual(["Mia: Noa, who keeps the lighthouse tonight?"]);
});

test("what was hidden by its sender stays hidden in a result", async () => {
  const page = await open();
  await field(page).fill("strasse");
  await found(page).first().waitFor();
  expect(await texts(page)).toEqual(["Die Straße am ▒▒▒▒▒▒▒▒▒▒"]);
  expect(await page.locator(".found-text mark").allInnerTexts()).toEqual(["Straße"]);
  await field(page).fill("上海");
  await until(page, "document.querySelector('.found-text mark')?.innerText === '上海'");
});

test("inside a chat one goes from result to result by keyboard alone, and returns", async () => {
  const page = await open();
  await page.goto(`/#/conversation/${chatId}`);
  await page.locator(".message").first().waitFor();
  const button = page.getByRole("button", { name: "Search in this chat" });
  await button.focus();
  await page.keyboard.press("Enter");
  const inside = page.getByRole("searchbox", { name: "Search in this chat" });
  await inside.waitFor();
  await page.keyboard.type("lighthouse");
  await page.getByText("1 of 2").waitFor();
  await page.keyboard.press("Enter");
  await page.getByText("2 of 2").waitFor();
  await messageOf(page, "The lighthouse opens at nine").waitFor();
  await until(page, `${marked}.includes("lighthouse")`);
  expect(await inside.evaluate("document.activeElement.type")).toBe("search");
  await page.keyboard.press("ArrowDown");
  await page.getByText("1 of 2").waitFor();
  await page.keyboard.press("Escape");
  await until(page, "document.activeElement.getAttribute('aria-label') === 'Search in this chat'");
  expect(await inside.count()).toBe(0);
  // From a message as well, and only then out of the room.
  await page.keyboard.press("Enter");
  await inside.fill("nine");
  await page.getByText("1 of 1").waitFor();
  await messageOf(page, "The lighthouse opens at nine").focus();
  await page.keyboard.press("Escape");
  await inside.waitFor({ state: "detached" });
  await until(page, "document.activeElement.getAttribute('aria-label') === 'Search in this chat'");
  await page.keyboard.press("Escape");
  await page.getByText("Select a chat").waitFor();
});

test("by keyboard: down from the field to the results, Enter opens one, Escape clears", async () => {
  const page = await open();
  await page.keyboard.press("Control+k");
  await page.keyboard.type("opens at");
  await found(page).first().waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await messageOf(page, "The lighthouse opens at nine").waitFor();
  await until(page, "document.activeElement.matches('.message')");
  await page.keyboard.press("Control+k");
  await page.keyboard.press("Escape");
  expect(await field(page).inputValue()).toBe("");
});

test("no violations on a phone and a desktop, in light and dark, with results, filters and the search inside a chat", async () => {
  for (const colorScheme of ["light", "dark"] as const)
    for (const width of [360, 1440]) {
      const page = await open({ viewport: { width, height: 740 }, colorScheme });
      await page.getByRole("button", { name: "Search filters" }).click();
      await field(page).fill("lighthouse");
      await found(page).first().waitFor();
      expect(await faultsInThemes(page)).toEqual([]);
      expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
      await page.goto(`/#/conversation/${chatId}`);
      await page.getByRole("button", { name: "Search in this chat" }).click();
      await page.getByRole("searchbox", { name: "Search in this chat" }).fill("lighthouse");
      await page.getByText("1 of 2").waitFor();
      await page.getByRole("button", { name: "Filters", exact: true }).click();
      await page.locator(".room-search .search-filters").waitFor();
      expect(await faultsInThemes(page)).toEqual([]);
      expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
      await page.context().close();
    }
});

test("a server without search says so, and one that is behind too", async () => {
  const page = await open();
  let answer: { status: number; body: object } = {
    status: 404,
    body: { detail: "This server does not search messages.", code: "not_found" },
  };
  await page.route("**/search?*", (route) => route.fulfill({ status: answer.status, json: answer.body }));
  await field(page).fill("lighthouse");
  await page.getByText("This server doesn’t search messages.").waitFor();
  expect(await page.getByText("Lighthouse keepers").count()).toBeGreaterThan(0);
  answer = { status: 200, body: { data: [], next_cursor: null, complete: false } };
  await field(page).fill("lighthouses");
  await page.getByText("Nothing found so far: not all messages could be searched yet.").waitFor();
  answer = { status: 503, body: { detail: "No.", code: "unavailable" } };
  await page.getByRole("button", { name: "Search again" }).click();
  await page.getByText("Couldn’t search.").waitFor();
});
