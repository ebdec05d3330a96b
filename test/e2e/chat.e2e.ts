// Two people, each in a browser of their own, from the first visit on.
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser } from "playwright-core";
import { ServerProcess } from "../support/server-process.ts";
import { openBrowser, until, type Visit, visit } from "./browser.ts";
import { PASSWORD } from "./people.ts";
import { composer, find, logIn, messageOf, rowOf, send, showList, signUp, statusOf, textsOn } from "./steps.ts";

let server: ServerProcess;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([ServerProcess.create(), openBrowser()]);
  await server.start();
});

afterAll(async () => {
  await browser.close();
  await server.remove();
});

/** Each test makes its own friends and rooms, so that none needs another. */
async function twoFriends(names: [string, string]): Promise<[Visit, Visit]> {
  const visits = await Promise.all([visit(browser, server.url), visit(browser, server.url)]);
  await Promise.all(visits.map(({ page }, index) => signUp(page, names[index]!)));
  const [one, other] = visits as [Visit, Visit];
  const row = await find(one.page, names[1]);
  await row.getByRole("button", { name: `Actions for ${names[1]}` }).click();
  await one.page.getByRole("menuitem", { name: "Add friend" }).click();
  await showList(other.page, "People");
  await other.page.getByRole("button", { name: `Accept friend request from ${names[0]}` }).click();
  await other.page.locator(".row.person", { hasText: names[0] }).getByText("Online").waitFor();
  return [one, other];
}

async function openChat(from: Visit, name: string) {
  const row = await find(from.page, name);
  await row.getByRole("button", { name: `Message ${name}` }).click();
  await from.page.getByRole("region", { name }).waitFor();
}

test("a friend request arrives at once and is accepted, and both see each other online", async () => {
  const [eve, tom] = await twoFriends(["Eve", "Tom"]);
  await eve.page.getByRole("searchbox").fill("");
  await eve.page.locator(".row.person", { hasText: "Tom" }).getByText("Online").waitFor();
  await tom.context.close();
  await eve.page.locator(".row.person", { hasText: "Tom" }).getByText("Last seen").waitFor();
  expect(eve.troubles).toEqual([]);
  await eve.context.close();
});

test("a message is sent, delivered and read; typing, edits and deletions are shown to both", async () => {
  const [ann, ben] = await twoFriends(["Ann", "Ben"]);
  await openChat(ann, "Ben");
  await send(ann.page, "Hello Ben");
  // Ben's page has it, but shows another list.
  await statusOf(ann.page, "Hello Ben", "delivered").waitFor();
  await showList(ben.page, "Chats");
  await rowOf(ben.page, "Ann").locator(".badge", { hasText: "1" }).waitFor();
  await until(ben.page, 'document.title === "(1) Realtime Chat"');
  await rowOf(ben.page, "Ann").click();
  await messageOf(ben.page, "Hello Ben").waitFor();
  await statusOf(ann.page, "Hello Ben", "read").waitFor();
  await until(ben.page, 'document.title === "Ann – Realtime Chat"');

  await ben.page.getByRole("textbox", { name: "Message" }).pressSequentially("Hi");
  await ann.page.locator('.typing[data-active="true"]', { hasText: "typing" }).waitFor();
  await ben.page.keyboard.press("Enter");
  await messageOf(ann.page, "Hi").waitFor();
  await ann.page.locator('.typing[data-active="false"]').waitFor();

  await ann.page.getByRole("textbox", { name: "Message" }).press("ArrowUp");
  await ann.page.getByRole("textbox", { name: "Edit message" }).fill("Hello, Ben!");
  await ann.page.keyboard.press("Enter");
  await messageOf(ben.page, "Hello, Ben!").getByText("edited").waitFor();
  expect(await textsOn(ben.page)).toEqual(["Hello, Ben!", "Hi"]);

  await messageOf(ann.page, "Hello, Ben!").hover();
  await messageOf(ann.page, "Hello, Ben!").getByRole("button", { name: "Delete" }).click();
  await ann.page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await messageOf(ben.page, "This message was deleted.").waitFor();
  expect(await textsOn(ann.page)).toEqual(["This message was deleted.", "Hi"]);
  expect([...ann.troubles, ...ben.troubles]).toEqual([]);
  await Promise.all([ann.context.close(), ben.context.close()]);
});

