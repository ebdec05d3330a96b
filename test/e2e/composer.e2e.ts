// Writing messages: Markdown as it is typed, shortcuts, mentions by name, and emoji.
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import type { RoomMessage, RoomStore } from "../../src/sdk/index.ts";
import { expectAccessible, faultsInThemes } from "./accessible.ts";
import { openBrowser, until, visitAs } from "./browser.ts";
import { register, tokenOf, type User } from "./people.ts";
import { type Stage, serve } from "./stage.ts";
import { composer, messageOf } from "./steps.ts";

let server: Stage;
let browser: Browser;
let ada: User;
let ben: User;
let cleo: User;
let room: RoomStore;

beforeAll(async () => {
  [server, browser] = await Promise.all([serve(), openBrowser()]);
  [ada, ben, cleo] = await Promise.all([
    register(server.url, "Ada"),
    register(server.url, "Ben"),
    register(server.url, "Cleo"),
  ]);
  const group = await ada.chat.groups.create({ name: "Weekend", is_private: false });
  await ben.chat.groups.join(group.id);
  await cleo.chat.groups.join(group.id);
  room = ben.chat.room(group.key);
  room.subscribe(() => {});
});

// An open page would read what the next test sends.
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));

afterAll(async () => {
  for (const { chat } of [ada, ben, cleo]) chat.close();
  await browser.close();
  await server.remove();
});

async function open(options: BrowserContextOptions = {}): Promise<Page> {
  const { page } = await visitAs(browser, server.url, await tokenOf(server.url, "Ada"), {
    viewport: { width: 1280, height: 700 },
    permissions: ["clipboard-read", "clipboard-write"],
    ...options,
  });
  await await page.goto(`/#/group/${room.id}`);
  await composer(page).waitFor();
  // What makes more of the field is loaded after it.
  await page.locator(".auto-grow > textarea[aria-autocomplete]").waitFor();
  return page;
}

/** The message as it came to somebody else. */
async function received(body: string): Promise<RoomMessage> {
  const find = () => room.getSnapshot().messages.find((message) => message.body === body && message.id !== null);
  while (!find()) await Bun.sleep(10);
  return find()!;
}

const textIn = (page: Page) => composer(page).inputValue();
const formatted = (page: Page, type: string): Locator =>
  page.locator(`.mirror [data-is~="${type}"]:not([data-is~="syntax"])`);

