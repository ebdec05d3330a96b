// The admin area in a browser: each act, its line in the audit log, and what others notice of it.
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { type Json, PASSWORD, startServer, type TestServer, type User } from "../support/harness.ts";
import { makeAdmin } from "../support/keys.ts";
import { expectAccessible, faultsInThemes } from "./accessible.ts";
import { openBrowser, type Visit, visitAs } from "./browser.ts";

let server: TestServer;
let browser: Browser;
let admin: User;
let visit: Visit;
let page: Page;

beforeAll(async () => {
  [server, browser] = await Promise.all([startServer(), openBrowser()]);
  admin = await server.newUser("ada");
  await makeAdmin(server, admin);
  visit = await visitAs(browser, server.url, admin.token, { viewport: { width: 1280, height: 800 } });
  page = visit.page;
});

afterAll(async () => {
  expect(visit.troubles).toEqual([]);
  await browser.close();
  await server.close();
});

/** What the audit log says of an event about somebody, newest first. */
async function entryOf(event: string, about: Json = {}): Promise<Json> {
  const { body } = await admin.get(`/admin/audit?event=${event}`);
  const entry = body.data.find((one: Json) => Object.entries(about).every(([name, id]) => one[name]?.id === id));
  expect(entry).toMatchObject({ event, actor: { id: admin.id } });
  return entry;
}

const group = async (owner: User, name: string) => (await owner.post("/groups", { name })).body.group_id as number;

async function openPerson({ id, username }: User) {
  await page.goto(`/#/admin/people/${id}`);
  await page.getByRole("heading", { name: username, exact: true }).waitFor();
}

const press = (name: string) => page.getByRole("button", { name, exact: true }).click();
// (A toast above the dialog has a button too.)
const confirm = (name: string) =>
  page.getByRole("dialog").locator(".actions").getByRole("button", { name, exact: true }).click();
const toast = (text: string | RegExp) => page.locator(".toast", { hasText: text }).waitFor();

test("the settings lead admins there, and somebody is found by name", async () => {
  const mallory = await server.newUser("mallory");
  await server.newUser("grace");
  await page.reload();
  await press("Settings");
  await page.getByRole("dialog").getByRole("link", { name: "Administration" }).click();
  await page.getByRole("heading", { name: "People" }).waitFor();
  await page.getByRole("searchbox").fill("mall");
  await page.getByRole("link", { name: /grace/ }).waitFor({ state: "detached" });
  expect(await faultsInThemes(page)).toEqual([]);
  await page.getByRole("link", { name: /mallory/ }).click();
  await page.getByRole("heading", { name: "mallory", exact: true }).waitFor();
  expect(page.url()).toEndWith(`#/admin/people/${mallory.id}`);
  await page.keyboard.press("Escape");
  await page.getByRole("heading", { name: "mallory", exact: true }).waitFor({ state: "detached" });
  expect(await page.evaluate("document.activeElement.textContent")).toContain("mallory");
  await page.getByRole("button", { name: "Clear search" }).click();
});

test("somebody is banned with a reason and an end, which closes their socket, and admitted again", async () => {
  const troll = await server.newUser();
  const socket = await (await server.connect(troll, "/ws")).ready();
  await openPerson(troll);
  // So that the list has them too.
  await page.reload();
  await press("Ban…");
  await page.getByRole("radio", { name: "1 day" }).check();
  await page.getByLabel("Reason").fill("Advertising");
  await expectAccessible(page);
  await confirm("Ban");
  await page.locator(".banned-box", { hasText: "Banned until" }).waitFor();
  await socket.closed;
  const { details } = await entryOf("user_banned", { user: troll.id });
  expect(details.reason).toBe("Advertising");
  expect(Date.parse(details.until) - Date.now()).toBeWithin(86_000_000, 86_400_001);
  await page
    .getByRole("link", { name: new RegExp(troll.username) })
    .getByText("Banned")
    .waitFor();
  expect(await faultsInThemes(page)).toEqual([]);

  await press("Lift ban…");
  await confirm("Lift ban");
  await page.locator(".banned-box").waitFor({ state: "detached" });
  await entryOf("user_unbanned", { user: troll.id });
  expect((await troll.get("/me")).status).toBe(200);
});

