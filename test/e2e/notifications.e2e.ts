// What reaches somebody who is looking elsewhere: notifications, each once, and the name of the tab.
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { openBrowser, until, visit } from "./browser.ts";
import { register, type User } from "./people.ts";
import { type Stage, serve } from "./stage.ts";
import { find, messageOf, rowOf, signUp } from "./steps.ts";

let server: Stage;
let browser: Browser;
let otto: User;

beforeAll(async () => {
  [server, browser] = await Promise.all([serve(), openBrowser()]);
  otto = await register(server.url, "Otto");
});

afterAll(async () => {
  otto.chat.close();
  await browser.close();
  await server.remove();
});

/** Keeps what is shown instead of showing it; and lets a test look away from the page. */
const STUB = `
  window.shown = [];
  window.Notification = class extends EventTarget {
    static permission = localStorage.getItem("test permission") ?? "granted";
    static requestPermission = async () => "default";
    constructor(title, { body, tag, renotify }) {
      super();
      window.shown.push({ title, body, tag, renotify });
    }
    close() {}
  };
  const { WebSocket } = window;
  window.WebSocket = class extends WebSocket {
    constructor(...given) {
      super(...given);
      window.cut = () => {
        this.dispatchEvent(new CloseEvent("close", { code: 1008, reason: "slow_down" }));
        this.close();
      };
    }
  };
  window.away = false;
  const hasFocus = document.hasFocus.bind(document);
  document.hasFocus = () => !window.away && hasFocus();
  window.lookAway = (away) => { window.away = away; dispatchEvent(new Event(away ? "blur" : "focus")); };`;

interface Shown {
  title: string;
  body: string;
  tag: string;
  renotify: boolean;
}

async function come(name: string) {
  const visited = await visit(browser, server.url, { permissions: ["notifications"] });
  await visited.context.addInitScript(STUB);
  await signUp(visited.page, name);
  const { id } = (await otto.chat.searchUsers(name)).data[0]!;
  return { ...visited, id };
}

const shownIn = (page: Page) => page.evaluate<Shown[]>("window.shown");
const untilShown = (page: Page, words: string) =>
  until(page, `window.shown.some(({ body }) => body.includes(${JSON.stringify(words)}))`);

test("every message of a room alerts, in one of the tabs", async () => {
  const { page, context, troubles, id } = await come("Paul");
  const second = await context.newPage();
  await second.goto("/");
  await second.getByRole("navigation", { name: "Main" }).waitFor();
  for (const tab of [page, second]) await tab.evaluate("lookAway(true)");
  const room = await otto.chat.openConversation(id);
  for (const text of ["one", "two", "three"]) {
    room.send(text);
    await untilShown(page, text);
  }
  expect(await shownIn(page)).toEqual(
    ["one", "two", "three"].map((body) => ({ title: "Otto", body, tag: room.key, renotify: true })),
  );
  await rowOf(second, "Otto").getByText("three").waitFor();
  expect(await shownIn(second)).toEqual([]);
  // The other one follows when this one is closed.
  await page.close();
  room.send("four");
  await untilShown(second, "four");
  expect(troubles).toEqual([]);
  await context.close();
});

test("a permanently disconnected tab leaves notifying to another", async () => {
  const { page, context, id } = await come("Quirin");
  const second = await context.newPage();
  await second.goto("/");
  await second.getByRole("navigation", { name: "Main" }).waitFor();
  for (const tab of [page, second]) await tab.evaluate("lookAway(true)");
  const room = await otto.chat.openConversation(id);
  room.send("to the first");
  await untilShown(page, "to the first");
  // The server closes the first one's socket, saying that it must not come back.
  await page.evaluate("cut()");
  await page.getByText("Try again").waitFor();
  room.send("to the second");
  await untilShown(second, "to the second");
  await context.close();
});

