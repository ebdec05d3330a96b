// What one does with messages: their menu, with the mouse, with a finger and by keyboard alone.
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { openBrowser, until, visitAs } from "./browser.ts";
import { befriend, register, tokenOf, type User } from "./people.ts";
import { type Stage, serve } from "./stage.ts";
import { messageOf, rowOf } from "./steps.ts";

let server: Stage;
let browser: Browser;
let ada: User;
let ben: User;

beforeAll(async () => {
  [server, browser] = await Promise.all([serve(), openBrowser()]);
  [ada, ben] = await Promise.all([register(server.url, "Ada"), register(server.url, "Ben")]);
  await befriend(ada, ben);
});

afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));

afterAll(async () => {
  for (const { chat } of [ada, ben]) chat.close();
  await browser.close();
  await server.remove();
});

const DESKTOP = { viewport: { width: 1280, height: 700 } };
const PHONE = { viewport: { width: 360, height: 700 }, hasTouch: true, isMobile: true };

/** A group of both, in which they have written these messages. */
async function groupWith(name: string, messages: [User, string][]) {
  const created = await ada.chat.groups.create({ name });
  await ada.chat.groups.addMember(created.id, ben.id);
  for (const [sender, text] of messages) {
    const room = sender.chat.room(created.key);
    const end = room.subscribe(() => {});
    const key = room.send(text);
    while (room.getSnapshot().messages.find((message) => message.key === key)?.id == null) await Bun.sleep(10);
    end();
  }
  return created;
}

async function open(user: User, title: string, options: BrowserContextOptions = DESKTOP): Promise<Page> {
  const { page } = await visitAs(browser, server.url, await tokenOf(server.url, user.name), {
    permissions: ["clipboard-read", "clipboard-write"],
    ...options,
  });
  await rowOf(page, title).click();
  await page.locator(".message").first().waitFor();
  return page;
}

const menu = (page: Page) => page.getByRole("menu", { name: "Message actions" });
const copied = (page: Page) => page.evaluate<string>("navigator.clipboard.readText()");
const labelsIn = (page: Page) => menu(page).locator("> [role=menuitem]").allTextContents();

