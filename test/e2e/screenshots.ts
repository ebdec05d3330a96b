// `bun run screenshots`: the pictures in docs/screenshots, of a server with some people in it. With a directory behind it, each
// state of the client in both themes and at three widths goes there, to be looked at.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { launchBrowser, visit, visitAs } from "./browser.ts";
import { openDemo } from "./demo.ts";
import { tokenOf } from "./people.ts";

const [, , everything, only] = process.argv;
const directory = everything ?? join(import.meta.dir, "../../docs/screenshots");
await mkdir(directory, { recursive: true });

/** The ones that are shown to visitors. */
const SHOWN = [
  "sign-up-phone-light",
  "chats-phone-light",
  "people-phone-dark",
  "conversation-phone-dark",
  "conversation-desktop-light",
  "group-details-desktop-dark",
  "offline-tablet-light",
  "new-group-tablet-dark",
];
const isWanted = (state: string, size: string, theme: string) =>
  everything ? !only || only.split(",").includes(state) : SHOWN.includes(`${state}-${size}-${theme}`);

const SIZES = { phone: [360, 740], tablet: [820, 1080], desktop: [1280, 800] } as const;
const SETTLED_MS = 400;
const THEMES = ["light", "dark"] as const;

const browser = await launchBrowser();
const demo = await openDemo(browser);
const { server, grace, group } = demo;
const token = await tokenOf(server.url, "Ada");
const room = (kind: string, id: number) => (page: Page) => page.goto(`/#/${kind}/${id}`);

async function failToSignUp(page: Page) {
  await page.getByRole("button", { name: "Create an account" }).click();
  await page.getByRole("button", { name: "Create account" }).click();
  await page.locator(".note.error").first().waitFor();
}

const STATES: Record<string, (page: Page) => Promise<unknown>> = {
  chats: async () => {},
  conversation: room("conversation", grace),
  "found-messages": async (page) => {
    await page.getByRole("button", { name: "Search filters" }).click();
    await page.getByRole("searchbox", { name: "Search", exact: true }).fill("the");
    await page.locator(".found-message").first().waitFor();
  },
  "search-in-chat": async (page) => {
    await room("conversation", grace)(page);
    await page.getByRole("button", { name: "Search in this chat" }).click();
    await page.getByRole("searchbox", { name: "Search in this chat" }).fill("the");
    await page.locator(".message[data-found]").waitFor();
  },
  typing: async (page) => {
    await room("conversation", grace)(page);
    await page.locator(".message").first().waitFor();
    demo.users.Grace!.chat.room(`conversation:${grace}`).startTyping();
    await page.locator('.typing[data-active="true"]').waitFor();
  },
  group: room("group", group),
  "group-details": async (page) => {
    await room("group", group)(page);
    await page.locator(".room-header").click();
    await page.locator(".details").waitFor();
  },
  "message-menu": async (page) => {
    await room("conversation", grace)(page);
    const last = page.locator('.message[data-own="true"]').last();
    await last.hover();
    await last.click({ button: "right" });
  },
  people: (page) => page.goto("/#/people"),
  search: async (page) => {
    await page.goto("/#/people");
    await page.locator("#search").fill("a");
  },
  "new-group": async (page) => {
    await page.locator('.sidebar button[aria-label="New"]').click();
    await page.getByRole("menuitem", { name: "New group" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Grace" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Katherine" }).click();
  },
  "name-group": async (page) => {
    await page.locator('.sidebar button[aria-label="New"]').click();
    await page.getByRole("menuitem", { name: "New group" }).click();
    await page
      .getByRole("dialog")
      .getByRole("button", { name: "Next" })
      .or(page.getByRole("button", { name: "Skip" }))
      .click();
  },
  "new-chat": async (page) => {
    await page.locator('.sidebar button[aria-label="New"]').click();
    await page.getByRole("menuitem", { name: "New chat" }).click();
  },
  profile: async (page) => {
    await page.goto("/#/people");
    await page
      .getByRole("button", { name: /^Linus/ })
      .first()
      .click();
    await page.getByRole("dialog").waitFor();
  },
  "search-chats": async (page) => {
    await page.locator("#search").fill("gr");
    await page.locator("#search").press("End");
  },
  "find-groups": async (page) => {
    await page.locator('.sidebar button[aria-label="New"]').click();
    await page.getByRole("menuitem", { name: "Find public groups" }).click();
  },
  settings: (page) => page.locator('.sidebar button[aria-label="Settings"]').click(),
  edit: async (page) => {
    await room("conversation", grace)(page);
    await page.locator("textarea").press("ArrowUp");
  },
  offline: async (page) => {
    await room("conversation", grace)(page);
    await page.locator(".message").first().waitFor();
    await page.context().setOffline(true);
    await page.locator("textarea").fill("On my way, no network in the tunnel");
    await page.locator(".send").click();
    await page.locator(".connection p").waitFor();
  },
};

// Early in the evening, wherever that is now: what was said is of today and of the days before.
const hour = new Date().getUTCHours();
const ahead = hour < 6 ? -6 - hour : 18 - hour;
const timezoneId = `Etc/GMT${ahead > 0 ? "-" : "+"}${Math.abs(ahead)}`;

try {
  // State by state: what one leaves behind does not show in those before it.
  for (const name of ["sign-in", "sign-up", ...Object.keys(STATES)]) {
    for (const theme of THEMES) {
      for (const [size, [width, height]] of Object.entries(SIZES)) {
        if (!isWanted(name, size, theme)) continue;
        const options = {
          timezoneId,
          viewport: { width, height },
          colorScheme: theme,
          hasTouch: size === "phone",
          deviceScaleFactor: size === "phone" ? 2 : 1,
          reducedMotion: "reduce",
        } as const;
        const prepare = STATES[name];
        const { context, page, troubles } = prepare
          ? await visitAs(browser, server.url, token, options)
          : await visit(browser, server.url, options);
        if (prepare) {
          await page.locator(".rows .row").first().waitFor();
          await prepare(page);
        } else {
          await page.goto("/");
          if (name === "sign-up") await failToSignUp(page);
        }
        await page.waitForTimeout(SETTLED_MS);
        await page.screenshot({ path: join(directory, `${name}-${size}-${theme}.png`) });
        if (troubles.length) console.log(name, size, theme, troubles);
        await context.close();
      }
    }
  }
} finally {
  await browser.close();
  await demo.end();
}