describe("Markdown", () => {
  test("is shown formatted while it is typed, and sent as text with entities", async () => {
    const page = await open();
    await composer(page).pressSequentially("So **bold *and* it** `code` ||later||");
    expect(await formatted(page, "bold").first().textContent()).toBe("bold ");
    expect(await formatted(page, "spoiler").textContent()).toBe("later");
    expect(await page.locator(".mirror").textContent()).toBe("So **bold *and* it** `code` ||later|| ");
    await composer(page).press("Enter");
    const message = await received("So bold and it code later");
    expect(message.entities?.map(({ type, offset, length }) => [type, offset, length])).toEqual([
      ["bold", 3, 11],
      ["italic", 8, 3],
      ["code", 15, 4],
      ["spoiler", 20, 5],
    ]);
    expect(await messageOf(page, "So bold and it code later").locator("strong").textContent()).toBe("bold and it");
    expect(await textIn(page)).toBe("");
    await until(page, `!document.querySelector("[data-painted]")`);
  });

  test("keeps the caret where the text is: each line breaks as in the field, however it is formatted", async () => {
    const page = await open({ viewport: { width: 360, height: 700 } });
    const words = "**heavy words** and *slanted ones* with `some code` in ~~lines~~ of @ada and ||more|| ";
    // Until the members are there who are mentioned.
    do await composer(page).fill(words.repeat(12));
    while ((await formatted(page, "mention").count()) === 0);
    const sizes = (selector: string) =>
      page.evaluate<
        number[]
      >(`(({ scrollHeight, scrollWidth, clientWidth }) => [scrollHeight, scrollWidth, clientWidth])(
        document.querySelector("${selector}"))`);
    const [field, copy] = [await sizes(".auto-grow > textarea"), await sizes(".mirror")];
    expect(copy).toEqual(field);
    await composer(page).press("Control+End");
    expect(await page.evaluate(`document.querySelector(".mirror").scrollTop`)).toBeGreaterThan(0);
    await until(
      page,
      `document.querySelector(".mirror").scrollTop === document.querySelector(".auto-grow > textarea").scrollTop`,
    );
    // A key in a long draft changes what it changes, and none of the hundreds of pieces around it.
    await page.evaluate(`(() => {
      window.changed = 0;
      new MutationObserver((records) => {
        for (const { addedNodes, removedNodes } of records) window.changed += addedNodes.length + removedNodes.length;
      }).observe(document.querySelector(".mirror"), { childList: true, subtree: true });
      document.querySelector(".auto-grow > textarea").setSelectionRange(300, 300);
    })()`);
    expect(await page.evaluate(`document.querySelector(".mirror").childNodes.length`)).toBeGreaterThan(200);
    await composer(page).press("x");
    await composer(page).press("Backspace");
    const text = words.repeat(12);
    await until(page, `document.querySelector(".mirror").textContent === ${JSON.stringify(`${text} `)}`);
    expect(await page.evaluate<number>("window.changed")).toBeLessThanOrEqual(8);
    // What cuts all behind it, and plain text in its place.
    await composer(page).press("Control+Home");
    await composer(page).pressSequentially("**a");
    await until(page, `document.querySelector(".mirror").textContent === ${JSON.stringify(`**a${text} `)}`);
    await composer(page).fill("plain");
    await until(page, `!document.querySelector("[data-painted]")`);
    await composer(page).fill("*slanted*");
    expect(await page.locator(".mirror").textContent()).toBe("*slanted* ");
  });

  test("Enter within code adds a line; after it, the message is sent, with a button that copies the code", async () => {
    const page = await open();
    await composer(page).pressSequentially("```ts\nlet a = 1;\nlet b = 2;\n```\n");
    const message = await received("let a = 1;\nlet b = 2;");
    expect(message.entities).toEqual([{ type: "pre", offset: 0, length: 21, language: "ts" }]);
    const block = page.locator(".code-block").last();
    expect(await block.locator(".code-bar").textContent()).toBe("ts");
    await block.getByRole("button", { name: "Copy code" }).click();
    await page.getByText("Copied to clipboard.").waitFor();
    expect(await page.evaluate("navigator.clipboard.readText()")).toBe("let a = 1;\nlet b = 2;");
  });

  test("code that is wide is scrolled inside of the message, and code that is not closed is sent as code", async () => {
    const page = await open({ viewport: { width: 360, height: 700 } });
    await composer(page).fill(`\`\`\`\n${"wide ".repeat(100)}`);
    await composer(page).press("Control+Enter");
    await received("wide ".repeat(100).trim());
    const overflowOf = (selector: string) =>
      page.evaluate<number>(
        `(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)([...document.querySelectorAll("${selector}")].at(-1))`,
      );
    expect(await overflowOf(".code-block > pre")).toBeGreaterThan(0);
    expect(await overflowOf(".messages")).toBe(0);
  });

  test("a message is edited as Markdown, and stays as it is if nothing is changed", async () => {
    const page = await open();
    await composer(page).fill("a **fine** day, @ben");
    // Once the members are there: else it is no name of anybody.
    await page.getByRole("option", { name: "Ben" }).waitFor();
    await composer(page).press("Enter");
    const { id, entities } = await received("a fine day, @ben");
    // Whoever wrote it may hear last that it is stored; before that it can't be edited.
    await messageOf(page, "a fine day, @ben").locator('.delivery-status:not([data-state="sending"])').waitFor();
    const edit = page.getByRole("textbox", { name: "Edit message" });
    await composer(page).press("ArrowUp");
    await edit.waitFor();
    expect(await edit.inputValue()).toBe("a **fine** day, @ben");
    await edit.press("Enter");
    await composer(page).waitFor();
    expect((await received("a fine day, @ben")).edited_at).toBeNull();
    await composer(page).press("ArrowUp");
    await edit.press("End");
    await edit.pressSequentially("!");
    await edit.press("Enter");
    const edited = await received("a fine day, @ben!");
    expect([edited.id, edited.entities]).toEqual([id, entities]);
  });
});

