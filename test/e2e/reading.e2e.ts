// Reading: what was there before one came, what is new, and what has been seen.
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser } from "playwright-core";
import type { RoomStore } from "../../src/sdk/index.ts";
import { openBrowser, until, visit, visitAs } from "./browser.ts";
import { befriend, register, tokenOf, type User } from "./people.ts";
import { type Stage, serve } from "./stage.ts";
import { logIn, messageOf, rowOf, textsOn } from "./steps.ts";

let server: Stage;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([serve(), openBrowser()]);
});

afterAll(async () => {
  await browser.close();
  await server.remove();
});

const openAs = async (name: string) =>
  visitAs(browser, server.url, await tokenOf(server.url, name), { viewport: { width: 1280, height: 700 } });

const stored = async (room: RoomStore) => {
  while (!room.getSnapshot().messages.every(({ id }) => id !== null)) await Bun.sleep(10);
};

/** Two people with a conversation. */
async function pair(one: string, other: string): Promise<[User, User, RoomStore]> {
  const [a, b] = [await register(server.url, one), await register(server.url, other)];
  const room = await a.chat.openConversation(b.id);
  room.subscribe(() => {});
  return [a, b, room];
}

test("the first unread message is marked, and the count stays until the end is reached", async () => {
  const [vic, wyn, room] = await pair("Vic", "Wyn");
  for (let index = 0; index < 30; index++) room.send(`old ${index}`);
  await stored(room);
  const first = await openAs("Wyn");
  await rowOf(first.page, "Vic").click();
  await first.page.getByRole("button", { name: "Scroll to latest message" }).click();
  await until(first.page, "document.title === 'Vic – Realtime Chat'");
  await first.page.goto("/#/");

  // More than a page of the server's.
  for (let index = 0; index < 70; index++) room.send(`new ${index}`);
  await stored(room);
  const { page, context, troubles } = await openAs("Wyn");
  await rowOf(page, "Vic").locator(".badge", { hasText: "70" }).waitFor();
  await rowOf(page, "Vic").click();
  await page.getByText("New messages").waitFor();
  await messageOf(page, "new 0").waitFor();
  const [mark, next] = await Promise.all([
    page.locator(".divider.unread").boundingBox(),
    messageOf(page, "new 0").boundingBox(),
  ]);
  expect(next!.y).toBeGreaterThan(mark!.y);
  expect(next!.y - mark!.y).toBeLessThan(80);
  await until(page, 'document.title === "(70) Vic – Realtime Chat"');
  await page.getByRole("button", { name: "Scroll to latest message" }).click();
  await messageOf(page, "new 69").waitFor();
  // Here, and on the other device as well.
  await until(page, "document.title === 'Vic – Realtime Chat'");
  await until(first.page, "document.title === 'Realtime Chat'");
  expect(await page.getByText("New messages").count()).toBe(1);

  // Of more than are counted, the last hundred are marked; on a page that begins with the room as well.
  await page.goto("/#/");
  for (let index = 0; index < 120; index++) room.send(`more ${index}`);
  await stored(room);
  await rowOf(page, "Vic").locator(".badge", { hasText: "99+" }).waitFor();
  await page.goto(`/#/conversation/${room.id}`);
  await page.reload();
  await page.getByText("New messages").waitFor();
  expect(await page.locator(".divider.unread + .message .body").textContent()).toBe("more 20");
  await until(page, "document.title === '(99+) Vic – Realtime Chat'");
  expect([...troubles, ...first.troubles]).toEqual([]);
  for (const { chat } of [vic, wyn]) chat.close();
  await Promise.all([context.close(), first.context.close()]);
});

test("a page without focus doesn't mark messages as read", async () => {
  const [xan, yve, room] = await pair("Xan", "Yve");
  room.send("hello");
  const { page, context } = await openAs("Yve");
  await rowOf(page, "Xan").click();
  await messageOf(page, "hello").waitFor();
  await until(page, "document.title === 'Xan – Realtime Chat'");
  // Another page in front of it.
  const other = await context.newPage();
  await other.bringToFront();
  await page.evaluate(`
    Object.defineProperty(document, "hasFocus", { value: () => window.isLooking ?? false });
    dispatchEvent(new Event("blur"));`);
  room.send("are you there?");
  await until(page, "document.title === '(1) Xan – Realtime Chat'");
  expect(room.getSnapshot().messages.at(-1)!.state).not.toBe("read");
  await page.bringToFront();
  await page.evaluate(`window.isLooking = true; dispatchEvent(new Event("focus"));`);
  await until(page, "document.title === 'Xan – Realtime Chat'");
  while (room.getSnapshot().messages.at(-1)!.state !== "read") await Bun.sleep(10);
  for (const { chat } of [xan, yve]) chat.close();
  await context.close();
});

