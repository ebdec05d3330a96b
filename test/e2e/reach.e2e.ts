// For everybody: on a small phone, without a mouse, with a screen reader, in light and dark.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { ServerProcess } from "../server-process.ts";
import { openBrowser, until, visit, visitAs } from "./browser.ts";
import { befriend, PASSWORD, register, tokenOf, type User } from "./people.ts";
import { composer, messageOf, rowOf, say, signUp, tickOf } from "./steps.ts";

let server: ServerProcess;
let browser: Browser;
let mia: User;
let noa: User;
let chatId: number;
let groupId: number;

beforeAll(async () => {
  [server, browser] = await Promise.all([ServerProcess.create(), openBrowser()]);
  await server.start();
  [mia, noa] = await Promise.all([register(server.url, "Mia"), register(server.url, "Noa")]);
  await befriend(mia, noa);
  const room = await mia.chat.openConversation(noa.id);
  chatId = room.id;
  for (let index = 0; index < 40; index++) room.send(`Message number ${index}, see https://example.org/${index}`);
  const group = await mia.chat.groups.create({ name: "A group with a rather long name", description: "For all." });
  groupId = group.id;
  await mia.chat.groups.addMember(group.id, noa.id);
  group.send("Welcome");
  const asker = await register(server.url, "Someone_with_a_long_name_indeed");
  await asker.chat.requests.send(mia.id);
  asker.chat.close();
  while (!room.getSnapshot().messages.every(({ id }) => id !== null)) await Bun.sleep(10);
});

afterAll(async () => {
  for (const { chat } of [mia, noa]) chat.close();
  await browser.close();
  await server.remove();
});

const overflow = (page: Page) =>
  page.evaluate<number>("document.documentElement.scrollWidth - document.documentElement.clientWidth");

/** Every state that one can be in, and how to get there from the first page. */
const STATES: Record<string, (page: Page) => Promise<unknown>> = {
  "the list of chats": (page) => page.locator("a.row").first().waitFor(),
  "a conversation": async (page) => {
    await page.goto(`/#/conversation/${chatId}`);
    await page.locator(".message").first().waitFor();
  },
  "a group": async (page) => {
    await page.goto(`/#/group/${groupId}`);
    await page.locator(".message").first().waitFor();
  },
  "the details of a group": async (page) => {
    await page.goto(`/#/group/${groupId}`);
    await page.locator(".room-head").click();
    await page.locator(".details .row").nth(1).waitFor();
  },
  "the details of a conversation": async (page) => {
    await page.goto(`/#/conversation/${chatId}`);
    await page.locator(".room-head").click();
    await page.locator(".details").waitFor();
  },
  people: async (page) => {
    await page.goto("/#/people");
    await page.getByRole("button", { name: /^Accept/ }).waitFor();
  },
  "people that were searched for": async (page) => {
    await page.goto("/#/people");
    await page.locator("#search").fill("Noa");
    await page.locator(".row.person", { hasText: "Noa" }).waitFor();
  },
  "a menu": async (page) => {
    await page.getByRole("button", { name: "New", exact: true }).click();
    await page.getByRole("menuitem").first().waitFor();
  },
  "the window for a new group": async (page) => {
    await page.getByRole("button", { name: "New", exact: true }).click();
    await page.getByRole("menuitem", { name: "New group" }).click();
    await page.getByRole("dialog").waitFor();
  },
  "the window for public groups": async (page) => {
    await page.getByRole("button", { name: "New", exact: true }).click();
    await page.getByRole("menuitem", { name: "Find public groups" }).click();
    await page.getByRole("dialog").getByText("public").first().waitFor();
  },
  "the settings": async (page) => {
    await page.getByRole("button", { name: "Settings", exact: true }).click();
    await page.getByRole("dialog").waitFor();
  },
  "the change of a password": async (page) => {
    await page.getByRole("button", { name: "Settings", exact: true }).click();
    await page.getByRole("button", { name: "Change the password" }).click();
    await page.getByLabel("The new one").waitFor();
  },
  "an edit": async (page) => {
    await page.goto(`/#/conversation/${chatId}`);
    await page.locator(".message").first().waitFor();
    await composer(page).press("ArrowUp");
    await page.getByText("Editing your message").waitFor();
  },
  "a room that is not there": async (page) => {
    await page.goto("/#/group/999999");
    await page.getByText("Nothing here").waitFor();
  },
};

describe.each([
  ["light", 320, 568],
  ["dark", 1280, 800],
] as const)("%s, %i px", (colorScheme, width, height) => {
  test("axe finds nothing wrong, nothing is wider than the page, and no state throws", async () => {
    const wrong: string[] = [];
    const look = async (page: Page, state: string) => {
      await page.evaluate(axe.source);
      const { violations } = await page.evaluate<axe.AxeResults>("axe.run(document)");
      for (const { id, nodes } of violations)
        wrong.push(
          `${state}: ${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join("\n")}`,
        );
      if ((await overflow(page)) > 0) wrong.push(`${state}: ${await overflow(page)} px too wide`);
    };
    const options = { viewport: { width, height }, colorScheme, reducedMotion: "reduce", bypassCSP: true } as const;
    const guest = await visit(browser, server.url, options);
    await guest.page.goto("/");
    await guest.page.getByRole("button", { name: "Log in" }).waitFor();
    await look(guest.page, "login");
    await guest.page.getByRole("button", { name: "Create an account" }).click();
    await guest.page.getByRole("button", { name: "Create account" }).click();
    await guest.page.locator(".note.error").first().waitFor();
    await look(guest.page, "a refused account");
    await guest.context.close();
    const token = await tokenOf(server.url, "Mia");
    for (const [name, go] of Object.entries(STATES)) {
      const { page, context, troubles } = await visitAs(browser, server.url, token, options);
      await page.getByRole("navigation", { name: "Lists" }).waitFor();
      await go(page).catch((error) => wrong.push(`${name}: ${error}`));
      await look(page, name);
      wrong.push(...troubles.map((trouble) => `${name}: ${trouble}`));
      await context.close();
    }
    expect(wrong).toEqual([]);
  });
});

