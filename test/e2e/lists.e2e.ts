// The lists beside the room: finding people and chats, what a press on somebody opens, and new groups.
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { openBrowser, until, visitAs } from "./browser.ts";
import { befriend, register, type User } from "./people.ts";
import { type Stage, serve } from "./stage.ts";
import { composer, find, rowOf, showList } from "./steps.ts";

let server: Stage;
let browser: Browser;
/** Pia knows Quin; Rolf is a stranger to both. */
let pia: User;
let quin: User;
let rolf: User;
let page: Page;
let close: () => Promise<void>;

beforeAll(async () => {
  [server, browser] = await Promise.all([serve(), openBrowser()]);
  [pia, quin, rolf] = await Promise.all([
    register(server.url, "Pia"),
    register(server.url, "Quin"),
    register(server.url, "Rolf"),
  ]);
  await befriend(pia, quin);
  const garden = await quin.chat.groups.create({ name: "Gardeners", description: "Seeds", is_private: false });
  await quin.chat.groups.create({ name: "Éclair bakers", is_private: false });
  await quin.chat.groups.addMember(garden.id, rolf.id);
});

afterAll(async () => {
  for (const { chat } of [pia, quin, rolf]) chat.close();
  await browser.close();
  await server.remove();
});

async function come(user: User) {
  const visited = await visitAs(browser, server.url, user.token);
  page = visited.page;
  close = async () => {
    expect(visited.troubles).toEqual([]);
    await visited.context.close();
  };
  await page.getByRole("navigation", { name: "Main" }).waitFor();
}

const search = () => page.locator("#search");
const profile = () => page.getByRole("dialog", { name: "Profile" });
const openMenu = async (item: string) => {
  await page.getByRole("button", { name: "New", exact: true }).click();
  await page.getByRole("menuitem", { name: item }).click();
};
const isFocused = (label: string) => until(page, `document.activeElement.ariaLabel === ${JSON.stringify(label)}`);

test("Find people focuses the search field", async () => {
  const newcomer = await register(server.url, "Sven");
  await come(newcomer);
  await page.getByRole("link", { name: "Find people" }).click();
  await isFocused("Search people");
  newcomer.chat.close();
  await close();
});

test("a click on a friend opens the chat, and on a stranger their profile", async () => {
  await come(pia);
  await showList(page, "People");
  await page.getByRole("button", { name: /^Quin/ }).click();
  await page.getByRole("region", { name: "Quin" }).waitFor();
  const row = await find(page, "Rolf");
  await row.getByRole("button", { name: "Rolf", exact: true }).click();
  await profile().getByRole("button", { name: "Message" }).click();
  await page.getByRole("region", { name: "Rolf" }).waitFor();
  expect(await profile().count()).toBe(0);
  await close();
});

test("a click on a group member opens their profile", async () => {
  await come(quin);
  await rowOf(page, "Gardeners").click();
  await page.locator(".room-header").click();
  await page.locator(".details").getByRole("button", { name: "Rolf", exact: true }).click();
  await profile().getByRole("button", { name: "Add friend" }).waitFor();
  await page.keyboard.press("Escape");
  await profile().waitFor({ state: "detached" });
  await close();
});

test("a friend request is shown above search results", async () => {
  const uma = await register(server.url, "Uma");
  await come(pia);
  await find(page, "Quin");
  await uma.chat.requests.send(pia.id);
  await page.getByRole("button", { name: "Accept friend request from Uma" }).click();
  await page.getByRole("button", { name: "Accept friend request from Uma" }).waitFor({ state: "detached" });
  expect(await search().inputValue()).toBe("Quin");
  uma.chat.close();
  await close();
});