test("names that are offered only after the message was sent are not offered in the empty field", async () => {
  const page = await open();
  await composer(page).focus();
  await page.evaluate(`{
    const field = document.activeElement;
    field.value = "for @be";
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
    field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
  }`);
  await received("for @be");
  await messageOf(page, "for @be").locator('.delivery-status:not([data-state="sending"])').waitFor();
  await composer(page).press("ArrowUp");
  await page.getByRole("textbox", { name: "Edit message" }).waitFor();
});

test("a message that is sent before its formatting can be read waits for that, and none overtakes it", async () => {
  const { page } = await visitAs(browser, server.url, await tokenOf(server.url, "Ada"));
  let letThrough = () => {};
  const isHeld = new Promise<void>((resolve) => {
    letThrough = resolve;
  });
  const scripts = new Set(
    await page.evaluate<string[]>(`performance.getEntriesByType("resource").map(({ name }) => name)`),
  );
  await page.route("**/assets/*.js", async (route) => {
    if (!scripts.has(route.request().url())) await isHeld;
    await route.continue();
  });
  await page.goto(`/#/group/${room.id}`);
  await composer(page).fill("the **first**");
  await composer(page).press("Enter");
  await composer(page).fill("the second");
  await composer(page).press("Enter");
  letThrough();
  const [first, second] = [await received("the first"), await received("the second")];
  expect(first.entities?.map(({ type }) => type)).toEqual(["bold"]);
  expect(first.seq!).toBeLessThan(second.seq!);
});

describe("shortcuts", () => {
  test.each([
    ["Control+b", "some **words** here"],
    ["Control+i", "some *words* here"],
    ["Control+Shift+X", "some ~~words~~ here"],
    ["Control+e", "some `words` here"],
    ["Control+k", "some [words](https://) here"],
    ["Control+Shift+H", "some ||words|| here"],
    ["Control+Shift+>", "> some words here"],
  ])("%s formats what is selected: %s; undo takes it back", async (keys, expected) => {
    const page = await open();
    await composer(page).pressSequentially("some words here");
    await page.evaluate(`document.querySelector(".auto-grow > textarea").setSelectionRange(5, 10)`);
    await page.keyboard.press(keys);
    expect(await textIn(page)).toBe(expected);
    if (keys !== "Control+k") {
      await page.keyboard.press(keys);
      expect(await textIn(page)).toBe("some words here");
      await page.keyboard.press("Control+z");
    }
    await page.keyboard.press("Control+z");
    expect(await textIn(page)).toBe("some words here");
  });

  test("what is selected is formatted by buttons: by keys, which lead back, and by clicks, which leave the focus", async () => {
    const page = await open();
    const bar = page.getByRole("toolbar", { name: "Formatting" });
    const button = (name: string) => bar.getByRole("button", { name });
    await composer(page).pressSequentially("some words");
    expect(await bar.count()).toBe(0);
    await composer(page).press("Control+Shift+ArrowLeft");
    await bar.waitFor();
    await expectAccessible(page);
    await page.keyboard.press("Alt+F10");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    expect(await textIn(page)).toBe("some *words*");
    await until(page, `document.activeElement.matches(".auto-grow > textarea")`);
    await page.locator(`.format-bar [aria-label="Italic"][aria-pressed="true"]`).waitFor();
    await button("Bold").click();
    await button("Hidden text").click();
    expect(await textIn(page)).toBe("some ***||words||***");
    await button("Quote").click();
    await page.locator(`.format-bar [aria-label="Quote"][aria-pressed="true"]`).waitFor();
    await button("Quote").click();
    await page.locator(`.format-bar [aria-label="Quote"][aria-pressed="false"]`).waitFor();
    await page.keyboard.press("Shift+Tab");
    await until(page, `document.activeElement.closest(".format-bar") !== null`);
    await page.keyboard.press("Escape");
    expect(await textIn(page)).toBe("some ***||words||***");
    await composer(page).press("End");
    await bar.waitFor({ state: "detached" });
  });

  test("Control+K without a selection leads to the search, as elsewhere", async () => {
    const page = await open();
    await composer(page).pressSequentially("text");
    await page.keyboard.press("Control+k");
    await until(page, `document.activeElement.type === "search"`);
  });
});

