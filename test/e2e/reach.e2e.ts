// For everybody: on a small phone, without a mouse, with a screen reader.
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser } from "playwright-core";
import { openBrowser, until, visit, visitAs } from "./browser.ts";
import { acquaint, PASSWORD, tokenOf, type User } from "./people.ts";
import { type Stage, serve } from "./stage.ts";
import { composer, messageOf, rowOf, send, signUp, statusOf } from "./steps.ts";

let server: Stage;
let browser: Browser;
let mia: User;
let noa: User;

beforeAll(async () => {
  [server, browser] = await Promise.all([serve(), openBrowser()]);
  ({ mia, noa } = await acquaint(server.url));
});

afterAll(async () => {
  for (const { chat } of [mia, noa]) chat.close();
  await browser.close();
  await server.remove();
});

test("on a phone either the list or the room is shown, and a touch on a message shows its actions", async () => {
  const { page, context, troubles } = await visitAs(browser, server.url, await tokenOf(server.url, "Mia"), {
    viewport: { width: 320, height: 568 },
    hasTouch: true,
    isMobile: true,
  });
  // That there is no network is said of some that work.
  await page.evaluate(`
    Object.defineProperty(navigator, "onLine", { value: false });
    dispatchEvent(new Event("offline"));`);
  await rowOf(page, "Noa").tap();
  await messageOf(page, "Message number 39, see https://example.org/39").waitFor();
  expect(await rowOf(page, "Noa").isVisible()).toBe(false);
  await composer(page).fill("From a phone");
  await page.getByRole("button", { name: "Send" }).tap();
  await messageOf(page, "From a phone").locator(".time, time").tap();
  await messageOf(page, "From a phone").getByRole("button", { name: "More actions" }).tap();
  await page.getByRole("menuitem", { name: "Edit" }).tap();
  await page.getByRole("textbox", { name: "Edit message" }).fill("From my phone");
  await page.getByRole("button", { name: "Save" }).tap();
  await messageOf(page, "From my phone").getByText("edited").waitFor();
  // Back closes what lies over the room, and the arrow leaves no room behind for it.
  await page.locator(".room-header").tap();
  await page.locator(".details").waitFor();
  await page.goBack();
  await page.locator(".details").waitFor({ state: "detached" });
  const steps = await page.evaluate<number>("history.length");
  await page.getByRole("link", { name: "Back to chats" }).tap();
  await rowOf(page, "Noa").getByText("From my phone").waitFor();
  expect(await page.evaluate<number>("history.length")).toBe(steps);
  expect(await page.evaluate<string>("location.hash")).toMatch(/^(#\/)?$/);
  expect(await composer(page).isVisible()).toBe(false);
  expect(await page.locator(".connection").textContent()).toBe("");
  expect(troubles).toEqual([]);
  await context.close();
});

test("a menu closes by its button, Escape and a click elsewhere", async () => {
  const { page, context, troubles } = await visitAs(browser, server.url, await tokenOf(server.url, "Mia"));
  const button = page.getByRole("button", { name: "New", exact: true });
  const closings = [() => button.click(), () => page.keyboard.press("Escape"), () => page.locator(".tabs").click()];
  for (const close of closings) {
    await button.click();
    await page.getByRole("menu").waitFor();
    await close();
    await page.getByRole("menu").waitFor({ state: "hidden" });
    await page.locator('[aria-label="New"][aria-expanded="false"]').waitFor();
  }
  expect(troubles).toEqual([]);
  await context.close();
});

test("everything works with the keyboard alone", async () => {
  const { page, context, troubles } = await visit(browser, server.url);
  const keys = page.keyboard;
  const focused = () =>
    page.evaluate<string>(
      "document.activeElement.getAttribute('aria-label') ?? document.activeElement.labels?.[0]?.textContent ?? document.activeElement.textContent",
    );
  const untilOn = async (name: string) => {
    for (let tries = 0; tries < 50 && (await focused()) !== name; tries++) await page.waitForTimeout(20);
    expect(await focused()).toBe(name);
  };
  const tabTo = async (name: string | RegExp) => {
    for (let presses = 0; presses < 40; presses++) {
      const now = await focused();
      if (typeof name === "string" ? now === name : name.test(now)) return;
      await keys.press("Tab");
    }
    throw new Error(`Tab does not lead to ${name}; it ended on ${await focused()}`);
  };

  await page.goto("/");
  await page.getByRole("button", { name: "Create an account" }).waitFor();
  await untilOn("Username or e-mail");
  await tabTo("Create an account");
  await keys.press("Enter");
  await tabTo("Username");
  await keys.type("Kay");
  await tabTo("E-mail");
  await keys.type("kay@example.org");
  await tabTo("Password");
  await keys.type(PASSWORD);
  await keys.press("Enter");
  await page.getByRole("navigation", { name: "Main" }).waitFor();

  await tabTo(/^People/);
  await keys.press("Enter");
  await page.getByPlaceholder("Search people").waitFor();
  await tabTo("Search people");
  await keys.type("Noa");
  await page.locator(".row.person", { hasText: "Noa" }).waitFor();
  await tabTo("Actions for Noa");
  await keys.press("Enter");
  await page.getByRole("menuitem").first().waitFor();
  await untilOn("Add friend");
  await keys.press("ArrowDown");
  await untilOn("Block");
  await keys.press("ArrowUp");
  await keys.press("Escape");
  await untilOn("Actions for Noa");
  await keys.press("Enter");
  await page.getByRole("menuitem").first().waitFor();
  await keys.press("Enter");
  await page.getByText(/Friend request sent to .Noa.\./).waitFor();

  await page.locator(".row.person", { hasText: "Friend request sent" }).waitFor();
  await keys.press("Shift+Tab");
  await untilOn("Message Noa");
  await keys.press("Enter");
  await page.getByRole("region", { name: "Noa" }).waitFor();
  await untilOn("Message");
  await keys.type("typed");
  await keys.press("Shift+Enter");
  await keys.type("on two lines");
  await keys.press("Enter");
  await keys.type("and another");
  await keys.press("Enter");
  await statusOf(page, "and another", "delivered").waitFor();
  expect(await page.locator(".message .body").allTextContents()).toEqual(["typed\non two lines", "and another"]);

  // To the messages, up to the first, and to what can be done with it.
  await keys.press("Shift+Tab");
  await keys.press("Shift+Tab");
  for (let presses = 0; presses < 6 && !(await focused()).includes("and another"); presses++)
    await keys.press("Shift+Tab");
  await keys.press("ArrowUp");
  expect(await focused()).toContain("two lines");
  await tabTo("Delete");
  await keys.press("Enter");
  await page.getByRole("dialog").waitFor();
  await keys.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await untilOn("Delete");
  await keys.press("Enter");
  await page.getByRole("dialog").waitFor();
  await tabTo("Cancel");
  await keys.press("Enter");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await untilOn("Delete");
  await keys.press("Enter");
  await page.getByRole("dialog").waitFor();
  await tabTo("Delete");
  await keys.press("Enter");
  await messageOf(page, "This message was deleted.").waitFor();

  // Escape closes what is on top, and that alone.
  await keys.press("Control+k");
  await untilOn("Search");
  await keys.type("nobody");
  await page.getByText("Nothing found.").waitFor();
  await keys.press("Escape");
  await rowOf(page, "Noa").waitFor();
  await tabTo("New");
  await keys.press("Enter");
  await page.getByRole("menuitem").first().waitFor();
  await keys.press("Escape");
  await page.getByRole("menu").waitFor({ state: "hidden" });
  await page.getByRole("region", { name: "Noa" }).waitFor();
  await keys.press("Escape");
  await page.getByText("Select a chat").waitFor();
  await keys.press("Control+k");
  await untilOn("Search");
  await keys.press("ArrowDown");
  await keys.press("Enter");
  await page.getByRole("region", { name: "Noa" }).waitFor();
  expect(troubles).toEqual([]);
  await context.close();
});

test("a new message is announced to screen readers, and notifies only while the page is not focused", async () => {
  const visited = await visit(browser, server.url, { permissions: ["notifications"] });
  const { page, context } = visited;
  await context.addInitScript(`
    window.shown = [];
    window.Notification = class extends EventTarget {
      static permission = "granted";
      static requestPermission = async () => "granted";
      constructor(title, options) { super(); window.shown.push([title, options.body]); }
      close() {}
    };`);
  await signUp(page, "Ira");
  const me = (await noa.chat.searchUsers("Ira")).data[0]!;
  const room = await noa.chat.openConversation(me.id);
  room.send("first");
  await rowOf(page, "Noa").click();
  await messageOf(page, "first").waitFor();
  // Another tab, that shows something else, does not tell of what is being read in this one.
  const second = await context.newPage();
  await second.goto("/");
  await rowOf(second, "Noa").waitFor();
  room.send("second");
  await page.locator("[aria-live=polite]", { hasText: "Noa: second" }).waitFor();
  await rowOf(second, "Noa").getByText("second").waitFor();
  await send(page, "seen");
  // An Escape that ends the composing of a word is not for the room.
  await page.evaluate(`document.activeElement.dispatchEvent(
    new KeyboardEvent("keydown", { key: "Escape", isComposing: true, bubbles: true }))`);
  await messageOf(page, "second").waitFor();
  await page.getByRole("region", { name: "Noa" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByText("Select a chat").waitFor();
  room.send("third");
  await until(page, "window.shown.some(([, body]) => body === 'third')");
  expect(await page.evaluate<string[][]>("window.shown")).toContainEqual(["Noa", "third"]);
  for (const tab of [page, second])
    expect(await tab.evaluate<string[][]>("window.shown")).not.toContainEqual(["Noa", "second"]);
  expect(visited.troubles).toEqual([]);
  await context.close();
});