describe("the menu", () => {
  test("offers what may be done with a message, and no more", async () => {
    await groupWith("Rights", [
      [ada, "from Ada"],
      [ben, "from Ben"],
    ]);
    const page = await open(ben, "Rights");
    await messageOf(page, "from Ada").locator(".bubble").click({ button: "right" });
    expect(await labelsIn(page)).not.toContain("Delete");
    expect(await labelsIn(page)).not.toContain("Edit");
    await page.keyboard.press("Escape");
    await messageOf(page, "from Ben").locator(".bubble").click({ button: "right" });
    expect(await labelsIn(page)).toEqual(expect.arrayContaining(["Reply", "Edit", "Copy text", "Delete"]));
  });

  test("opens by keyboard in three ways; letters select, and the focus returns to the message", async () => {
    await groupWith("Keys", [[ada, "by keyboard"]]);
    const page = await open(ada, "Keys");
    const message = messageOf(page, "by keyboard");
    // Where the focus goes when something closes comes a moment after that: a key that is pressed before would go nowhere.
    const isBack = () => until(page, `document.activeElement.matches(".message")`);
    await message.focus();
    for (const key of ["Shift+F10", "ContextMenu", "Enter"]) {
      await page.keyboard.press(key);
      await menu(page).waitFor();
      await page.keyboard.press("Escape");
      await menu(page).waitFor({ state: "detached" });
      await isBack();
    }
    await page.keyboard.press("Enter");
    await menu(page).waitFor();
    await page.keyboard.press("c");
    await page.getByText("Copied to clipboard.").waitFor();
    expect(await copied(page)).toBe("by keyboard");
    await isBack();
    await page.keyboard.press("Enter");
    await menu(page).waitFor();
    await page.keyboard.press("e");
    await until(page, `document.activeElement.matches("[aria-label='Edit message']")`);
    await page.keyboard.press("Escape");
    await until(page, `document.activeElement.matches("[aria-label='Message']")`);
    await message.focus();
    await page.keyboard.press("Enter");
    await menu(page).waitFor();
    await page.keyboard.press("l");
    await page.getByText("Link copied.").waitFor();
    expect(await copied(page)).toMatch(new RegExp(`^${server.url}/#/group/\\d+/m/\\d+$`));
    await isBack();
    await page.keyboard.press("Delete");
    await page.getByRole("dialog", { name: "Delete this message?" }).waitFor();
    await page.keyboard.press("Escape");
  });

  test("opens again at once after it was closed, before the page was told of that", async () => {
    await groupWith("Quick", [[ada, "quickly"]]);
    const page = await open(ada, "Quick");
    await messageOf(page, "quickly").focus();
    await page.keyboard.press("Enter");
    await menu(page).waitFor();
    await page.evaluate(`{
      document.querySelector(".floating").hidePopover();
      document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
    }`);
    await menu(page).waitFor();
    await page.keyboard.press("c");
    await page.getByText("Copied to clipboard.").waitFor();
    await menu(page).waitFor({ state: "detached" });
  });

  test("a letter that is typed on a message, outside of the menu, goes into the field", async () => {
    await groupWith("Typing", [[ada, "first"]]);
    const page = await open(ada, "Typing");
    await messageOf(page, "first").focus();
    await page.keyboard.type("reply");
    await until(page, `document.querySelector(".composer textarea").value === "reply"`);
  });

  test.each([
    ["with the mouse", DESKTOP],
    ["with a finger", PHONE],
  ])("offers all emojis besides the quick ones: %s", async (_, options) => {
    await groupWith(`Emojis ${_}`, [[ben, "react freely"]]);
    const page = await open(ada, `Emojis ${_}`, options);
    await messageOf(page, "react freely").locator(".bubble").click({ button: "right" });
    await menu(page).getByRole("menuitem", { name: "More emojis" }).click();
    await page.getByRole("dialog", { name: "Choose a reaction" }).waitFor();
    await page.getByRole("combobox", { name: "Search emoji" }).fill("rocket");
    await page.getByRole("gridcell", { name: "rocket" }).first().click();
    await messageOf(page, "react freely")
      .getByRole("button", { name: /^🚀, 1 person/ })
      .waitFor();
    await page.getByRole("dialog", { name: "Choose a reaction" }).waitFor({ state: "detached" });
  });

  test("on a phone it comes up from the lower edge, says which message it is about, and closes on a tap beside it", async () => {
    await groupWith("Phone", [
      [ada, "above"],
      [ben, "below"],
    ]);
    const page = await open(ada, "Phone", PHONE);
    await messageOf(page, "below").locator(".bubble").click({ button: "right" });
    const sheet = page.locator("dialog.sheet");
    await sheet.waitFor();
    expect(await sheet.locator(".sheet-subject").textContent()).toBe("Benbelow");
    await until(page, `document.querySelector("dialog.sheet").getBoundingClientRect().bottom === innerHeight`);
    const small = await page.evaluate<number>(`[...document.querySelectorAll("dialog.sheet button")]
      .filter((button) => button.offsetWidth < 44 || button.offsetHeight < 44).length`);
    expect(small).toBe(0);
    await page.touchscreen.tap(180, 120);
    await sheet.waitFor({ state: "detached" });
    // The room is still open.
    expect(await messageOf(page, "above").isVisible()).toBe(true);
  });
});