test("quotes, code and hidden text are shown, and opened by keyboard", async () => {
  const page = await open();
  await composer(page).fill("> said **before**\nand ||hidden||");
  await composer(page).press("Control+Enter");
  await received("said before\nand hidden");
  const message = page.locator(".message", { hasText: "said before" });
  expect(await message.locator("blockquote strong").textContent()).toBe("before");
  await message.focus();
  await page.keyboard.press("Tab");
  await until(page, `document.activeElement.matches(".spoiler, .icon-button")`);
  const spoiler = message.getByRole("button", { name: "Show hidden text" });
  await spoiler.focus();
  await page.keyboard.press("Enter");
  expect(await message.locator("span.spoiler").textContent()).toBe("hidden");
  await expectAccessible(page);
});

describe("@", () => {
  const list = (page: Page) => page.getByRole("listbox", { name: "People to mention" });
  const options = (page: Page) => list(page).getByRole("option");
  const active = (page: Page) =>
    page.evaluate<string>(
      `document.getElementById(document.activeElement.getAttribute("aria-activedescendant"))?.textContent`,
    );

  test("offers the members by name; the arrow keys choose, and Enter or Tab inserts", async () => {
    const page = await open();
    await composer(page).pressSequentially("Hello @");
    await list(page).waitFor();
    expect(await options(page).allTextContents()).toEqual(["BBen", "CCleo", "@alleveryone in the group"]);
    expect(await active(page)).toBe("BBen");
    await expectAccessible(page);
    await page.keyboard.press("ArrowDown");
    await until(page, `document.activeElement.getAttribute("aria-activedescendant") === "completions-1"`);
    await page.keyboard.press("Enter");
    expect(await textIn(page)).toBe("Hello @Cleo ");
    await list(page).waitFor({ state: "detached" });
    await composer(page).pressSequentially("and @be");
    await until(page, `document.querySelectorAll("[role=option]").length === 1`);
    await page.keyboard.press("Tab");
    expect(await textIn(page)).toBe("Hello @Cleo and @Ben ");
    await page.keyboard.press("Enter");
    const { entities } = await received("Hello @Cleo and @Ben");
    expect(entities?.map(({ type, offset, length }) => [type, offset, length])).toEqual([
      ["mention", 6, 5],
      ["mention", 16, 4],
    ]);
  });

  test("is closed by Escape until another name is begun, and takes a click", async () => {
    const page = await open();
    await composer(page).pressSequentially("@b");
    await list(page).waitFor();
    await page.keyboard.press("Escape");
    await list(page).waitFor({ state: "detached" });
    await composer(page).pressSequentially("e");
    expect(await list(page).count()).toBe(0);
    await composer(page).pressSequentially("x @c");
    await options(page).first().click();
    expect(await textIn(page)).toBe("@bex @Cleo ");
    await until(page, `document.activeElement.matches("textarea")`);
  });

  test("is no name within a word or within code, and offers nobody where nobody is meant", async () => {
    const page = await open();
    for (const text of ["mail@b", "```\n@b", "@nobody"]) {
      await composer(page).fill("");
      await composer(page).pressSequentially(text);
      expect(await list(page).count()).toBe(0);
    }
  });

  test.each([
    ["light", 360],
    ["dark", 1280],
  ] as const)("nothing of it is cut off or hard to read: %s, %i px", async (colorScheme, width) => {
    const page = await open({
      colorScheme,
      viewport: { width, height: 500 },
      hasTouch: width === 360,
      isMobile: width === 360,
    });
    await composer(page).pressSequentially("@");
    await options(page).first().waitFor();
    for (const option of await options(page).all()) {
      const box = (await option.boundingBox())!;
      expect(box.height).toBeGreaterThanOrEqual(44);
      expect(box.x + box.width).toBeLessThanOrEqual(width);
    }
    await expectAccessible(page);
    if (width === 360) {
      await options(page).first().tap();
      expect(await textIn(page)).toBe("@Ben ");
    }
  });
});