test("the search finds chats and people, and Enter opens the first", async () => {
  await come(rolf);
  await search().fill("gard");
  await search().press("Enter");
  await page.getByRole("region", { name: "Gardeners" }).waitFor();
  expect(await search().inputValue()).toBe("");
  await search().fill("qui");
  await page.getByRole("region", { name: "People", exact: true }).getByRole("button", { name: "Quin" }).waitFor();
  // Before the answer is there, too.
  await search().fill("quin");
  await search().press("Enter");
  await profile().getByText("Quin").waitFor();
  await page.keyboard.press("Escape");
  await showList(page, "People");
  await search().fill("Quin");
  await search().press("Enter");
  await profile().getByRole("heading", { name: "Quin" }).waitFor();
  await close();
});

test("public groups can be searched, and a click on one shows its details before joining", async () => {
  await come(pia);
  await openMenu("Find public groups");
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: /^Gardeners/ }).waitFor();
  await dialog.getByRole("searchbox").fill("eclair");
  await dialog.getByRole("button", { name: /^Gardeners/ }).waitFor({ state: "detached" });
  await dialog.getByRole("button", { name: /^Éclair bakers/ }).waitFor();
  await dialog.getByRole("searchbox").fill("gard");
  await dialog.getByRole("searchbox").press("Enter");
  await dialog.getByRole("heading", { name: "Gardeners" }).waitFor();
  await dialog.getByText("Seeds").waitFor();
  await dialog.getByRole("button", { name: "Back" }).click();
  expect(await dialog.getByRole("searchbox").inputValue()).toBe("gard");
  await dialog.getByRole("button", { name: /^Gardeners/ }).click();
  await dialog.getByRole("button", { name: "Join group" }).click();
  await page.getByRole("region", { name: "Gardeners" }).getByText("3 members").waitFor();
  await close();
});

test("New chat starts a conversation with the person picked", async () => {
  await come(pia);
  await openMenu("New chat");
  await isFocused("Search people");
  await page.getByRole("dialog").getByRole("button", { name: "Quin" }).click();
  await page.getByRole("region", { name: "Quin" }).waitFor();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await composer(page).waitFor();
  await close();
});

test("a new group starts with its members, and nothing is lost between the steps", async () => {
  await come(pia);
  await openMenu("New group");
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Quin" }).click();
  await dialog.getByRole("searchbox").fill("Rolf");
  await dialog.getByRole("searchbox").press("Enter");
  await dialog.getByRole("button", { name: /^Remove .Rolf/ }).click();
  await dialog.getByRole("searchbox").fill("Rolf");
  await dialog.getByRole("searchbox").press("Enter");
  await dialog.getByRole("button", { name: "Next" }).click();
  await dialog.getByLabel("Description").fill("Walks");
  await dialog.getByRole("button", { name: "Create group" }).click();
  await dialog.locator(".note.error").waitFor();
  await dialog.getByLabel("Name").fill("Walkers");
  await dialog.getByRole("button", { name: "Back" }).click();
  await dialog.getByRole("button", { name: "Next" }).click();
  expect(await dialog.getByLabel("Description").inputValue()).toBe("Walks");
  await dialog.getByLabel("Name").press("Enter");
  const room = page.getByRole("region", { name: "Walkers" });
  await room.getByText("3 members").waitFor();
  await close();
});

test("leaving a group returns to the list and removes the group", async () => {
  const group = await quin.chat.groups.create({ name: "Divers" });
  await quin.chat.groups.addMember(group.id, pia.id);
  await come(pia);
  await rowOf(page, "Divers").click();
  await page.locator(".room-header").click();
  await page.getByRole("button", { name: "Leave group" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Leave" }).click();
  await page.getByText("Select a chat").waitFor();
  expect(await page.locator(".details").count()).toBe(0);
  await page.getByRole("region", { name: "Divers" }).waitFor({ state: "detached" });
  await close();
});

test("a removed member no longer sees the group's details", async () => {
  const group = await quin.chat.groups.create({ name: "Sailors" });
  await quin.chat.groups.addMember(group.id, pia.id);
  await come(pia);
  await rowOf(page, "Sailors").click();
  await page.locator(".room-header").click();
  await page.locator(".details").waitFor();
  await quin.chat.groups.removeMember(group.id, pia.id);
  await page.locator(".details").waitFor({ state: "detached" });
  await close();
});
