// What people write, paste and leave behind: nothing of it breaks the page.
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser } from "playwright-core";
import { openBrowser, until, type Visit, visit, visitAs } from "./browser.ts";
import { PASSWORD, register, tokenOf, type User } from "./people.ts";
import { type Stage, serve } from "./stage.ts";
import { composer, logIn, messageOf, rowOf, send, signUp, statusOf, textsOn } from "./steps.ts";

let server: Stage;
let browser: Browser;
let pia: User;
let rex: User;

beforeAll(async () => {
  [server, browser] = await Promise.all([serve(), openBrowser()]);
  [pia, rex] = await Promise.all([register(server.url, "Pia"), register(server.url, "Rex")]);
});

afterAll(async () => {
  for (const { chat } of [pia, rex]) chat.close();
  await browser.close();
  await server.remove();
});

async function openAs(name: string, width = 1280): Promise<Visit> {
  const visited = await visitAs(browser, server.url, await tokenOf(server.url, name), {
    viewport: { width, height: 700 },
  });
  return visited;
}

const BODIES = {
  markup: `<img src=x onerror="document.title='broken'"><script>document.title='broken'</script>&lt;b&gt;`,
  "a direction that is not closed": "safe \u2067txt.exe and \u2066unclosed",
  "emoji sequences": "👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽 🇫🇷",
  "four thousand characters without a space": "W".repeat(4_000),
  "a javascript: link": "javascript:document.title='broken' and data:text/html,<script>1</script>",
  "many lines": Array.from({ length: 60 }, (_, index) => `line ${index}`).join("\n"),
  "marks upon marks": `Z${"\u0301\u0327\u0335".repeat(200)}algo`,
  "right to left": "مرحبا بالعالم https://example.org/مرحبا",
} as const;

test.each(Object.entries(BODIES))("%s: shown as text, on a phone as well, and nothing breaks", async (_, body) => {
  const room = await rex.chat.openConversation(pia.id);
  room.send(body);
  room.send("after it");
  for (const width of [320, 1280]) {
    const { page, context, troubles } = await openAs("Pia", width);
    await rowOf(page, "Rex").click();
    await messageOf(page, "after it").last().waitFor();
    expect((await textsOn(page)).slice(-2)).toEqual([body, "after it"]);
    const last = page.locator(".message").nth(-2);
    const [bubble, frame] = await Promise.all([
      last.locator(".bubble").boundingBox(),
      page.locator(".messages").boundingBox(),
    ]);
    // The time stands behind the text, with room in between, whichever way that runs.
    const gap = await page.evaluate<string>(`(() => {
      const meta = [...document.querySelectorAll(".meta")].at(-2);
      return getComputedStyle(meta)[getComputedStyle(meta.parentElement).direction === "rtl" ? "marginRight" : "marginLeft"];
    })()`);
    expect(gap).toBe("12px");
    expect(bubble!.x).toBeGreaterThanOrEqual(frame!.x);
    expect(bubble!.x + bubble!.width).toBeLessThanOrEqual(frame!.x + frame!.width);
    expect(
      await page.evaluate<number>("document.documentElement.scrollWidth - document.documentElement.clientWidth"),
    ).toBe(0);
    expect(await page.title()).not.toContain("broken");
    expect(await last.locator("img, script").count()).toBe(0);
    expect(await last.locator('a:not([href^="http"])').count()).toBe(0);
    expect(troubles).toEqual([]);
    await context.close();
  }
});

test("a link opens in a new tab without a referrer or opener", async () => {
  const room = await rex.chat.openConversation(pia.id);
  room.send("See https://example.org/a_(b)?c=d&e=f, or (www.example.org).");
  const { page, context } = await openAs("Pia");
  await rowOf(page, "Rex").click();
  const link = page.getByRole("link", { name: "https://example.org/a_(b)?c=d&e=f", exact: true });
  expect(await link.getAttribute("href")).toBe("https://example.org/a_(b)?c=d&e=f");
  expect(await link.getAttribute("rel")).toContain("noopener");
  expect(await link.getAttribute("rel")).toContain("noreferrer");
  await context.close();
});

test("a message that is too long can't be sent, and the excess is shown", async () => {
  const { page, context } = await openAs("Pia");
  await pia.chat.openConversation(rex.id);
  await rowOf(page, "Rex").click();
  await composer(page).fill("x".repeat(4_010));
  await page.getByText("10 characters over the limit").waitFor();
  expect(await page.getByRole("button", { name: "Send" }).isDisabled()).toBe(true);
  // Of nothing but spaces there is nothing to send.
  await composer(page).fill(`  ${"\n ".repeat(20)} `);
  await page.getByRole("button", { name: "Record a voice message" }).waitFor();
  expect(await page.getByRole("button", { name: "Send" }).count()).toBe(0);
  await context.close();
});