test("a group is created, people are added, and a muted member can read but not write", async () => {
  const [kim, lee] = await twoFriends(["Kim", "Lee"]);
  const { page } = kim;
  await page.getByRole("button", { name: "New", exact: true }).click();
  await page.getByRole("menuitem", { name: "New group" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Skip" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill("Cooks");
  await page.getByRole("button", { name: "Create group" }).click();
  await page.getByRole("region", { name: "Cooks" }).waitFor();
  await page.getByRole("button", { name: /^Cooks.*details$/ }).click();
  await page.getByRole("button", { name: "Add people" }).click();
  await page.getByRole("dialog").locator(".row.person", { hasText: "Lee" }).getByRole("button").click();
  await page.getByRole("dialog").getByRole("button", { name: "Close" }).click();

  await showList(lee.page, "Chats");
  await rowOf(lee.page, "Cooks").click();
  await send(lee.page, "What do we cook?");
  await messageOf(page, "What do we cook?").waitFor();
  await composer(lee.page).press("ArrowUp");
  await lee.page.getByText("Editing message").waitFor();

  await page.getByRole("region", { name: "Group details" }).getByRole("button", { name: "Actions for Lee" }).click();
  await page.getByRole("menuitem", { name: "Mute indefinitely" }).click();
  await lee.page.getByText("You’re muted in this group. You can still read messages.").waitFor();
  expect(await lee.page.getByRole("textbox", { name: "Message" }).count()).toBe(0);
  // What one can't do is not offered, and what was begun has ended.
  await messageOf(lee.page, "What do we cook?").hover();
  await messageOf(lee.page, "What do we cook?").getByRole("button", { name: "Delete" }).waitFor();
  expect(await messageOf(lee.page, "What do we cook?").getByRole("button", { name: "Edit" }).count()).toBe(0);
  await send(page, "Soup.");
  await messageOf(lee.page, "Soup.").waitFor();

  await page.getByRole("region", { name: "Group details" }).getByRole("button", { name: "Actions for Lee" }).click();
  await page.getByRole("menuitem", { name: "Unmute" }).click();
  await send(lee.page, "Good.");
  await messageOf(page, "Good.").waitFor();
  expect(await textsOn(page)).toEqual(["What do we cook?", "Soup.", "Good."]);

  await page.getByRole("region", { name: "Group details" }).getByRole("button", { name: "Actions for Lee" }).click();
  await page.getByRole("menuitem", { name: "Remove from group" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await lee.page.getByText("removed you from this group").waitFor();
  expect(
    await lee.page
      .getByRole("toolbar")
      .getByRole("button", { name: /Edit|Delete/ })
      .count(),
  ).toBe(0);
  expect([...kim.troubles, ...lee.troubles]).toEqual([]);
  await Promise.all([kim.context.close(), lee.context.close()]);
});

test("a blocked person can't send messages and isn't told why; after unblocking both can continue", async () => {
  const [flo, gus] = await twoFriends(["Flo", "Gus"]);
  await openChat(flo, "Gus");
  await openChat(gus, "Flo");
  await send(gus.page, "hello");
  await messageOf(flo.page, "hello").waitFor();
  await flo.page.getByRole("button", { name: /^Gus.*details$/ }).click();
  await flo.page.getByRole("button", { name: "Block" }).click();
  await flo.page.getByRole("dialog").getByRole("button", { name: "Block" }).click();
  await flo.page.getByText("You blocked Gus.").waitFor();
  await send(gus.page, "are you angry?");
  await statusOf(gus.page, "are you angry?", "failed").waitFor();
  expect(await messageOf(gus.page, "are you angry?").locator(".failure").textContent()).not.toContain("block");
  // Also in the list, for whoever is elsewhere by now.
  await showList(gus.page, "Chats");
  await rowOf(gus.page, "Flo").locator(".row-preview", { hasText: "Not sentare you angry?" }).waitFor();
  await flo.page.getByRole("region", { name: "Gus" }).getByRole("button", { name: "Unblock" }).click();
  await composer(flo.page).waitFor();
  // In the list one is asked as well.
  await (await find(flo.page, "Gus")).getByRole("button", { name: "Actions for Gus" }).click();
  await flo.page.getByRole("menuitem", { name: "Block" }).click();
  await flo.page
    .getByRole("dialog")
    .getByText(/^Block .Gus.\?$/)
    .waitFor();
  await flo.page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  expect(await flo.page.locator(".row.person").getByText("Blocked").count()).toBe(0);
  await messageOf(gus.page, "are you angry?").getByRole("button", { name: "Try again" }).click();
  await messageOf(flo.page, "are you angry?").waitFor();
  await rowOf(gus.page, "Flo")
    .locator(".row-preview", { hasText: /^(Sent|Delivered|Read)are you angry\?$/ })
    .waitFor();
  expect(await textsOn(flo.page)).toEqual(["hello", "are you angry?"]);
  expect([...flo.troubles, ...gus.troubles]).toEqual([]);
  await Promise.all([flo.context.close(), gus.context.close()]);
});

test("the server is killed mid-conversation and restarted: nothing is lost or duplicated on either screen", async () => {
  const [sam, max] = await twoFriends(["Sam", "Max"]);
  await openChat(sam, "Max");
  await openChat(max, "Sam");
  const said: string[] = [];
  const speak = async (from: Visit, to: Visit, text: string, isThere = true) => {
    said.push(text);
    await send(from.page, text);
    if (isThere) await messageOf(to.page, text).waitFor();
  };
  await speak(sam, max, "one");
  await speak(max, sam, "two");
  await server.end("SIGKILL");
  // Written while nobody listens; they wait in the page.
  await speak(sam, max, "three", false);
  await speak(sam, max, "four", false);
  await sam.page.getByText("2 messages waiting to be sent.").waitFor();
  await statusOf(sam.page, "four", "sending").waitFor();
  await server.start();
  await messageOf(max.page, "four").waitFor();
  await statusOf(sam.page, "four", "read").waitFor();
  await speak(max, sam, "five");
  for (let round = 0; round < 3; round++) {
    await speak(sam, max, `six ${round}`, false);
    await server.end("SIGKILL");
    await speak(sam, max, `seven ${round}`, false);
    await server.start();
    // A connection that breaks again and again waits longer each time, unless the browser says that it is worth a try.
    for (const { page } of [sam, max]) await page.evaluate('dispatchEvent(new Event("online"))');
    await messageOf(max.page, `seven ${round}`).waitFor();
  }
  await statusOf(sam.page, "seven 2", "read").waitFor();
  expect(await textsOn(sam.page)).toEqual(said);
  expect(await textsOn(max.page)).toEqual(said);
  await Promise.all([sam.page.reload(), max.page.reload()]);
  await Promise.all([messageOf(sam.page, "seven 2").waitFor(), messageOf(max.page, "seven 2").waitFor()]);
  expect(await textsOn(sam.page)).toEqual(said);
  expect(await textsOn(max.page)).toEqual(said);
  expect([...sam.troubles, ...max.troubles]).toEqual([]);
  await Promise.all([sam.context.close(), max.context.close()]);
});

test("unsent messages survive closing the page", async () => {
  const [zoe, ian] = await twoFriends(["Zoe", "Ian"]);
  await openChat(zoe, "Ian");
  await openChat(ian, "Zoe");
  await send(zoe.page, "before");
  await messageOf(ian.page, "before").waitFor();
  await server.end("SIGKILL");
  await send(zoe.page, "while away");
  await statusOf(zoe.page, "while away", "sending").waitFor();
  await zoe.page.close();
  await server.start();
  const page = await zoe.context.newPage();
  await page.goto("/");
  await messageOf(ian.page, "while away").waitFor();
  expect(await textsOn(ian.page)).toEqual(["before", "while away"]);
  await Promise.all([zoe.context.close(), ian.context.close()]);
});

test("logging out in one tab ends the other tab's session, and a wrong password is reported", async () => {
  const own = await visit(browser, server.url);
  await signUp(own.page, "Una");
  const second = await own.context.newPage();
  await second.goto("/");
  await second.getByRole("navigation", { name: "Main" }).waitFor();
  await own.page.getByRole("button", { name: "Settings", exact: true }).click();
  await own.page.getByRole("button", { name: "Log out" }).click();
  await own.page.getByText("You’ve been logged out.").waitFor();
  await second.getByText("You’ve been logged out.").waitFor();
  await logIn(second, "Una", "not the password");
  await second.getByRole("alert").filter({ hasText: /./ }).waitFor();
  await logIn(second, "Una");
  // The tab that was logged out comes along.
  await own.page.getByRole("navigation", { name: "Main" }).waitFor();
  await second.close();

  // Who comes next finds nothing of hers; and an account that was made is not asked for twice.
  await own.page.getByRole("button", { name: "New", exact: true }).click();
  await own.page.getByRole("menuitem", { name: "New group" }).click();
  await own.page.getByRole("dialog").getByRole("button", { name: "Skip" }).click();
  await own.page.getByRole("dialog").getByLabel("Name").fill("Una's own");
  await own.page.getByRole("button", { name: "Create group" }).click();
  await own.page.getByRole("region", { name: "Una's own" }).waitFor();
  await own.page.getByRole("button", { name: "Settings", exact: true }).click();
  await own.page.getByRole("button", { name: "Log out" }).click();
  await own.page.route("**/login", (route) => route.fulfill({ status: 429, json: {} }), { times: 1 });
  await own.page.getByRole("button", { name: "Create an account" }).click();
  await own.page.getByLabel("Username").fill("Uwe");
  await own.page.getByLabel("E-mail").fill("uwe@example.org");
  await own.page.getByLabel("Password").fill(PASSWORD);
  await own.page.getByRole("button", { name: "Create account" }).click();
  await own.page.getByText("Your account has been created.").waitFor();
  expect(await own.page.getByLabel("Username or e-mail").inputValue()).toBe("Uwe");
  await own.page.getByRole("button", { name: "Log in", exact: true }).click();
  await own.page.getByText("Select a chat").waitFor();
  expect(own.troubles).toEqual([]);
  await own.context.close();
});
