// Jumping to a message that is far up in the history, and the way back.
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { openBrowser, until, visitAs } from "./browser.ts";
import { befriend, register, tokenOf, type User } from "./people.ts";
import { type Stage, serve } from "./stage.ts";
import { messageOf, rowOf, send } from "./steps.ts";

const COUNT = 600;

let server: Stage;
let browser: Browser;
let mia: User;
let noa: User;
let ids: number[];
let chatId: number;

beforeAll(async () => {
  [server, browser] = await Promise.all([serve(), openBrowser()]);
  [mia, noa] = await Promise.all([register(server.url, "Mia"), register(server.url, "Noa")]);
  await befriend(mia, noa);
  const room = await mia.chat.openConversation(noa.id);
  chatId = room.id;
  room.subscribe(() => {});
  while (room.getSnapshot().status !== "ready") await Bun.sleep(10);
  const keys = Array.from({ length: COUNT }, (_, i) => room.send(`Number ${i}`));
  const stored = () => room.getSnapshot().messages;
  while (stored().length < COUNT || stored().some(({ id }) => id === null)) await Bun.sleep(20);
  ids = keys.map((key) => stored().find((message) => message.key === key)!.id!);
  const { id, seq, ...first } = stored()[3]!;
  room.send("In reply to an early one", { replyTo: { ...first, id: id!, seq: seq! } });
  while (stored().some((message) => message.id === null)) await Bun.sleep(20);
});
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
afterAll(async () => {
  for (const { chat } of [mia, noa]) chat.close();
  await browser.close();
  await server.remove();
});

async function open(hash: string, height = 700): Promise<Page> {
  const { page } = await visitAs(browser, server.url, await tokenOf(server.url, "Noa"), {
    viewport: { width: 1000, height },
  });
  await page.goto(`/${hash}`);
  await page.locator(".message").first().waitFor();
  return page;
}

const at = (index: number) => `#/conversation/${chatId}/m/${ids[index]}`;
async function inView(page: Page, text: string): Promise<boolean> {
  const [row, list] = await Promise.all([messageOf(page, text).boundingBox(), page.locator(".messages").boundingBox()]);
  return row!.y >= list!.y && row!.y + row!.height <= list!.y + list!.height;
}
const numbersOn = (page: Page) =>
  page.evaluate<number[]>(`[...document.querySelectorAll(".message .body")].map(({ textContent }) =>
    textContent.startsWith("Number ") ? Number(textContent.slice(7)) : ${COUNT})`);
const isAtEnd = "document.querySelector('.scroll-to-end') === null";

test("a link to a message opens the chat there, with the message in its middle and in focus", async () => {
  const page = await open(at(200));
  await messageOf(page, "Number 200").waitFor();
  expect(await inView(page, "Number 200")).toBe(true);
  expect(await page.evaluate("document.activeElement.querySelector('.body').textContent")).toBe("Number 200");
  await page.getByRole("button", { name: "Scroll to latest message" }).click();
  await until(page, isAtEnd);
  expect((await numbersOn(page)).at(-1)).toBe(COUNT);
  expect(await page.evaluate("location.hash")).toBe(`#/conversation/${chatId}`);
});

test("from there one scrolls to both ends without a gap, and what is in view stays where it is", async () => {
  const page = await open(at(300));
  await messageOf(page, "Number 300").waitFor();
  // Between two frames nothing moves but by what was scrolled.
  await page.evaluate(`(() => {
    const list = document.querySelector(".messages");
    window.jumps = [];
    let scrolled = 0, places = new Map();
    window.scrollSome = (by) => { scrolled += by; list.scrollTop += by; };
    const next = () => {
      const now = new Map();
      const moves = [];
      for (const row of list.querySelectorAll(".message")) {
        const { top, bottom } = row.getBoundingClientRect();
        if (bottom < 0 || top > innerHeight) continue;
        now.set(row.dataset.key, bottom);
        const before = places.get(row.dataset.key);
        if (before !== undefined) moves.push(before - bottom - scrolled);
      }
      // (At an end of what is held scrolling stops short, for all rows alike.)
      if (moves.some((move) => Math.abs(move - moves[0]) > 1) || moves[0] < -Math.abs(scrolled) - 1 || moves[0] > Math.abs(scrolled) + 1)
        window.jumps.push([scrolled, ...moves.slice(0, 3)]);
      places = now; scrolled = 0;
      requestAnimationFrame(next);
    };
    next();
  })()`);
  const seen = new Set<number>();
  const walk = async (by: number, isThere: () => Promise<boolean>) => {
    for (let turn = 0, isLast = false; turn < 3_000 && !isLast; turn++) {
      isLast = await isThere();
      await page.evaluate(`new Promise((resolve) => requestAnimationFrame(() => { scrollSome(${by}); resolve(); }))`);
      const numbers = await numbersOn(page);
      expect(numbers).toEqual(numbers.map((_, i) => numbers[0]! + i));
      for (const number of numbers) seen.add(number);
    }
    expect(await isThere()).toBe(true);
  };
  await walk(600, () => page.evaluate<boolean>(isAtEnd));
  await walk(-600, async () => (await page.getByText("This is the beginning of the chat.").count()) > 0);
  expect(seen.size).toBe(COUNT + 1);
  expect(await page.evaluate<number[][]>("window.jumps")).toEqual([]);
});

test("a quote leads to a message that is not in memory", async () => {
  const page = await open(`#/conversation/${chatId}`);
  await messageOf(page, "In reply to an early one").locator(".quote").click();
  await messageOf(page, "Number 3").waitFor();
  expect(await inView(page, "Number 3")).toBe(true);
});

test("what is written up there appears below the newest, and what others write counts as unread", async () => {
  const page = await open(at(100));
  await messageOf(page, "Number 100").waitFor();
  mia.chat.room(`conversation:${chatId}`).send("Are you there?");
  await page.locator(".scroll-to-end .badge").waitFor();
  expect(await messageOf(page, "Are you there?").count()).toBe(0);
  expect(await inView(page, "Number 100")).toBe(true);
  await send(page, "Here I am");
  await messageOf(page, "Here I am").waitFor();
  await until(page, isAtEnd);
  expect(await messageOf(page, "Are you there?").count()).toBe(1);
});

test("the last message of one's own is edited at the end", async () => {
  const page = await open(`#/conversation/${chatId}`);
  await send(page, "To be edited");
  await page.evaluate(`location.hash = "${at(150)}"`);
  await messageOf(page, "Number 150").waitFor();
  await page.getByRole("textbox", { name: "Message", exact: true }).press("ArrowUp");
  await page.getByText("Editing message").waitFor();
  await until(page, isAtEnd);
  expect(await inView(page, "To be edited")).toBe(true);
});

test("the same link leads there again, and a link to a message that is not there says so", async () => {
  const page = await open(`#/conversation/${chatId}`);
  await page.evaluate(`location.hash = "${at(50)}"`);
  await messageOf(page, "Number 50").waitFor();
  await page.getByRole("button", { name: "Scroll to latest message" }).click();
  await until(page, isAtEnd);
  await page.evaluate(`location.hash = "${at(50)}"`);
  await messageOf(page, "Number 50").waitFor();
  await page.evaluate(`location.hash = "#/conversation/${chatId}/m/999999999"`);
  await page.getByText("That message is no longer there.").waitFor();
  await rowOf(page, "Mia").click();
  expect(await inView(page, "Number 50")).toBe(true);
});