test("scrolling back to the beginning keeps its position while new messages arrive", async () => {
  const [vera, wim, room] = await pair("Vera", "Wim");
  for (let index = 0; index < 400; index++) room.send(`number ${index}`);
  await stored(room);
  const { page, context, troubles } = await openAs("Wim");
  await rowOf(page, "Vera").click();
  await messageOf(page, "number 399").waitFor({ state: "attached" });
  const list = page.locator(".messages");
  await list.evaluate((element: { scrollTop: number; scrollHeight: number }) => {
    element.scrollTop = element.scrollHeight;
  });
  const texts = new Set<string>();
  await list.hover();
  for (let turns = 0; turns < 400 && !texts.has("number 0"); turns++) {
    for (const text of await textsOn(page)) texts.add(text);
    await page.mouse.wheel(0, -600);
    await page.waitForTimeout(30);
  }
  expect(texts.size).toBe(400);
  await messageOf(page, "number 0").waitFor();
  await page.getByText("This is the beginning of the chat.").waitFor();

  // Somewhere in between, what one reads does not move when something new comes.
  await page.mouse.wheel(0, 3_000);
  await page.waitForTimeout(300);
  const inSight = () =>
    page.evaluate<[string, number]>(`(() => {
      const edge = document.querySelector(".messages").getBoundingClientRect().top;
      const row = [...document.querySelectorAll(".message")].find((row) => row.getBoundingClientRect().top >= edge);
      return [row.textContent, Math.round(row.getBoundingClientRect().top)];
    })()`);
  const before = await inSight();
  room.send("something new");
  // What is seen on it is what it is called by.
  await page.getByRole("button", { name: "Scroll to latest message 1 unread", exact: true }).waitFor();
  expect(await inSight()).toEqual(before);
  await page.getByRole("button", { name: "Scroll to latest message" }).click();
  await messageOf(page, "something new").waitFor();

  // The focus stays in the list when its message leaves the page, and goes along when pages are turned.
  const focused = () => page.evaluate<string>("document.activeElement.closest('.message')?.textContent ?? 'nowhere'");
  await messageOf(page, "something new").focus();
  await list.hover();
  for (let turns = 0; turns < 400 && (await messageOf(page, "something new").count()) > 0; turns++) {
    await page.mouse.wheel(0, -600);
    await page.waitForTimeout(30);
  }
  expect(await focused()).toContain("number");
  for (let turns = 0; turns < 100 && !(await focused()).includes("number 0"); turns++) {
    await page.keyboard.press("PageUp");
    await page.waitForTimeout(30);
  }
  expect(await focused()).toContain("number 0");
  await page.keyboard.press("PageDown");
  expect(await focused()).toMatch(/number \d\d/);
  await page.keyboard.press("End");
  await until(page, "document.activeElement.textContent.includes('something new')");
  await page.keyboard.press("Home");
  expect(await focused()).toContain("number");
  expect(troubles).toEqual([]);
  for (const { chat } of [vera, wim]) chat.close();
  await context.close();
});

test("a page that stays open past midnight updates its dates", async () => {
  const [zoe, abe, room] = await pair("Zoe", "Abe");
  await befriend(zoe, abe);
  room.send("good night");
  await stored(room);
  zoe.chat.close();
  const { page, context } = await visit(browser, server.url, { timezoneId: "UTC" });
  // Shortly before the midnight after it was said.
  const evening = new Date(room.getSnapshot().messages[0]!.created_at).setUTCHours(23, 58);
  await page.clock.install({ time: evening });
  await page.goto("/");
  await logIn(page, "Abe");
  await rowOf(page, "Zoe").click();
  await page.locator(".divider", { hasText: "Today" }).waitFor();
  await page.locator(".room-status", { hasText: /^last seen (at|\d+ minutes? ago)/ }).waitFor();
  expect(await rowOf(page, "Zoe").locator("time").textContent()).toMatch(/^\d\d:\d\d$/);
  await page.clock.fastForward("03:00");
  await page.locator(".divider", { hasText: "Yesterday" }).waitFor();
  await page.locator(".room-status", { hasText: /^last seen (yesterday at|\d+ minutes? ago)/ }).waitFor();
  await rowOf(page, "Zoe").locator("time", { hasText: "Yesterday" }).waitFor();
  abe.chat.close();
  await context.close();
});