describe("several messages", () => {
  const bar = (page: Page) => page.getByRole("toolbar", { name: "Selected messages" });
  const countIs = (page: Page, text: string) => bar(page).getByText(text, { exact: true }).waitFor();
  const select = async (page: Page, text: string) => {
    await messageOf(page, text).locator(".bubble").click({ button: "right" });
    await menu(page).getByRole("menuitem", { name: "Select" }).click();
    await countIs(page, "1 selected");
  };

  test("are selected by clicks and as a range, and copied with names and times", async () => {
    await groupWith("Copying", [
      [ada, "one"],
      [ben, "two"],
      [ada, "three"],
      [ben, "see https://example.org"],
    ]);
    const page = await open(ada, "Copying");
    await select(page, "one");
    await messageOf(page, "three")
      .locator(".bubble")
      .click({ modifiers: ["Shift"] });
    await countIs(page, "3 selected");
    // Nothing in a message does what it does otherwise.
    await messageOf(page, "see https://example.org").locator("a").click();
    await countIs(page, "4 selected");
    await messageOf(page, "two").getByRole("checkbox").click();
    await countIs(page, "3 selected");
    expect(await messageOf(page, "two").getByRole("checkbox").isChecked()).toBe(false);
    expect(await messageOf(page, "one").getByRole("checkbox").isChecked()).toBe(true);
    await bar(page).getByRole("button", { name: "Copy" }).click();
    await page.getByText("3 messages copied.").waitFor();
    const time = String.raw`\d+ \w+ \d{4}(,| at) \d\d:\d\d`;
    expect(await copied(page)).toMatch(
      new RegExp(`^Ada, ${time}\none\n\nAda, ${time}\nthree\n\nBen, ${time}\nsee https://example.org$`),
    );
    await bar(page).waitFor({ state: "detached" });
    expect(browser.contexts()[0]!.pages()).toHaveLength(1);
  });

  test("are selected by keyboard alone; Escape ends that, and not the room", async () => {
    await groupWith("Space", [
      [ada, "one"],
      [ben, "two"],
      [ada, "three"],
    ]);
    const page = await open(ada, "Space");
    await messageOf(page, "one").focus();
    await page.keyboard.press("Enter");
    await menu(page).waitFor();
    await page.keyboard.press("s");
    await countIs(page, "1 selected");
    await until(page, `document.activeElement.matches(".message")`);
    await page.keyboard.press("Shift+ArrowDown");
    await countIs(page, "2 selected");
    await page.keyboard.press("Space");
    await countIs(page, "1 selected");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Shift+Space");
    await countIs(page, "3 selected");
    await page.keyboard.press("Escape");
    await bar(page).waitFor({ state: "detached" });
    await messageOf(page, "three").waitFor();
    await page.locator(".composer textarea").waitFor();
  });

  test("are deleted after one question, but for those that are not one's own; a draft outlives it", async () => {
    const group = await groupWith("Deleting", [
      [ben, "mine"],
      [ada, "hers"],
      [ben, "mine too"],
    ]);
    const page = await open(ben, "Deleting");
    await page.locator(".composer textarea").fill("a draft");
    await select(page, "hers");
    expect(await bar(page).getByRole("button", { name: "Delete" }).isDisabled()).toBe(true);
    await messageOf(page, "mine").locator(".bubble").click();
    await messageOf(page, "mine too").locator(".bubble").click();
    await bar(page).getByRole("button", { name: "Delete" }).click();
    const dialog = page.getByRole("dialog", { name: "Delete 2 messages?" });
    await dialog.getByText("1 message of the 3 selected can only be deleted by others, and stays.").waitFor();
    await dialog.getByRole("button", { name: "Delete" }).click();
    await page.getByText("2 messages deleted.").waitFor();
    await bar(page).waitFor({ state: "detached" });
    expect(await page.locator(".message .body").allTextContents()).toEqual([
      "This message was deleted.",
      "hers",
      "This message was deleted.",
    ]);
    expect(await page.locator(".composer textarea").inputValue()).toBe("a draft");
    expect(group.key).toStartWith("group:");
  });

  test("those that can't be deleted stay selected, and it is said how many and why", async () => {
    await groupWith("Failing", [
      [ada, "first"],
      [ada, "second"],
    ]);
    const page = await open(ada, "Failing");
    await select(page, "first");
    await messageOf(page, "second").locator(".bubble").click();
    let calls = 0;
    await page.route("**/messages/*", (route) =>
      route.request().method() === "DELETE" && ++calls === 2 ? route.abort() : route.fallback(),
    );
    await bar(page).getByRole("button", { name: "Delete" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await page.getByText("1 of 2 messages deleted. 1 message couldn’t be: Can’t reach the server.").waitFor();
    await countIs(page, "1 selected");
    expect(await messageOf(page, "second").getByRole("checkbox").isChecked()).toBe(true);
  });

  test("one that somebody deletes meanwhile is selected no more", async () => {
    const group = await groupWith("Meanwhile", [
      [ada, "stays"],
      [ada, "goes"],
    ]);
    const page = await open(ben, "Meanwhile");
    await select(page, "stays");
    await messageOf(page, "goes").locator(".bubble").click();
    await countIs(page, "2 selected");
    const room = ada.chat.room(group.key);
    await room.delete(room.getSnapshot().messages.find(({ body }) => body === "goes")!.id!);
    await countIs(page, "1 selected");
  });
});

describe("activity", () => {
  const rowsIn = (page: Page) => page.locator(".activity-row");
  const tab = (page: Page) => page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: /^Activity/ });

  const badge = (page: Page) => tab(page).locator(".badge");

  /** What is said of each, without times. */
  const saidIn = (page: Page) =>
    page.evaluate<string[]>(`[...document.querySelectorAll(".activity-row")].map((row) =>
      [".row-title", ".activity-text", ".row-note"].map((part) => row.querySelector(part)?.textContent ?? "").join(" | "))`);

  test("lists mentions, replies and reactions as they come, by kind, with what is unread", async () => {
    const group = await groupWith("Hike", [[ada, "Who drives?"]]);
    const { page, troubles } = await visitAs(browser, server.url, await tokenOf(server.url, "Ada"), DESKTOP);
    await rowOf(page, "Hike").waitFor();
    await tab(page).click();
    await until(page, `document.querySelector(".activity .skeleton") === null`);
    const before = await rowsIn(page).count();
    const question = ada.chat.room(group.key).getSnapshot().messages.at(-1)!;
    const room = ben.chat.room(group.key);
    const replyTo = { ...question, id: question.id!, seq: question.seq! };
    room.send("I do", { replyTo });
    await until(page, `document.querySelectorAll(".activity-row").length === ${before + 1}`);
    room.send("Ada, bring snacks", { entities: [{ type: "mention", offset: 0, length: 3, user_id: ada.id }] });
    await until(page, `document.querySelectorAll(".activity-row").length === ${before + 2}`);
    await room.react(question.id!, "🎉");
    await until(page, `document.querySelectorAll(".activity-row").length === ${before + 3}`);
    expect((await saidIn(page)).slice(0, 3)).toEqual([
      "Ben reacted with 🎉 | Who drives? | in Hike",
      "Ben mentioned you | Ada, bring snacks | in Hike",
      "Ben replied to you | I do | in Hike",
    ]);
    expect(await page.locator('.activity-row[data-unread="true"]').count()).toBe(2);
    await badge(page).waitFor();
    expect(await badge(page).textContent()).toBe("2 unread");
    await page.getByRole("button", { name: "Replies" }).click();
    await until(page, `document.querySelectorAll(".activity-row .activity-text").length === 1`);
    expect(await saidIn(page)).toEqual(["Ben replied to you | I do | in Hike"]);
    await rowsIn(page).first().click();
    // Right to the message.
    await until(page, `document.activeElement.querySelector(".body")?.textContent === "I do"`);
    await until(page, `document.querySelector('.activity-row[data-unread="true"]') === null`);
    await badge(page).waitFor({ state: "detached" });
    // What is deleted goes from the list as well.
    await room.delete(room.getSnapshot().messages.find(({ body }) => body === "I do")!.id!);
    await page.getByText("Nothing here yet").waitFor();
    expect(troubles).toEqual([]);
  });

  test("goes on with further pages, and by keyboard", async () => {
    const group = await groupWith("Many", [[ada, "start"]]);
    const room = ben.chat.room(group.key);
    const end = room.subscribe(() => {});
    for (let index = 0; index < 105; index++)
      room.send(`Ada ${index}`, { entities: [{ type: "mention", offset: 0, length: 3, user_id: ada.id }] });
    while (room.getSnapshot().messages.some(({ id }) => id === null)) await Bun.sleep(20);
    end();
    const { page } = await visitAs(browser, server.url, await tokenOf(server.url, "Ada"), DESKTOP);
    await page.goto("/#/activity");
    await rowsIn(page).first().waitFor();
    expect(await rowsIn(page).count()).toBe(100);
    await page.evaluate(
      `{ const list = document.querySelector(".activity .scroll"); list.scrollTop = list.scrollHeight; }`,
    );
    await page.locator(".activity-text", { hasText: /^Ada 0$/ }).waitFor();
    const said = await saidIn(page);
    expect(new Set(said).size).toBe(said.length);
    await rowsIn(page).first().focus();
    await page.keyboard.press("ArrowDown");
    await until(page, `document.activeElement.textContent.includes("Ada 103")`);
    await page.keyboard.press("Enter");
    await page.getByRole("region", { name: "Many" }).waitFor();
  });
});