test("a page without focus notifies of friend requests and of being added to a group", async () => {
  const { page, context, troubles, id } = await come("Rosa");
  await page.evaluate("lookAway(true)");
  await otto.chat.requests.send(id);
  await untilShown(page, "Sent you a friend request");
  const group = await otto.chat.groups.create({ name: "Bakers" });
  await otto.chat.groups.addMember(group.id, id);
  await untilShown(page, "You were added to this group");
  expect((await shownIn(page)).map(({ title }) => title)).toEqual(["Otto", "Bakers"]);
  expect(troubles).toEqual([]);
  await context.close();
});

test("a focused page shows both as toasts, and joining a group oneself shows nothing", async () => {
  const { page, context, troubles, id } = await come("Sara");
  await otto.chat.requests.send(id);
  await page.locator(".toast", { hasText: /^.Otto. sent you a friend request\.$/ }).waitFor();
  const open = await otto.chat.groups.create({ name: "Anglers", is_private: false });
  await page.getByRole("button", { name: "New", exact: true }).click();
  await page.getByRole("menuitem", { name: "Find public groups" }).click();
  await page.getByRole("button", { name: "Join Anglers" }).click();
  await page.getByRole("region", { name: "Anglers" }).waitFor();
  const group = await otto.chat.groups.create({ name: "Potters" });
  await otto.chat.groups.addMember(group.id, id);
  await page.locator(".toast", { hasText: /^You were added to .Potters.\.$/ }).waitFor();
  expect(await page.locator(".toast", { hasText: "Anglers" }).count()).toBe(0);
  expect(await shownIn(page)).toEqual([]);
  expect(open.kind).toBe("group");
  expect(troubles).toEqual([]);
  await context.close();
});

test("blocked people don't cause notifications, not even in groups", async () => {
  const { page, context, troubles, id } = await come("Tina");
  const group = await otto.chat.groups.create({ name: "Weavers" });
  const other = await register(server.url, "Ugo");
  await otto.chat.groups.addMember(group.id, id);
  await otto.chat.groups.addMember(group.id, other.id);
  const row = await find(page, "Ugo");
  await row.getByRole("button", { name: "Actions for Ugo" }).click();
  await page.getByRole("menuitem", { name: "Block" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Block" }).click();
  await row.getByText("Blocked").waitFor();
  await page.evaluate("lookAway(true)");
  const own = other.chat.room(group.key);
  own.subscribe(() => {});
  own.send("not for Tina");
  while (!own.getSnapshot().messages.some(({ body, id }) => body === "not for Tina" && id !== null))
    await Bun.sleep(10);
  group.send("for Tina");
  await untilShown(page, "for Tina");
  expect((await shownIn(page)).filter(({ body }) => body.includes("not for"))).toEqual([]);
  other.chat.close();
  expect(troubles).toEqual([]);
  await context.close();
});

test("the title names the open room and the unread count", async () => {
  const { page, context, troubles, id } = await come("Vito");
  await until(page, 'document.title === "Realtime Chat"');
  const room = await otto.chat.openConversation(id);
  room.send("hello");
  await until(page, 'document.title === "(1) Realtime Chat"');
  await rowOf(page, "Otto").click();
  await messageOf(page, "hello").waitFor();
  await until(page, 'document.title === "Otto – Realtime Chat"');
  await page.evaluate("lookAway(true)");
  room.send("are you there?");
  await until(page, 'document.title === "(1) Otto – Realtime Chat"');
  await page.goto("/#/people");
  await until(page, 'document.title === "(1) People – Realtime Chat"');
  expect(troubles).toEqual([]);
  await context.close();
});

test("a dismissed permission prompt leaves notifications off, with an explanation", async () => {
  const { page, context, troubles } = await come("Wanda");
  await page.evaluate('localStorage.setItem("test permission", "default")');
  await page.reload();
  await page.getByRole("button", { name: "Settings", exact: true }).click();
  const toggle = page.getByRole("switch", { name: "Notifications" });
  await toggle.click();
  await page.getByText("Your browser didn’t allow them.").waitFor();
  expect(await toggle.isChecked()).toBe(false);
  expect(troubles).toEqual([]);
  await context.close();
});
