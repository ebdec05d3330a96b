// The API documentation as a developer uses it.
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser } from "playwright-core";
import { openBrowser, visit } from "./browser.ts";
import { register } from "./people.ts";
import { type Stage, serve } from "./stage.ts";

let server: Stage;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([serve(), openBrowser()]);
});

afterAll(async () => {
  await browser.close();
  await server.remove();
});

test("a token can be authorized and a request tried at /docs", async () => {
  const { token, chat } = await register(server.url, "Dev");
  const { page, context, troubles } = await visit(browser, server.url);
  await page.goto("/docs");
  await page.getByRole("button", { name: "Authorize" }).first().click();
  await page.locator(".modal-ux input").first().fill(token);
  await page.locator(".modal-ux").getByRole("button", { name: "Apply credentials" }).first().click();
  await page.locator(".modal-ux").getByRole("button", { name: "Close" }).first().click();
  await page.locator('[data-tag="Account"] .expand-operation').click();
  const call = page
    .locator(".opblock")
    .filter({ has: page.locator('[data-path="/me"]') })
    .filter({ hasText: "GET" });
  await call.locator(".opblock-summary-control").click();
  await call.getByRole("button", { name: "Execute" }).click();
  const answer = call.locator(".live-responses-table .response");
  await answer.locator(".response-col_status", { hasText: "200" }).waitFor();
  expect(await answer.locator(".microlight, pre").first().textContent()).toContain('"username": "Dev"');
  expect(troubles).toEqual([]);
  chat.close();
  await context.close();
});

test("every frame is described at /docs/socket", async () => {
  const { page, context, troubles } = await visit(browser, server.url);
  await page.goto("/docs/socket");
  for (const frame of ["auth", "resume", "message.new", "typing.start"])
    expect(await page.getByText(frame, { exact: true }).count()).toBeGreaterThan(0);
  expect(troubles).toEqual([]);
  await context.close();
});
