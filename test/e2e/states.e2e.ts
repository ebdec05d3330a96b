// Every state of the client in light and dark, on a small phone and a desktop: nothing that a checker of accessibility finds.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import type { StoredMessage } from "../../src/sdk/index.ts";
import { faultsInThemes, IS_ALL } from "./accessible.ts";
import { openBrowser, type Visit, visit, visitAs } from "./browser.ts";
import { acquaint, register, type User } from "./people.ts";
import { type Stage, serve } from "./stage.ts";
import { composer } from "./steps.ts";

let server: Stage;
let browser: Browser;
let mia: User;
let noa: User;
let chatId: number;
let groupId: number;

beforeAll(async () => {
  [server, browser] = await Promise.all([serve(), openBrowser()]);
  ({ mia, noa, chatId } = await acquaint(server.url));
  const group = await mia.chat.groups.create({ name: "A group with a rather long name", description: "For all." });
  groupId = group.id;
  await mia.chat.groups.addMember(group.id, noa.id);
  group.send("Welcome");
  group.send("Noa and all: bold, code, hidden and a quote", {
    entities: [
      { type: "mention", offset: 0, length: 3, user_id: noa.id },
      { type: "bold", offset: 13, length: 4 },
      { type: "code", offset: 19, length: 4 },
      { type: "spoiler", offset: 25, length: 6 },
      { type: "quote", offset: 36, length: 7 },
    ],
  });
  const asker = await register(server.url, "Someone_with_a_long_name_indeed");
  await asker.chat.requests.send(mia.id);
  await mia.chat.groups.ban(group.id, asker.id, { reason: "Advertising" });
  asker.chat.close();
  const isStored = () => group.getSnapshot().messages.every(({ id }) => id !== null);
  while (!isStored()) await Bun.sleep(10);
  const [welcome, rich] = group.getSnapshot().messages as StoredMessage[];
  const answers = await noa.chat.room(group.key);
  answers.send("Thank you, a reply that is as long as a line on a small phone, and longer", { replyTo: welcome! });
  for (const emoji of ["👍", "🎉"]) await mia.chat.room(group.key).react(rich!.id, emoji);
  await answers.react(rich!.id, "👍");
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
  "a message's menu, with emojis": async (page) => {
    await page.goto(`/#/group/${groupId}`);
    await page.locator(".reaction").first().waitFor();
    await page.locator(".message .quote").waitFor();
    await page.locator(".message").first().click({ button: "right" });
    await page.getByRole("menuitem", { name: "React with 👍" }).waitFor();
  },
  "a reply that is being written": async (page) => {
    await page.goto(`/#/group/${groupId}`);
    await page.locator(".message").first().click({ button: "right" });
    await page.getByRole("menuitem", { name: "Reply" }).click();
    await page.locator(".replying").waitFor();
  },
  "all emojis to react with": async (page) => {
    await page.goto(`/#/group/${groupId}`);
    await page.locator(".message").first().click({ button: "right" });
    await page.getByRole("menuitem", { name: "More emojis" }).click();
    await page.getByRole("gridcell").first().waitFor();
  },
  "messages that are being selected": async (page) => {
    await page.goto(`/#/group/${groupId}`);
    await page.locator(".message").first().click({ button: "right" });
    await page.getByRole("menuitem", { name: "Select" }).click();
    await page.getByRole("toolbar", { name: "Selected messages" }).waitFor();
  },
  "the question before messages are deleted": async (page) => {
    await page.goto(`/#/group/${groupId}`);
    await page.locator(".message").first().click({ button: "right" });
    await page.getByRole("menuitem", { name: "Select" }).click();
    await page.getByRole("toolbar", { name: "Selected messages" }).getByRole("button", { name: "Delete" }).click();
    await page.getByRole("dialog").waitFor();
  },
  "who has read a message": async (page) => {
    await page.goto(`/#/group/${groupId}`);
    await page.locator(".message").first().getByRole("button", { name: "Read by" }).click();
    await page.getByRole("dialog").locator(".row").first().waitFor();
  },
  "who has reacted to a message": async (page) => {
    await page.goto(`/#/group/${groupId}`);
    await page.locator(".reaction").first().click({ button: "right" });
    await page.getByRole("tabpanel").locator(".row").first().waitFor();
  },
  activity: async (page) => {
    await page.goto("/#/activity");
    await page.locator(".activity-row").nth(1).waitFor();
  },
  "no activity": async (page) => {
    await page.goto("/#/activity");
    await page.getByRole("button", { name: "Mentions", exact: true }).click();
    await page.getByText("Nothing here yet").waitFor();
  },
  "the details of a group": async (page) => {
    await page.goto(`/#/group/${groupId}`);
    await page.locator(".room-header").click();
    await page.locator(".details .row").nth(1).waitFor();
    await page.getByRole("button", { name: /^Lift ban on/ }).waitFor();
  },
  "the details of a conversation": async (page) => {
    await page.goto(`/#/conversation/${chatId}`);
    await page.locator(".room-header").click();
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
  "the naming of a new group": async (page) => {
    await page.getByRole("button", { name: "New", exact: true }).click();
    await page.getByRole("menuitem", { name: "New group" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Noa" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Next" }).click();
    await page.getByRole("dialog").getByText("will be added").waitFor();
  },
  "the window for a new chat": async (page) => {
    await page.getByRole("button", { name: "New", exact: true }).click();
    await page.getByRole("menuitem", { name: "New chat" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Noa" }).waitFor();
  },
  "somebody's profile": async (page) => {
    await page.goto("/#/people");
    await page.getByRole("button", { name: "Someone_with_a_long_name_indeed", exact: true }).click();
    await page.getByRole("dialog", { name: "Profile" }).waitFor();
  },
  "a search of chats": async (page) => {
    await page.locator("#search").fill("some");
    await page.getByRole("region", { name: "People", exact: true }).getByRole("button").waitFor();
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
    await page.getByRole("button", { name: "Change password" }).click();
    await page.getByLabel("New password").waitFor();
  },
  "an edit": async (page) => {
    await page.goto(`/#/conversation/${chatId}`);
    await page.locator(".message").first().waitFor();
    await composer(page).press("ArrowUp");
    await page.getByText("Editing message").waitFor();
  },
  "a room that is not there": async (page) => {
    await page.goto("/#/group/999999");
    await page.getByText("Chat not found").waitFor();
  },
};

/** Those that are laid out otherwise where there is room. */
const LAID_OUT = [
  "a conversation",
  "a group",
  "a message's menu, with emojis",
  "messages that are being selected",
  "who has reacted to a message",
  "activity",
  "the details of a group",
  "people",
  "a menu",
  "the settings",
  "a room that is not there",
];

type Look = { colorScheme: "light" | "dark"; viewport: { width: number; height: number } };

const PHONE: Look = { colorScheme: "light", viewport: { width: 320, height: 568 } };
const DESKTOP: Look = { colorScheme: "dark", viewport: { width: 1280, height: 800 } };
const EACH = [
  ...Object.keys(STATES).map((name) => [name, "light, 320 px", PHONE] as const),
  ...(IS_ALL ? Object.keys(STATES) : LAID_OUT).map((name) => [name, "dark, 1280 px", DESKTOP] as const),
];

const optionsFor = (look: Look) => ({ ...look, reducedMotion: "reduce", bypassCSP: true }) as const;

const visits = new Map<Look, Promise<Visit>>();

/** The first page, with nothing of what was done before; in one window, as a new one takes five times the time. */
async function comeIn(look: Look): Promise<Visit> {
  const known = visits.get(look);
  const coming = known ?? visitAs(browser, server.url, mia.token, optionsFor(look));
  visits.set(look, coming);
  const visited = await coming;
  const { page } = visited;
  if (known) {
    // From elsewhere, as the client keeps drafts while it goes.
    await page.goto("/icon.svg");
    await page.evaluate("localStorage.clear(); sessionStorage.clear()");
    await page.goto("/");
  }
  await page.getByRole("navigation", { name: "Main" }).waitFor();
  return visited;
}

/** What axe finds in either theme, and by how much the page is too wide. */
async function flawsOf(page: Page): Promise<string[]> {
  const tooWide = await overflow(page);
  return [...(await faultsInThemes(page)), ...(tooWide > 0 ? [`${tooWide} px too wide`] : [])];
}

describe("axe finds no violations in either theme, nothing overflows the page, and nothing throws:", () => {
  test.each([
    ["light, 320 px", PHONE],
    ["dark, 1280 px", DESKTOP],
  ])("logging in, and an account that is refused, %s", async (_, look) => {
    const { page, context, troubles } = await visit(browser, server.url, optionsFor(look));
    await page.goto("/");
    await page.getByRole("button", { name: "Log in" }).waitFor();
    const login = await flawsOf(page);
    await page.getByRole("button", { name: "Create an account" }).click();
    await page.getByRole("button", { name: "Create account" }).click();
    await page.locator(".note.error").first().waitFor();
    expect([...login, ...(await flawsOf(page)), ...troubles]).toEqual([]);
    await context.close();
  });

  test.each(EACH)("%s, %s", async (name, _, look) => {
    const { page, troubles } = await comeIn(look);
    await STATES[name]!(page);
    expect([...(await flawsOf(page)), ...troubles.splice(0)]).toEqual([]);
  });
});