describe("who has read a message and who has reacted to it", () => {
  const dialog = (page: Page, name: string) => page.getByRole("dialog", { name });
  const namesIn = (page: Page, region: string) =>
    page.getByRole("dialog").getByRole("region", { name: region }).locator(".row-title bdi").allTextContents();

  test("is said of a group's message as it happens, from its menu and its state", async () => {
    const group = await groupWith("Readers", [[ada, "read me"]]);
    const page = await open(ada, "Readers");
    await messageOf(page, "read me").getByRole("button", { name: "Read by" }).click();
    await dialog(page, "Read by").waitFor();
    expect(await namesIn(page, "Not read yet")).toEqual(["Ben"]);
    ben.chat.room(group.key).markRead();
    await until(page, `document.querySelector('[aria-label="Read by"] .row-title')?.textContent === "Ben"`);
    expect(await namesIn(page, "Read by")).toEqual(["Ben"]);
    await page.keyboard.press("Escape");
    await messageOf(page, "read me").focus();
    await page.keyboard.press("Enter");
    await menu(page).waitFor();
    await page.keyboard.press("b");
    await dialog(page, "Read by").waitFor();
    await page.keyboard.press("Escape");
    await until(page, `document.activeElement.matches(".message")`);
  });

  test("is not said to somebody who does not show it themselves", async () => {
    await groupWith("Hidden", [[ada, "private"]]);
    await ada.chat.privacy.set({ read_receipts: false });
    const page = await open(ada, "Hidden");
    await messageOf(page, "private").getByRole("button", { name: "Read by" }).click();
    await page.getByText("so you don’t see it of them either").waitFor();
    await ada.chat.privacy.set({ read_receipts: true });
  });

  test("is listed by emoji, with one's own to take back, by keyboard alone", async () => {
    const group = await groupWith("Reactors", [[ben, "react to me"]]);
    const room = ben.chat.room(group.key);
    const { id } = room.getSnapshot().messages.at(-1)!;
    await room.react(id!, "👍");
    await ada.chat.room(group.key).react(id!, "👍");
    await ada.chat.room(group.key).react(id!, "🎉");
    const page = await open(ada, "Reactors");
    const chip = messageOf(page, "react to me").getByRole("button", { name: /^👍/ });
    // Names come with the members, which are read after the messages.
    do {
      await messageOf(page, "react to me").locator(".bubble").hover();
      await chip.hover();
    } while ((await chip.getAttribute("title")) !== "You and \u2068Ben\u2069");
    await chip.focus();
    await page.keyboard.press("Shift+F10");
    await dialog(page, "Reactions").waitFor();
    const tab = (name: RegExp) => page.getByRole("tab", { name });
    await until(page, `document.querySelectorAll("[role=tabpanel] .row").length === 2`);
    expect(await tab(/^👍 2/).getAttribute("aria-selected")).toBe("true");
    await tab(/^👍 2/).focus();
    await page.keyboard.press("ArrowRight");
    await until(page, `document.querySelectorAll("[role=tabpanel] .row").length === 1`);
    await page.getByRole("button", { name: "Take back 🎉" }).click();
    await tab(/^🎉/).waitFor({ state: "detached" });
    await page.keyboard.press("Escape");
    await dialog(page, "Reactions").waitFor({ state: "detached" });
    expect(await messageOf(page, "react to me").locator(".reaction").allTextContents()).toEqual(["👍2"]);
  });

  test("on a phone a long press on an emoji says who", async () => {
    const group = await groupWith("Fingers", [[ben, "press"]]);
    const { id } = ben.chat.room(group.key).getSnapshot().messages.at(-1)!;
    await ben.chat.room(group.key).react(id!, "❤️");
    const page = await open(ada, "Fingers", PHONE);
    await messageOf(page, "press").locator(".reaction").click({ button: "right" });
    await dialog(page, "Reactions").getByText("Ben").waitFor();
    expect(await page.locator("dialog.sheet").count()).toBe(0);
  });
});

