// Replies, reactions, mentions and formatting: with the mouse, with a finger, and by keyboard alone.
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import type { Attachment } from "../../src/sdk/index.ts";
import { openBrowser, until, visitAs } from "./browser.ts";
import { befriend, register, tokenOf, type User } from "./people.ts";
import { type Stage, serve } from "./stage.ts";
import { messageOf, rowOf, send } from "./steps.ts";

let server: Stage;
let browser: Browser;
let ada: User;
let ben: User;
let key: `conversation:${number}`;

beforeAll(async () => {
  [server, browser] = await Promise.all([serve(), openBrowser()]);
  [ada, ben] = await Promise.all([register(server.url, "Ada"), register(server.url, "Ben")]);
  await befriend(ada, ben);
  const room = await ben.chat.openConversation(ada.id);
  key = room.key as typeof key;
  room.subscribe(() => {});
  room.send("Shall we meet tomorrow?");
  room.send("Bring code and a secret", {
    entities: [
      { type: "bold", offset: 0, length: 5 },
      { type: "code", offset: 6, length: 4 },
      { type: "spoiler", offset: 17, length: 6 },
    ],
  });
  while (room.getSnapshot().messages.some(({ id }) => id === null)) await Bun.sleep(10);
});

// An open page would read what the next test sends.
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));

afterAll(async () => {
  for (const { chat } of [ada, ben]) chat.close();
  await browser.close();
  await server.remove();
});

async function open(name: string, title: string, width = 1280): Promise<Page> {
  const { page } = await visitAs(browser, server.url, await tokenOf(server.url, name), {
    viewport: { width, height: 700 },
  });
  await rowOf(page, title).click();
  await page.locator(".message").first().waitFor();
  return page;
}

const quoteIn = (page: Page, text: string) => messageOf(page, text).locator(".quote");
const reactionIn = (page: Page, text: string, emoji: string) =>
  messageOf(page, text).getByRole("button", { name: new RegExp(`^${emoji},`) });

test("a reply shows whom it is to, above the composer and in the bubble, and leads there", async () => {
  const page = await open("Ada", "Ben");
  await messageOf(page, "Shall we meet tomorrow?").hover();
  await messageOf(page, "Shall we meet tomorrow?").getByRole("button", { name: "Reply", exact: true }).click();
  const strip = page.locator(".replying");
  expect(await strip.textContent()).toContain("Shall we meet tomorrow?");
  await page.keyboard.press("Escape");
  await strip.waitFor({ state: "detached" });
  await messageOf(page, "Shall we meet tomorrow?").hover();
  await messageOf(page, "Shall we meet tomorrow?").getByRole("button", { name: "Reply", exact: true }).click();
  await page.keyboard.type("Gladly");
  await page.keyboard.press("Enter");
  await strip.waitFor({ state: "detached" });
  await quoteIn(page, "Gladly").waitFor();
  await quoteIn(page, "Gladly").click();
  await until(page, `document.activeElement.querySelector(".body")?.textContent === "Shall we meet tomorrow?"`);
  const other = await open("Ben", "Ada");
  await quoteIn(other, "Gladly").waitFor();
  expect(await quoteIn(other, "Gladly").textContent()).toContain("You");
});

test("a reaction is one click, seen by the other side, and taken back by another", async () => {
  const [page, other] = [await open("Ada", "Ben"), await open("Ben", "Ada")];
  await messageOf(page, "Shall we meet tomorrow?").hover();
  await messageOf(page, "Shall we meet tomorrow?").getByRole("button", { name: "React", exact: true }).click();
  await page.getByRole("menuitem", { name: "React with 👍" }).click();
  const mine = reactionIn(page, "Shall we meet tomorrow?", "👍");
  await mine.waitFor();
  expect(await mine.getAttribute("aria-pressed")).toBe("true");
  const theirs = reactionIn(other, "Shall we meet tomorrow?", "👍");
  await theirs.click();
  await until(page, `document.querySelector(".reaction").textContent === "👍2"`);
  await mine.click();
  await until(other, `document.querySelector(".reaction").textContent === "👍1"`);
  await theirs.click();
  await theirs.waitFor({ state: "detached" });
  await mine.waitFor({ state: "detached" });
});

