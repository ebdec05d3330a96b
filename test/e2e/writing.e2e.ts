// Writing in a room: the composer, what it keeps, and where the messages are meanwhile.
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { openBrowser, until, type Visit, visitAs } from "./browser.ts";
import { befriend, register, tokenOf, type User } from "./people.ts";
import { type Stage, serve } from "./stage.ts";
import { composer, messageOf, rowOf, send, textsOn } from "./steps.ts";

let server: Stage;
let browser: Browser;
let ola: User;
let per: User;
let quiet: User;

beforeAll(async () => {
  [server, browser] = await Promise.all([serve(), openBrowser()]);
  [ola, per, quiet] = await Promise.all([
    register(server.url, "Ola"),
    register(server.url, "Per"),
    register(server.url, "Quiet"),
  ]);
  await befriend(ola, per);
  const room = await per.chat.openConversation(ola.id);
  room.subscribe(() => {});
  for (let index = 0; index < 30; index++) room.send(`Message ${index}`);
  const other = await quiet.chat.openConversation(ola.id);
  other.subscribe(() => {});
  other.send("A single message");
  const isSent = ({ id }: { id: number | null }) => id !== null;
  while (
    ![room, other].every(({ getSnapshot }) => getSnapshot().messages.length > 0 && getSnapshot().messages.every(isSent))
  )
    await Bun.sleep(10);
});

afterAll(async () => {
  for (const { chat } of [ola, per, quiet]) chat.close();
  await browser.close();
  await server.remove();
});

async function openRoom(title: string, width = 1280): Promise<Visit> {
  const visited = await visitAs(browser, server.url, await tokenOf(server.url, "Ola"), {
    viewport: { width, height: 700 },
  });
  await rowOf(visited.page, title).click();
  await visited.page.locator(".message").first().waitFor();
  return visited;
}

/** Wherever the room was opened: at its end, or where what is new begins. */
async function toNewest(page: Page) {
  const end = `document.querySelector(".messages")`;
  await page.evaluate(`${end}.scrollTop = ${end}.scrollHeight`);
  await until(page, `${end}.scrollHeight - ${end}.scrollTop - ${end}.clientHeight < 2`);
}

const nextFrame = (page: Page) =>
  page.evaluate<void>("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))");

/** How far the end of the newest message is above the composer, in CSS pixels; negative when it is hidden by it. */
const roomBelow = (page: Page) =>
  page.evaluate<number>(`(() => {
    const last = [...document.querySelectorAll(".message")].at(-1).getBoundingClientRect();
    return document.querySelector(".composer").getBoundingClientRect().top - last.bottom;
  })()`);

test("a message of many lines keeps the latest in view while it is written, and is in view once sent", async () => {
  const { page, context, troubles } = await openRoom("Per");
  await toNewest(page);
  await composer(page).click();
  for (let line = 1; line <= 12; line++) {
    await page.keyboard.type(`line ${line}`);
    if (line < 12) await page.keyboard.press("Shift+Enter");
    await nextFrame(page);
    expect(await roomBelow(page)).toBeGreaterThanOrEqual(0);
  }
  await page.keyboard.press("Enter");
  await until(page, `[...document.querySelectorAll(".message .body")].at(-1).innerText.endsWith("line 12")`);
  expect(await roomBelow(page)).toBeGreaterThanOrEqual(0);
  expect(troubles).toEqual([]);
  await context.close();
});

test("an Enter that ends a composition sends nothing, in any order of the browser's events", async () => {
  const { page, context } = await openRoom("Per");
  const before = await textsOn(page);
  await composer(page).fill("にほんご");
  // Safari: the composition has ended when the key is told of, and only the key code says what it was for.
  await composer(page).dispatchEvent("keydown", { key: "Enter", keyCode: 229, bubbles: true, cancelable: true });
  await composer(page).dispatchEvent("keydown", { key: "Enter", isComposing: true, bubbles: true, cancelable: true });
  expect(await composer(page).inputValue()).toBe("にほんご");
  expect(await textsOn(page)).toEqual(before);
  await composer(page).fill("");
  await context.close();
});

test("an Escape that ends a composition closes neither the room nor its details, in any order of events", async () => {
  const { page, context } = await openRoom("Per");
  for (const init of [{ keyCode: 229 }, { isComposing: true }])
    await composer(page).dispatchEvent("keydown", { key: "Escape", bubbles: true, cancelable: true, ...init });
  expect(await composer(page).count()).toBe(1);
  await page.locator(".room-header").click();
  const details = page.locator(".details");
  for (const init of [{ keyCode: 229 }, { isComposing: true }])
    await details
      .getByRole("button")
      .first()
      .dispatchEvent("keydown", { key: "Escape", bubbles: true, cancelable: true, ...init });
  await nextFrame(page);
  expect(await details.count()).toBe(1);
  await context.close();
});