test("on a phone a message that is drawn aside is replied to, one that is drawn a little or scrolled is not", async () => {
  await groupWith("Swipe", [
    [ben, "draw me"],
    [ben, "and me"],
  ]);
  const page = await open(ada, "Swipe", PHONE);
  const input = await page.context().newCDPSession(page);
  const box = (await messageOf(page, "draw me").locator(".bubble").boundingBox())!;
  const touch = (type: string, x: number, y: number) =>
    input.send("Input.dispatchTouchEvent", {
      type: type as "touchStart",
      touchPoints: type === "touchEnd" ? [] : [{ x, y }],
    });
  const draw = async (toX: number, toY: number) => {
    const [x, y] = [250, box.y + box.height / 2];
    await touch("touchStart", x, y);
    for (let step = 1; step <= 8; step++) await touch("touchMove", x + (toX * step) / 8, y + (toY * step) / 8);
    await touch("touchEnd", 0, 0);
  };
  const strip = page.locator(".replying");
  await draw(-40, 0);
  await draw(0, -90);
  await draw(90, 0);
  expect(await strip.count()).toBe(0);
  await draw(-100, 4);
  await strip.waitFor();
  expect(await strip.textContent()).toContain("draw me");
  await until(page, `document.querySelector("[data-drawn]") === null`);
});