test("all of it works by keyboard alone", async () => {
  const page = await open("Ada", "Ben");
  await messageOf(page, "Shall we meet tomorrow?").focus();
  await page.keyboard.press("Shift+F10");
  await page.getByRole("menuitem", { name: "React with 👍" }).waitFor();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await reactionIn(page, "Shall we meet tomorrow?", "❤️").waitFor();
  await page.keyboard.press("Shift+F10");
  await page.getByRole("menuitem", { name: "Reply" }).waitFor();
  await page.keyboard.press("r");
  await page.getByRole("textbox", { name: "Reply to Ben" }).waitFor();
  await page.keyboard.type("By keyboard");
  await page.keyboard.press("Enter");
  await quoteIn(page, "By keyboard").waitFor();
});

test("formatting is shown, and what is hidden until it is asked for", async () => {
  const page = await open("Ada", "Ben");
  const body = page.locator(".message .body", { hasText: "Bring" });
  expect(await body.locator("strong").textContent()).toBe("Bring");
  expect(await body.locator("code").textContent()).toBe("code");
  await body.getByRole("button", { name: "Show hidden text" }).click();
  expect(await body.locator("span.spoiler").textContent()).toBe("secret");
});

test("a message of a file alone says what it is, in the room and in the list", async () => {
  const form = new FormData();
  form.set("kind", "file");
  form.set("file", new File(["x".repeat(1_500)], "notes.txt"));
  const headers = { authorization: `Bearer ${ben.token}` };
  const uploaded = await fetch(`${server.url}/files`, { method: "POST", headers, body: form });
  expect(uploaded.status).toBe(201);
  const { data } = (await uploaded.json()) as { data: Attachment };
  ben.chat.room(key).send("", { attachments: [data] });
  const { page } = await visitAs(browser, server.url, await tokenOf(server.url, "Ada"), {
    viewport: { width: 1280, height: 700 },
  });
  await rowOf(page, "Ben").locator(".row-preview", { hasText: "notes.txt" }).waitFor();
  await rowOf(page, "Ben").click();
  const shown = page.locator(".message .file");
  await shown.waitFor();
  expect(await shown.textContent()).toBe("TXTnotes.txt1.5 KB");
});

test("@name mentions: marked in the list until it is read, and in the text", async () => {
  const { page } = await visitAs(browser, server.url, await tokenOf(server.url, "Ada"), {
    viewport: { width: 1280, height: 700 },
  });
  await rowOf(page, "Ben").waitFor();
  const other = await open("Ben", "Ada");
  await send(other, "So, @ada: tomorrow at ten.");
  await page.locator(".mention-badge").waitFor();
  await rowOf(page, "Ben").click();
  const mention = page.locator(".mention");
  await mention.waitFor();
  expect([await mention.textContent(), await mention.getAttribute("data-me")]).toEqual(["@ada", "true"]);
  await page.locator(".mention-badge").waitFor({ state: "detached" });
  expect((await ada.chat.listMentions(null, "mention")).data).toHaveLength(1);
});

test("on a phone a long press opens the emojis and the menu, each large enough for a finger", async () => {
  const { page } = await visitAs(browser, server.url, await tokenOf(server.url, "Ada"), {
    viewport: { width: 360, height: 700 },
    hasTouch: true,
    isMobile: true,
  });
  await rowOf(page, "Ben").click();
  const message = messageOf(page, "Shall we meet tomorrow?");
  await message.waitFor();
  await message.click({ button: "right" });
  const emoji = page.getByRole("menuitem", { name: "React with 🎉" });
  await emoji.waitFor();
  const box = (await emoji.boundingBox())!;
  expect(Math.min(box.width, box.height)).toBeGreaterThanOrEqual(44);
  expect(box.x + box.width).toBeLessThanOrEqual(360);
  await emoji.click();
  await reactionIn(page, "Shall we meet tomorrow?", "🎉").waitFor();
});