test("on a phone the list and the room take turns, and touching a message shows what can be done", async () => {
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
  await messageOf(page, "From a phone").getByRole("button", { name: "Edit" }).tap();
  await page.getByRole("textbox", { name: "Edit the message" }).fill("From my phone");
  await page.getByRole("button", { name: "Save" }).tap();
  await messageOf(page, "From my phone").getByText("edited").waitFor();
  // Back closes what lies over the room, and the arrow leaves no room behind for it.
  await page.locator(".room-head").tap();
  await page.locator(".details").waitFor();
  await page.goBack();
  await page.locator(".details").waitFor({ state: "detached" });
  const steps = await page.evaluate<number>("history.length");
  await page.getByRole("link", { name: "Back to the list" }).tap();
  await rowOf(page, "Noa").getByText("From my phone").waitFor();
  expect(await page.evaluate<number>("history.length")).toBe(steps);
  expect(await page.evaluate<string>("location.hash")).toMatch(/^(#\/)?$/);
  expect(await composer(page).isVisible()).toBe(false);
  expect(await page.locator(".connection").textContent()).toBe("");
  expect(troubles).toEqual([]);
  await context.close();
});

test("a menu closes by its button, by Escape, and by a click elsewhere", async () => {
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

test("everything can be done with the keyboard alone", async () => {
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
  await page.getByRole("navigation", { name: "Lists" }).waitFor();

  await tabTo(/^People/);
  await keys.press("Enter");
  await page.getByPlaceholder("Find people by name").waitFor();
  await tabTo("Find people by name");
  await keys.type("Noa");
  await page.locator(".row.person", { hasText: "Noa" }).waitFor();
  await tabTo("More about Noa");
  await keys.press("Enter");
  await page.getByRole("menuitem").first().waitFor();
  await untilOn("Add as a friend");
  await keys.press("ArrowDown");
  await untilOn("Block");
  await keys.press("ArrowUp");
  await keys.press("Escape");
  await untilOn("More about Noa");
  await keys.press("Enter");
  await page.getByRole("menuitem").first().waitFor();
  await keys.press("Enter");
  await page.getByText(/You have asked .Noa.\./).waitFor();

  await page.locator(".row.person", { hasText: "Asked" }).waitFor();
  await keys.press("Shift+Tab");
  await untilOn("Write to Noa");
  await keys.press("Enter");
  await page.getByRole("region", { name: "Noa" }).waitFor();
  await untilOn("Message");
  await keys.type("typed");
  await keys.press("Shift+Enter");
  await keys.type("on two lines");
  await keys.press("Enter");
  await keys.type("and another");
  await keys.press("Enter");
  await tickOf(page, "and another", "delivered").waitFor();
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
  await untilOn("Search chats");
  await keys.type("nobody");
  await page.getByText("No chat is called that.").waitFor();
  await keys.press("Escape");
  await rowOf(page, "Noa").waitFor();
  await tabTo("New");
  await keys.press("Enter");
  await page.getByRole("menuitem").first().waitFor();
  await keys.press("Escape");
  await page.getByRole("menu").waitFor({ state: "hidden" });
  await page.getByRole("region", { name: "Noa" }).waitFor();
  await keys.press("Escape");
  await page.getByText("Pick a chat").waitFor();
  await keys.press("Control+k");
  await untilOn("Search chats");
  await keys.press("ArrowDown");
  await keys.press("Enter");
  await page.getByRole("region", { name: "Noa" }).waitFor();
  expect(troubles).toEqual([]);
  await context.close();
});

test("a new message is told to a screen reader, and a notification only to one who looks elsewhere", async () => {
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
  await say(page, "seen");
  // An Escape that ends the composing of a word is not for the room.
  await page.evaluate(`document.activeElement.dispatchEvent(
    new KeyboardEvent("keydown", { key: "Escape", isComposing: true, bubbles: true }))`);
  await messageOf(page, "second").waitFor();
  await page.getByRole("region", { name: "Noa" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByText("Pick a chat").waitFor();
  room.send("third");
  for (const tab of [page, second]) {
    await until(tab, "window.shown.some(([, body]) => body === 'third')");
    expect(await tab.evaluate<string[][]>("window.shown")).toContainEqual(["Noa", "third"]);
    expect(await tab.evaluate<string[][]>("window.shown")).not.toContainEqual(["Noa", "second"]);
  }
  expect(visited.troubles).toEqual([]);
  await context.close();
});