test("somebody is logged out everywhere, gets a link to a new password, and another role", async () => {
  const grace = await server.newUser();
  await openPerson(grace);
  await page.getByText("test", { exact: true }).waitFor();
  await press("Log out everywhere…");
  await confirm("Log out everywhere");
  await page.getByText("No device is logged in.").waitFor();
  await entryOf("logged_out_by_admin", { user: grace.id });
  expect((await grace.get("/me")).status).toBe(401);

  await press("Reset password…");
  await page.getByLabel("Your password").fill("not my password");
  await confirm("Reset password");
  await page.getByText("The present password is wrong.").waitFor();
  await expectAccessible(page);
  await page.getByLabel("Your password").fill(PASSWORD);
  await confirm("Reset password");
  await page.getByRole("dialog", { name: "Link to a new password" }).waitFor();
  const link = await page.getByRole("dialog").getByLabel("Link").inputValue();
  expect(link).toMatch(/#\/reset\/[\w-]+$/);
  await confirm("Done");
  await entryOf("password_reset_by_admin", { user: grace.id });
  const token = link.split("/").at(-1);
  const password = "another horse battery";
  expect((await server.call("POST", "/password/reset", { token, new_password: password })).status).toBe(200);

  await press("Change role…");
  await page
    .getByRole("dialog")
    .getByRole("radio", { name: /^Moderator/ })
    .check();
  await page.getByLabel("Your password").fill(PASSWORD);
  expect(await faultsInThemes(page)).toEqual([]);
  await confirm("Change role");
  await toast("was changed");
  expect(await entryOf("role_changed", { user: grace.id })).toMatchObject({ details: { role: "moderator" } });
});

test("a group is deleted once its name was typed", async () => {
  const owner = await server.newUser();
  const id = await group(owner, "نادي الكتب");
  await page.goto("/#/admin/groups");
  await page.getByRole("link", { name: /نادي الكتب/ }).click();
  await page.getByRole("heading", { name: "1 member" }).waitFor();
  await press("Delete group…");
  const button = page.getByRole("dialog").getByRole("button", { name: "Delete group" });
  expect(await button.isDisabled()).toBe(true);
  await page.getByLabel(/^Type/).fill("نادي الكتب");
  await page.getByLabel("Reason").fill("Stolen goods");
  expect(await faultsInThemes(page)).toEqual([]);
  await button.click();
  await toast("The group was deleted.");
  await page.getByRole("link", { name: /نادي الكتب/ }).waitFor({ state: "detached" });
  expect((await owner.get(`/groups/${id}`)).status).toBe(404);
  expect(await entryOf("group_deleted_by_admin", { group: id })).toMatchObject({ details: { reason: "Stolen goods" } });
});

test("reports are dismissed, or the message is deleted and its author banned in one decision", async () => {
  const [author, reader] = [await server.newUser(), await server.newUser()];
  const id = await group(reader, "Market");
  await reader.post(`/groups/${id}/members`, { user_id: author.id });
  const write = async (body: string) => (await author.post(`/groups/${id}/messages`, { body })).body.data.id as number;
  const report = (message_id: number) =>
    reader.post("/reports", { message_id, reason: "spam", comment: "Again", client_id: crypto.randomUUID() });
  const [harmless, spam] = [await write("Good morning"), await write("Buy followers")];
  expect((await report(harmless)).status).toBe(201);
  await page.goto("/#/admin/reports");
  const card = (text: string) => page.getByRole("listitem").filter({ hasText: text });
  await card("Good morning").getByRole("button", { name: "Dismiss" }).waitFor();
  expect(await faultsInThemes(page)).toEqual([]);
  await card("Good morning").getByRole("button", { name: "Dismiss" }).click();
  await confirm("Dismiss");
  // One that comes while the list is open.
  expect((await report(spam)).status).toBe(201);
  await card("Good morning").waitFor({ state: "detached" });

  await card("Buy followers").getByRole("button", { name: "Delete and ban…" }).click();
  await page.getByRole("radio", { name: "For good" }).check();
  await confirm("Delete message and ban");
  await page.getByRole("heading", { name: "Nothing to look at" }).waitFor();
  const texts = (await reader.get(`/groups/${id}/messages`)).body.data.map(({ body }: Json) => body);
  expect(texts).toContain("Good morning");
  expect(texts).not.toContain("Buy followers");
  expect(await entryOf("user_banned", { user: author.id })).toMatchObject({ details: { until: "forever" } });
  await entryOf("report_closed");
  await page.getByRole("radio", { name: "Resolved" }).check();
  await card("Buy followers").waitFor();
});

test("the audit log is narrowed to an event and a person, and saved as a file", async () => {
  const troll = await server.newUser("walter");
  await admin.put(`/admin/users/${troll.id}`, { banned_until: "forever", reason: "Threats" });
  await openPerson(troll);
  await press("Show in the audit log");
  await page.getByRole("heading", { name: "Audit log" }).waitFor();
  await page.getByText("Threats").waitFor();
  expect(await page.getByRole("button", { name: "walter" }).count()).toBe(1);
  expect(await faultsInThemes(page)).toEqual([]);
  await page.getByLabel("What").selectOption("role_changed");
  await page.getByRole("heading", { name: "Nothing like this happened" }).waitFor();
  await press("Clear");
  await page.getByText("Threats").waitFor();
  const [download] = await Promise.all([page.waitForEvent("download"), press("Export as CSV")]);
  expect(download.suggestedFilename()).toMatch(/^audit-[\d-]+\.csv$/);
  const csv = await Bun.file(await download.path()).text();
  expect(csv).toContain("Threats");
  await entryOf("audit_exported");
});

test("the health of the server is shown, and read again as it changes", async () => {
  await page.goto("/#/admin/health");
  await page.getByText("Running").waitFor();
  const sockets = page.locator(".tile", { has: page.getByText("Sockets", { exact: true }) }).locator("strong");
  const before = Number(await sockets.textContent());
  const socket = await (await server.connect(await server.newUser(), "/ws")).ready();
  await sockets.getByText(String(before + 1), { exact: true }).waitFor();
  expect(await faultsInThemes(page)).toEqual([]);
  socket.close();
});

test("on a phone a list gives way to what is opened of it, and nothing is wider than the screen", async () => {
  const person = await server.newUser();
  await page.setViewportSize({ width: 390, height: 800 });
  for (const part of ["people", "reports", "groups", "audit", "health"]) {
    await page.goto(`/#/admin/${part}`);
    await page.getByRole("navigation", { name: "Administration" }).locator('[aria-current="page"]').waitFor();
    const overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
    expect([part, await page.evaluate<number>(overflow)]).toEqual([part, 0]);
  }
  await openPerson(person);
  expect(await page.getByRole("searchbox").isVisible()).toBe(false);
  await expectAccessible(page);
  await page.getByRole("link", { name: "Close, back to people" }).click();
  await page.getByRole("searchbox").waitFor();
  await page.setViewportSize({ width: 1280, height: 800 });
});

test("who has no role sees a clear page, and who loses it while the area is open a calm one", async () => {
  const plain = await visitAs(browser, server.url, (await server.newUser()).token);
  await plain.page.goto("/#/admin/people");
  await plain.page.getByRole("heading", { name: "For moderators and admins" }).waitFor();
  await expectAccessible(plain.page);
  await plain.page.getByRole("button", { name: "Go to your chats" }).click();
  await plain.page.getByRole("navigation", { name: "Main" }).waitFor();
  expect(plain.troubles).toEqual([]);
  await plain.context.close();

  const former = await server.newUser();
  await admin.put(`/admin/users/${former.id}`, { role: "moderator", current_password: PASSWORD });
  const theirs = await visitAs(browser, server.url, former.token);
  await theirs.page.goto("/#/admin/people");
  await theirs.page.getByRole("searchbox").waitFor();
  expect(await theirs.page.getByRole("link", { name: "Audit log" }).count()).toBe(0);
  await admin.put(`/admin/users/${former.id}`, { role: "user", current_password: PASSWORD });
  await theirs.page.getByRole("searchbox").fill("anybody");
  await theirs.page.getByRole("heading", { name: "You no longer have access" }).waitFor();
  await expectAccessible(theirs.page);
  expect(theirs.troubles).toEqual([]);
  await theirs.context.close();
});
