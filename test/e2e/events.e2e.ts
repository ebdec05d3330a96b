// What happens in a group besides messages shows in its timeline, and in the reader's language.
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser } from "playwright-core";
import { openBrowser, until, visitAs } from "./browser.ts";
import { befriend, register, tokenOf, type User } from "./people.ts";
import { type Stage, serve } from "./stage.ts";
import { rowOf } from "./steps.ts";

let server: Stage;
let browser: Browser;
let una: User;
let vic: User;

beforeAll(async () => {
  [server, browser] = await Promise.all([serve(), openBrowser()]);
  [una, vic] = await Promise.all([register(server.url, "Una"), register(server.url, "Vic")]);
  await befriend(una, vic);
});

afterAll(async () => {
  for (const { chat } of [una, vic]) chat.close();
  await browser.close();
  await server.remove();
});

const call = async (method: string, path: string, body?: object) => {
  const answer = await fetch(server.url + path, {
    method,
    headers: { authorization: `Bearer ${una.token}`, "content-type": "application/json" },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${await answer.text()}`);
  return (await answer.json()) as { group_id: number };
};

test("a group's timeline shows who was added, promoted, muted and removed, and what it was renamed to", async () => {
  const { group_id: id } = await call("POST", "/groups", { name: "Plans" });
  await call("POST", `/groups/${id}/members`, { user_id: vic.id });
  const { page, context, troubles } = await visitAs(browser, server.url, await tokenOf(server.url, "Vic"), {
    // The page is in English, whatever the reader's system speaks.
    locale: "de-DE",
  });
  await rowOf(page, "Plans").click();
  await page.locator(".event").first().waitFor();
  const message = await call("POST", `/groups/${id}/messages`, { body: "between" });
  expect(message).toBeDefined();
  await call("PUT", `/groups/${id}/members/${vic.id}/role`, { role: "admin" });
  await call("PUT", `/groups/${id}/members/${vic.id}/role`, { role: "member" });
  await call("PUT", `/groups/${id}`, { name: "Weekend" });
  const tomorrow = new Date(Date.now() + 30 * 3_600_000).toISOString();
  await call("PUT", `/groups/${id}/members/${vic.id}/mute`, { until: tomorrow });
  await page.getByText(/You’re muted in this group until/).waitFor();
  const foot = await page.locator(".read-only-footer").textContent();
  expect(foot).not.toMatch(/\d:\d\d:\d\d|Uhr|[äöü]/);
  await call("PUT", `/groups/${id}/members/${vic.id}/unmute`);
  await call("DELETE", `/groups/${id}/members/${vic.id}`);
  await page.getByText("removed you from this group. You can still read the messages above.").waitFor();
  const rows = await page.evaluate<string[]>(
    `[...document.querySelectorAll(".event, .message .body")].map((row) => row.innerText.replace(/[\\u2066-\\u2069]/g, ""))`,
  );
  expect(rows.map((row) => row.replace(/ until .*/, " until"))).toEqual([
    "Una added you",
    "between",
    "Una made you an admin",
    "Una removed you as admin",
    "Una renamed the group to “Weekend”",
    "Una muted you until",
    "Una unmuted you",
    "Una removed you",
  ]);
  await until(page, `document.querySelector(".divider time").innerText === "Today"`);
  expect(troubles).toEqual([]);
  await context.close();
});