test("an unfinished edit is restored on return to the room", async () => {
  const { page, context } = await openRoom("Quiet");
  await send(page, "to be edited");
  await messageOf(page, "to be edited").locator('.delivery-status:not([data-state="sending"])').waitFor();
  await composer(page).press("ArrowUp");
  const editor = page.getByRole("textbox", { name: "Edit message" });
  await editor.fill("half of an ed");
  await rowOf(page, "Per").click();
  await composer(page).waitFor();
  expect(await composer(page).inputValue()).toBe("");
  await rowOf(page, "Quiet").click();
  expect(await editor.inputValue()).toBe("half of an ed");
  await editor.press("Escape");
  expect(await composer(page).inputValue()).toBe("");
  await context.close();
});

test("Escape closes a room, but not from typed text and not from a search", async () => {
  const { page, context } = await openRoom("Quiet");
  await composer(page).fill("typed");
  await composer(page).press("Escape");
  expect(await composer(page).inputValue()).toBe("typed");
  await page.getByRole("searchbox").first().press("Escape");
  expect(await composer(page).inputValue()).toBe("typed");
  await composer(page).fill("");
  await composer(page).press("Escape");
  await page.getByText("Select a chat").waitFor();
  await context.close();
});

test("a short history is aligned to the composer", async () => {
  const { page, context } = await openRoom("Quiet");
  expect(await roomBelow(page)).toBeLessThan(60);
  await context.close();
});

test("a reply removes the mark of the first unread message", async () => {
  const reader = await visitAs(browser, server.url, await tokenOf(server.url, "Ola"), {
    viewport: { width: 1280, height: 700 },
  });
  const room = await per.chat.openConversation(ola.id);
  room.send("unread so far");
  await rowOf(reader.page, "Per").locator(".badge").waitFor();
  await rowOf(reader.page, "Per").click();
  await reader.page.locator(".divider.unread").waitFor();
  await send(reader.page, "a reply");
  await messageOf(reader.page, "a reply").waitFor();
  await until(reader.page, `document.querySelector(".divider.unread") === null`);
  await reader.context.close();
});

test("the actions of a message cover no other message, and open by right click as well", async () => {
  for (const width of [390, 1280]) {
    const { page, context } = await openRoom("Per", width);
    await toNewest(page);
    const message = page.locator(".message").nth(-2);
    await message.hover();
    const [toolbar, row] = await Promise.all([message.locator(".toolbar").boundingBox(), message.boundingBox()]);
    expect(toolbar!.y).toBeGreaterThanOrEqual(row!.y - 1);
    expect(toolbar!.y + toolbar!.height).toBeLessThanOrEqual(row!.y + row!.height + 1);
    await message.locator(".bubble").click({ button: "right" });
    await page.getByRole("menuitem", { name: "Copy text" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("menuitem", { name: "Copy text" }).waitFor({ state: "detached" });
    // The menu was closed, not the room.
    await composer(page).waitFor();
    await context.close();
  }
});

test("typing without focus goes to the composer, and the wheel scrolls over the scroll button", async () => {
  const { page, context } = await openRoom("Per");
  await page.evaluate("document.activeElement.blur()");
  await page.keyboard.type("typed");
  expect(await composer(page).inputValue()).toBe("typed");
  await composer(page).fill("");
  await page.mouse.move(800, 300);
  await page.mouse.wheel(0, -500);
  const button = page.getByRole("button", { name: "Scroll to latest message" });
  await button.hover();
  const before = await page.evaluate<number>(`document.querySelector(".messages").scrollTop`);
  await page.mouse.wheel(0, -100);
  await until(page, `document.querySelector(".messages").scrollTop < ${before}`);
  await context.close();
});

test("returning to a room restores the scroll position", async () => {
  const { page, context } = await openRoom("Per");
  await toNewest(page);
  await page.locator(".messages").hover();
  await page.mouse.wheel(0, -400);
  await page.getByRole("button", { name: "Scroll to latest message" }).waitFor();
  await nextFrame(page);
  const place = () => page.evaluate<number>(`Math.round(document.querySelector(".messages").scrollTop)`);
  const before = await place();
  await rowOf(page, "Quiet").click();
  await page.getByText("A single message").last().waitFor();
  await rowOf(page, "Per").click();
  await page.locator(".message").first().waitFor();
  await nextFrame(page);
  expect(Math.abs((await place()) - before)).toBeLessThan(3);
  await context.close();
});

test("a toast lies above an open dialog and can be dismissed", async () => {
  const { page, context } = await openRoom("Per");
  await page.getByRole("button", { name: "Settings" }).click();
  await page.getByRole("dialog").waitFor();
  await page.evaluate(`Object.defineProperty(navigator, "onLine", { value: true })`);
  await page.route("**/logout", (route) =>
    route.fulfill({ status: 503, json: { detail: "Not now.", code: "unavailable" } }),
  );
  await page.getByRole("button", { name: "Log out" }).click();
  const toast = page.locator(".toast");
  await toast.waitFor();
  await toast.getByRole("button", { name: "Dismiss" }).click();
  await toast.waitFor({ state: "detached" });
  await page.getByRole("dialog").waitFor();
  await context.close();
});