test("a session that is ended elsewhere returns to the login page, and the draft is restored after login", async () => {
  const { page, context, troubles } = await visit(browser, server.url);
  await signUp(page, "Dora");
  const { id } = (await rex.chat.searchUsers("Dora")).data[0]!;
  const room = await rex.chat.openConversation(id);
  room.send("Hello Dora");
  await rowOf(page, "Rex").click();
  await messageOf(page, "Hello Dora").waitFor();
  await composer(page).pressSequentially("I was just about to say");
  const elsewhere = await visitAs(browser, server.url, await tokenOf(server.url, "Dora"));
  await elsewhere.page.getByRole("button", { name: "Settings", exact: true }).click();
  await elsewhere.page.getByRole("button", { name: "Change password" }).click();
  // A mistake does not end the session.
  await elsewhere.page.getByLabel("Current password").fill("not it at all");
  await elsewhere.page.getByLabel("New password").fill("a new password");
  await elsewhere.page.getByRole("button", { name: "Change password" }).click();
  await elsewhere.page.getByText("The present password is wrong.").waitFor();
  await elsewhere.page.getByLabel("Current password").fill(PASSWORD);
  await elsewhere.page.getByRole("button", { name: "Change password" }).click();
  await elsewhere.page.getByText("Password changed.").waitFor();

  await page.getByText("Your session has ended. Log in again to continue; your drafts are saved.").waitFor();
  expect(await page.getByLabel("Username or e-mail").inputValue()).toBe("Dora");
  await logIn(page, "Dora", "a new password");
  await messageOf(page, "Hello Dora").waitFor();
  expect(await composer(page).inputValue()).toBe("I was just about to say");
  await composer(page).press("Enter");
  await statusOf(page, "I was just about to say", "delivered").waitFor();
  expect([...troubles, ...elsewhere.troubles]).toEqual([]);
  await Promise.all([context.close(), elsewhere.context.close()]);
});

test("so does a session that expires, with the page open or closed", async () => {
  const short = await serve({ TOKEN_TTL: "8s" });
  const [open, closed] = await Promise.all([visit(browser, short.url), visit(browser, short.url)]);
  await Promise.all([signUp(open.page, "Tia"), signUp(closed.page, "Uwe")]);
  const token = await closed.page.evaluate<string>("localStorage.getItem('chat token')");
  await closed.page.close();
  await open.page.getByText("Your session has ended.").waitFor();
  while ((await fetch(`${short.url}/me`, { headers: { authorization: `Bearer ${token}` } })).ok) await Bun.sleep(200);
  const later = await closed.context.newPage();
  await later.goto("/");
  await later.getByText("Your session has ended.").waitFor();
  await logIn(open.page, "Tia");
  await open.page.getByRole("navigation", { name: "Main" }).waitFor();
  await Promise.all([open.context.close(), closed.context.close()]);
  await short.remove();
});

test("drafts stay with their rooms, through a change of room and a reload, until they are sent", async () => {
  const { page, context, troubles } = await visit(browser, server.url);
  await signUp(page, "Finn");
  const { id } = (await rex.chat.searchUsers("Finn")).data[0]!;
  (await rex.chat.openConversation(id)).send("from Rex");
  (await pia.chat.openConversation(id)).send("from Pia");
  await rowOf(page, "Rex").click();
  await composer(page).fill("for Rex");
  await rowOf(page, "Pia").click();
  await messageOf(page, "from Pia").waitFor();
  expect(await composer(page).inputValue()).toBe("");
  await rowOf(page, "Rex").getByText("Draft: for Rex").waitFor();
  await composer(page).fill("for Pia");
  await page.reload();
  await messageOf(page, "from Pia").waitFor();
  expect(await composer(page).inputValue()).toBe("for Pia");
  await send(page, "for Pia");
  await rowOf(page, "Rex").click();
  await messageOf(page, "from Rex").waitFor();
  expect(await composer(page).inputValue()).toBe("for Rex");

  // Another tab shows the same, and takes nothing of it along when it goes; what is typed in both stays in both.
  const [second, third] = [await context.newPage(), await context.newPage()];
  for (const tab of [second, third]) {
    await tab.goto(page.url());
    await messageOf(tab, "from Rex").waitFor();
  }
  await composer(second).fill("typed in the second");
  await until(third, "document.querySelector('textarea').value === 'typed in the second'");
  await composer(page).fill("typed in the first");
  await until(third, "document.querySelector('textarea').value === 'typed in the first'");
  expect(await composer(second).inputValue()).toBe("typed in the second");
  await third.close();
  await send(second, "typed in the second");
  await second.close();
  await page.reload();
  await messageOf(page, "from Rex").waitFor();
  expect(await composer(page).inputValue()).toBe("typed in the first");
  expect(troubles).toEqual([]);
  await context.close();
});

test("a browser without storage can chat for as long as the page is open", async () => {
  const { page, context, troubles } = await visit(browser, server.url);
  await context.addInitScript(`
    Object.defineProperty(window, "localStorage", {
      get() { throw new DOMException("Access is denied for this document.", "SecurityError"); },
    });`);
  await signUp(page, "Nils");
  const { id } = (await rex.chat.searchUsers("Nils")).data[0]!;
  (await rex.chat.openConversation(id)).send("Hello Nils");
  await rowOf(page, "Rex").click();
  await messageOf(page, "Hello Nils").waitFor();
  await send(page, "Hello Rex");
  await statusOf(page, "Hello Rex", "delivered").waitFor();
  expect(troubles).toEqual([]);
  await context.close();
});