describe("emoji", () => {
  const picker = (page: Page) => page.getByRole("dialog", { name: "Emoji" });
  const cell = (page: Page, name: string) => picker(page).getByRole("gridcell", { name, exact: true });

  test("are chosen by name and with the arrow keys; Escape leads back to the field", async () => {
    const page = await open();
    await composer(page).pressSequentially("So ");
    await page.getByRole("button", { name: "Emoji" }).click();
    const search = picker(page).getByRole("combobox", { name: "Search emoji" });
    await search.waitFor();
    await until(page, `document.activeElement.getAttribute("aria-label") === "Search emoji"`);
    await page.keyboard.type("heart");
    await page.keyboard.press("ArrowDown");
    await until(
      page,
      `document.getElementById(document.activeElement.getAttribute("aria-activedescendant"))?.ariaLabel === "red heart"`,
    );
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("Enter");
    expect(await textIn(page)).toBe("So ❤️");
    await search.focus();
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    await picker(page).waitFor({ state: "detached" });
    await until(page, `document.activeElement.matches("textarea")`);
    await page.keyboard.press("Control+z");
    expect(await textIn(page)).toBe("So ");
  });

  test("are offered by group and once used, in the tone that was chosen; a press beside closes them", async () => {
    const page = await open();
    await page.getByRole("button", { name: "Emoji" }).click();
    await picker(page).getByLabel("Skin tone").selectOption({ index: 3 });
    await picker(page).getByRole("button", { name: "People and body" }).click();
    await cell(page, "waving hand").click();
    expect(await textIn(page)).toBe("👋🏽");
    await page.locator(".messages").click({ position: { x: 5, y: 5 } });
    await picker(page).waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Emoji" }).click();
    const recent = picker(page).getByRole("rowgroup", { name: "Recently used" });
    await recent.waitFor();
    expect(await recent.getByRole("gridcell").allTextContents()).toEqual(["👋🏽"]);
  });

  test("are completed behind a colon", async () => {
    const page = await open();
    await composer(page).pressSequentially("Ready :rocke");
    await page.getByRole("listbox", { name: "Emoji" }).waitFor();
    await page.keyboard.press("Tab");
    expect(await textIn(page)).toBe("Ready 🚀 ");
    await composer(page).pressSequentially("at 10:30 ");
    expect(await page.getByRole("listbox").count()).toBe(0);
  });

  test.each([
    ["light", 360],
    ["dark", 1280],
  ] as const)("axe finds nothing, and a finger meets every cell: %s, %i px", async (colorScheme, width) => {
    const isPhone = width === 360;
    const viewport = { width, height: 700 };
    const touch = { hasTouch: isPhone, isMobile: isPhone };
    const page = await open({ colorScheme, viewport, reducedMotion: "reduce", ...touch });
    await page.getByRole("button", { name: "Emoji" }).click();
    await cell(page, "grinning face").waitFor();
    const panel = (await picker(page).boundingBox())!;
    expect(panel.x).toBeGreaterThanOrEqual(0);
    expect(panel.x + panel.width).toBeLessThanOrEqual(width);
    if (isPhone) {
      const box = (await cell(page, "grinning face").boundingBox())!;
      expect(box.height).toBeGreaterThanOrEqual(44);
      await cell(page, "grinning face").tap();
      expect(await textIn(page)).toBe("😀");
      // No keyboard comes up over them.
      expect(await page.evaluate(`document.activeElement.matches("textarea, input")`)).toBe(false);
    }
    // (Of all two thousand, axe would take half a minute.)
    await picker(page).getByLabel("Search emoji").fill("cat");
    await until(page, `document.querySelectorAll(".emoji-cell").length < 100`);
    expect(await faultsInThemes(page)).toEqual([]);
  });
});