test("several people who were added one after the other are named in one line", async () => {
  const created = await ada.chat.groups.create({ name: "Lines" });
  const others = await Promise.all(["Lena", "Lino", "Luca", "Lulu", "Lyra"].map((name) => register(server.url, name)));
  for (const { id } of others.slice(0, 2)) await ada.chat.groups.addMember(created.id, id);
  const { page } = await visitAs(browser, server.url, await tokenOf(server.url, "Ada"), DESKTOP);
  await rowOf(page, "Lines").click();
  const lines = page.locator(".event");
  await page.getByText("You added \u2068Lena\u2069 and \u2068Lino\u2069").waitFor();
  for (const { id } of others.slice(2)) await ada.chat.groups.addMember(created.id, id);
  await page.getByText("You added \u2068Lena\u2069, \u2068Lino\u2069, \u2068Luca\u2069 and 2 others").waitFor();
  await others[0]!.chat.groups.leave(created.id);
  await page.getByText("\u2068Lena\u2069 left").waitFor();
  expect(await lines.count()).toBe(2);
  for (const { chat } of others) chat.close();
});

test("what a message hides is hidden in quotes of it and in the list, and copied as Markdown with the rest", async () => {
  const group = await groupWith("Spoilers", [[ben, "start"]]);
  const room = ben.chat.room(group.key);
  const end = room.subscribe(() => {});
  room.send("The butler did it", {
    entities: [
      { type: "spoiler", offset: 4, length: 6 },
      { type: "bold", offset: 11, length: 3 },
    ],
  });
  const last = () => room.getSnapshot().messages.at(-1)!;
  while (last().id === null) await Bun.sleep(10);
  ada.chat.room(group.key).send("No!", { replyTo: { ...last(), id: last().id!, seq: last().seq! } });
  end();
  const page = await open(ada, "Spoilers");
  await messageOf(page, "No!").locator(".quote-text", { hasText: "The ▒▒▒▒▒▒ did it" }).waitFor();
  const hidden = page.locator(".message", { hasText: "did it" }).first();
  await hidden.locator(".bubble").click({ button: "right", position: { x: 10, y: 10 } });
  await menu(page).getByRole("menuitem", { name: "Select" }).click();
  await page.getByRole("toolbar", { name: "Selected messages" }).getByRole("button", { name: "Copy" }).click();
  await page.getByText("1 message copied.").waitFor();
  expect((await copied(page)).split("\n")[1]).toBe("The ||butler|| **did** it");
});

test("a quote of somebody who is blocked is folded as their message is, and shown again once they are not", async () => {
  const group = await groupWith("Folded", [[ben, "a rude remark"]]);
  const first = ben.chat.room(group.key).getSnapshot().messages.at(-1)!;
  ada.chat.room(group.key).send("Please", { replyTo: { ...first, id: first.id!, seq: first.seq! } });
  const page = await open(ada, "Folded");
  const quote = messageOf(page, "Please").locator(".quote-text");
  await quote.getByText("a rude remark").waitFor();
  await ada.chat.blocks.add(ben.id);
  await page.reload();
  await quote.getByText("Message from someone you blocked.").waitFor();
  await ada.chat.blocks.remove(ben.id);
  await page.reload();
  await quote.getByText("a rude remark").waitFor();
});
