// Keeping people away in a browser: bans in a group, what somebody writes there whom one has blocked, and reports.
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser } from "playwright-core";
import { expectAccessible } from "./accessible.ts";
import { openBrowser, visitAs } from "./browser.ts";
import { befriend, register, tokenOf } from "./people.ts";
import { type Stage, serve } from "./stage.ts";
import { messageOf } from "./steps.ts";

let server: Stage;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([serve(), openBrowser()]);
});

afterAll(async () => {
  await browser.close();
  await server.remove();
});

test("a member is removed and banned from a group, and admitted again", async () => {
  const [ada, bob] = await Promise.all([register(server.url, "Ada"), register(server.url, "Bob")]);
  const group = await ada.chat.groups.create({ name: "Kitchen", is_private: false });
  await ada.chat.groups.addMember(group.id, bob.id);
  const { page, troubles, context } = await visitAs(browser, server.url, await tokenOf(server.url, "Ada"));
  await page.goto(`/#/group/${group.id}`);
  await page.locator(".room-header").click();
  await page.getByRole("button", { name: "Actions for Bob" }).click();
  await page.getByRole("menuitem", { name: "Remove and ban" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove and ban" }).click();
  await page.getByRole("heading", { name: "1 member", exact: true }).waitFor();
  await page.getByRole("heading", { name: "Banned" }).waitFor();
  expect(bob.chat.groups.join(group.id)).rejects.toMatchObject({ code: "banned" });

  await page.getByRole("button", { name: "Lift ban on Bob" }).click();
  await page.getByRole("heading", { name: "Banned" }).waitFor({ state: "detached" });
  await bob.chat.groups.join(group.id);
  await page.getByRole("heading", { name: "2 members" }).waitFor();
  expect(troubles).toEqual([]);
  for (const { chat } of [ada, bob]) chat.close();
  await context.close();
});

test("messages of a blocked person in a group are collapsed until expanded", async () => {
  const [eve, max] = await Promise.all([register(server.url, "Eve"), register(server.url, "Max")]);
  await befriend(eve, max);
  const group = await eve.chat.groups.create({ name: "Garden" });
  await eve.chat.groups.addMember(group.id, max.id);
  const theirs = max.chat.room(group.key);
  theirs.send("Buy this!");
  while (theirs.getSnapshot().messages[0]?.id == null) {
    theirs.subscribe(() => {});
    await Bun.sleep(10);
  }
  const { page, troubles, context } = await visitAs(browser, server.url, await tokenOf(server.url, "Eve"));
  await page.goto(`/#/group/${group.id}`);
  await messageOf(page, "Buy this!").waitFor();
  await eve.chat.blocks.add(max.id);
  await page.reload();
  const folded = page.locator(".message", { hasText: "Message from someone you blocked" });
  await folded.waitFor();
  expect(await page.getByText("Buy this!").count()).toBe(0);
  await folded.getByRole("button", { name: "Show" }).click();
  await messageOf(page, "Buy this!").waitFor();
  expect(troubles).toEqual([]);
  for (const { chat } of [eve, max]) chat.close();
  await context.close();
});

test("a message is reported with a block of its sender, and a group's admin deletes it", async () => {
  const [ivy, ned, zoe] = await Promise.all(["Ivy", "Ned", "Zoe"].map((name) => register(server.url, name)));
  const group = await ivy!.chat.groups.create({ name: "Market" });
  for (const { id } of [ned!, zoe!]) await ivy!.chat.groups.addMember(group.id, id);
  const theirs = ned!.chat.room(group.key);
  theirs.send("Cheap watches!");
  const reporter = await visitAs(browser, server.url, await tokenOf(server.url, "Zoe"));
  await reporter.page.goto(`/#/group/${group.id}`);
  await messageOf(reporter.page, "Cheap watches!").locator(".bubble").click({ button: "right" });
  await reporter.page.getByRole("menuitem", { name: "Report…" }).click();
  const dialog = reporter.page.getByRole("dialog", { name: "Report this message" });
  await dialog.getByRole("button", { name: "Send report" }).click();
  await dialog.getByText("Choose what is wrong.").waitFor();
  await dialog.getByRole("radio", { name: "Spam" }).check();
  await dialog.getByLabel("Anything else").fill("Every day");
  await dialog.getByRole("switch", { name: "Also block" }).check();
  await expectAccessible(reporter.page);
  await dialog.getByRole("button", { name: "Send report" }).click();
  await reporter.page.getByText("Your report was sent.").waitFor();
  const seen = reporter.page.locator(".message");
  await seen.getByText("Message from someone you blocked").waitFor();

  const { page, troubles, context } = await visitAs(browser, server.url, await tokenOf(server.url, "Ivy"));
  await page.goto(`/#/group/${group.id}`);
  await page.locator(".room-header").click();
  await page.getByRole("button", { name: "Reports 1 open" }).click();
  const reports = page.getByRole("dialog", { name: "Reports" });
  await reports.getByText("Every day").waitFor();
  await expectAccessible(page);
  await reports.getByRole("button", { name: "Delete the message" }).click();
  await page.getByRole("dialog", { name: "Delete this message?" }).getByRole("button", { name: "Delete" }).click();
  await reports.getByText("No open reports.").waitFor();
  await seen.getByText("This message was deleted.").waitFor();
  expect([...troubles, ...reporter.troubles]).toEqual([]);
  for (const { chat } of [ivy!, ned!, zoe!]) chat.close();
  await Promise.all([context.close(), reporter.context.close()]);
});
