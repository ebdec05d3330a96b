// How people show themselves: names, pictures and statuses wherever somebody appears, one's own profile, privacy, theme, and the
// keyboard shortcuts.
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { imageOf } from "../support/images.ts";
import { faultsInThemes, faultsOf, IS_ALL } from "./accessible.ts";
import { openBrowser, until, type Visit, visitAs } from "./browser.ts";
import { befriend, register, tokenOf, type User } from "./people.ts";
import { type Stage, serve } from "./stage.ts";
import { messageOf, rowOf } from "./steps.ts";

const RTL_NAME = "ليلى الخطيب";

let server: Stage;
let browser: Browser;
let ida: User;
let leyla: User;
let tom: User;
let groupId: number;
let chatId: number;

beforeAll(async () => {
  [server, browser] = await Promise.all([serve(), openBrowser()]);
  [ida, leyla, tom] = await Promise.all([
    register(server.url, "Ida"),
    register(server.url, "leyla"),
    register(server.url, "Tom"),
  ]);
  await befriend(ida, leyla);
  await leyla.chat.profile.update({ display_name: RTL_NAME, status: { text: "في إجازة", emoji: "🌴" } });
  const group = await ida.chat.groups.create({ name: "Harbour" });
  groupId = group.id;
  for (const { id } of [leyla, tom]) await ida.chat.groups.addMember(groupId, id);
  const room = leyla.chat.room(group.key);
  room.subscribe(() => {});
  room.send("Who brings the boat?");
  const direct = await leyla.chat.openConversation(ida.id);
  chatId = direct.id;
  direct.subscribe(() => {});
  direct.send("See you at the harbour");
  const isStored = () => [room, direct].every((one) => one.getSnapshot().messages.some(({ id }) => id !== null));
  while (!isStored()) await Bun.sleep(10);
});

afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));

afterAll(async () => {
  for (const { chat } of [ida, leyla, tom]) chat.close();
  await browser.close();
  await server.remove();
});

async function open(name: string, options: BrowserContextOptions = {}): Promise<Visit> {
  const visited = await visitAs(browser, server.url, await tokenOf(server.url, name), {
    viewport: { width: 1280, height: 760 },
    ...options,
  });
  await visited.page.locator("a.row").first().waitFor();
  return visited;
}

async function openSettings(page: Page, section?: string) {
  await page.getByRole("button", { name: "Settings", exact: true }).click();
  if (section) await page.getByRole("dialog").getByRole("button", { name: section }).click();
}

const choosePicture = async (page: Page, width: number, height: number) =>
  page.locator("input[type=file]").setInputFiles({
    name: "me.png",
    mimeType: "image/png",
    buffer: Buffer.from(await imageOf("png", width, height)),
  });

test("people are shown by their display names and statuses everywhere, with their usernames where it matters", async () => {
  const { page, troubles } = await open("Ida");
  await rowOf(page, RTL_NAME).waitFor();
  expect(await rowOf(page, RTL_NAME).locator(".status-emoji").textContent()).toContain("🌴");
  await rowOf(page, "Harbour").click();
  const message = messageOf(page, "Who brings the boat?");
  expect(await message.locator(".sender").textContent()).toBe(RTL_NAME);
  expect(await message.locator(".sender").getAttribute("title")).toBe("@leyla");
  await page.getByText(/You added .*Tom/u).waitFor();
  // By a press on the picture.
  await message.getByRole("button", { name: `Profile of ${RTL_NAME}` }).click();
  const profile = page.getByRole("dialog");
  await profile.getByText("@leyla").waitFor();
  await profile.getByText("في إجازة").waitFor();
  await page.keyboard.press("Escape");
  await page.locator(".room-header").click();
  await page.locator(".members").getByText("@leyla").waitFor();
  await page
    .locator(".members")
    .getByRole("button", { name: `Actions for ${RTL_NAME}` })
    .click();
  await page.getByRole("menuitem", { name: "Remove and ban" }).click();
  await page.getByRole("heading", { name: /Remove and ban .*@leyla/u }).waitFor();
  await page.keyboard.press("Escape");
  // What they change is seen at once.
  await tom.chat.profile.update({ display_name: "Tom Weber" });
  await page.locator(".members .row-title", { hasText: "Tom Weber" }).waitFor();
  await page.getByText(/You added .*Tom Weber/u).waitFor();
  await tom.chat.profile.update({ display_name: null });
  await page.locator(".members .row-title", { hasText: /^Tom$/ }).waitFor();
  expect(troubles).toEqual([]);
});

test("where somebody takes the name of another member, the usernames stand beside it", async () => {
  const { page } = await open("Ida");
  await rowOf(page, "Harbour").click();
  const message = messageOf(page, "Who brings the boat?");
  await message.locator(".sender").waitFor();
  expect(await message.locator(".sender-username").count()).toBe(0);
  await tom.chat.profile.update({ display_name: RTL_NAME });
  await message.getByText("@leyla").waitFor();
  await tom.chat.profile.update({ display_name: null });
  await message.getByText("@leyla").waitFor({ state: "detached" });
});

test("people are found by their usernames, also those who have a chat under another name", async () => {
  const { page } = await open("Ida");
  await page.getByRole("searchbox").fill("leyl");
  await rowOf(page, RTL_NAME).waitFor();
  await page.getByRole("link", { name: "People" }).click();
  await page.getByRole("searchbox").fill("leyl");
  const found = page.getByRole("region", { name: "Search results" });
  await found.getByText("@leyla · Friend").waitFor();
});

test("one's own name is changed, refused when it is somebody's username, and seen by others at once", async () => {
  const [own, other] = await Promise.all([open("Ida"), open("leyla")]);
  await openSettings(own.page, "Edit profile");
  await own.page.getByLabel("Display name").fill("Tom");
  await own.page.getByRole("button", { name: "Save" }).click();
  await own.page.getByText("This is somebody else’s username", { exact: false }).waitFor();
  await own.page.getByLabel("Display name").fill("Ida Lund");
  await own.page.getByRole("button", { name: "Save" }).click();
  await own.page.getByText("Profile saved.").waitFor();
  // Back at the entry, with the keyboard as well.
  expect(await own.page.evaluate("document.activeElement.className")).toBe("own-profile");
  await own.page.keyboard.press("Escape");
  expect(await own.page.locator(".own-account").textContent()).toContain("Ida Lund");
  await rowOf(other.page, "Ida Lund").waitFor();
  await openSettings(own.page, "Edit profile");
  await own.page.getByLabel("Display name").fill("");
  await own.page.getByRole("button", { name: "Save" }).click();
  await rowOf(other.page, "Ida").waitFor();
});

test("a status is chosen with its end, is shown to others until then, and is cleared", async () => {
  const [own, other] = await Promise.all([open("Ida"), open("leyla")]);
  await openSettings(own.page, "Set a status");
  await own.page.getByRole("button", { name: "In a meeting" }).click();
  expect(await own.page.getByLabel("What are you doing?").inputValue()).toBe("In a meeting");
  await own.page.getByText(/It’s cleared at \d\d:\d\d\./u).waitFor();
  await own.page.getByLabel("Clear after").selectOption({ label: "Don’t clear" });
  await own.page.getByLabel("What are you doing?").fill("At the dentist");
  await own.page.getByLabel("Clear after").selectOption({ label: "In 30 minutes" });
  await own.page.getByRole("button", { name: "More emoji" }).click();
  await own.page.getByRole("combobox", { name: /emoji/i }).fill("rocket");
  await own.page.getByRole("gridcell", { name: "rocket" }).click();
  await own.page.getByRole("radio", { name: "🚀", checked: true }).waitFor();
  await own.page.getByRole("button", { name: "Save" }).click();
  await own.page.getByRole("dialog").getByText("At the dentist").waitFor();
  await rowOf(other.page, "Ida").click();
  await other.page.locator(".room-header").click();
  await other.page.locator(".details").getByText("At the dentist").waitFor();
  await other.page
    .locator(".details")
    .getByText(/^until \d\d:\d\d$/u)
    .waitFor();
  await own.page.getByRole("button", { name: "your status" }).click();
  await own.page.getByRole("button", { name: "Clear status" }).click();
  await own.page.getByRole("button", { name: "Set a status" }).waitFor();
  await other.page.locator(".details .status").waitFor({ state: "detached" });
});

test("a picture is cut to a square by keys alone, shown to others, and removed", async () => {
  const [own, other] = await Promise.all([open("Ida"), open("leyla")]);
  const { page } = own;
  await openSettings(page, "Edit profile");
  await choosePicture(page, 900, 500);
  await page.locator(".crop-stage img").waitFor();
  await until(page, "document.activeElement.className === 'crop-stage'");
  const placeOf = () => page.evaluate<string>("document.querySelector('.crop-stage img').style.left");
  const before = await placeOf();
  await page.keyboard.press("ArrowRight");
  expect(await placeOf()).not.toBe(before);
  for (let presses = 0; presses < 4; presses++) await page.keyboard.press("+");
  expect(Number(await page.getByRole("slider", { name: "Zoom" }).inputValue())).toBeGreaterThan(0.3);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.getByText("Your picture was changed.").waitFor();
  const shown = rowOf(other.page, "Ida").locator(".avatar img");
  await shown.waitFor();
  await until(other.page, "document.querySelector('a.row .avatar img').naturalWidth > 0");
  const size = await other.page.evaluate<number[]>(
    "[...document.querySelectorAll('a.row .avatar img')].flatMap((one) => [one.naturalWidth, one.naturalHeight])",
  );
  // 500 pixels high, and zoomed in by 1.15^4.
  expect(size).toEqual([286, 286]);
  expect(await page.locator(".own-account .avatar img").count()).toBe(1);
  await page.getByRole("button", { name: "Remove" }).click();
  await page.getByText("Your picture was removed.").waitFor();
  await shown.waitFor({ state: "detached" });
  expect([...own.troubles, ...other.troubles]).toEqual([]);
});

test("a file that the browser can't show as a picture is refused in words", async () => {
  const { page } = await open("Ida");
  await openSettings(page, "Edit profile");
  const buffer = Buffer.from("no picture at all");
  await page.locator("input[type=file]").setInputFiles({ name: "me.heic", mimeType: "image/heic", buffer });
  await page.getByText("This picture can’t be opened here").waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Back" }).last().click();
  await page.getByRole("button", { name: "Add a picture" }).waitFor();
});

test("the privacy says what each choice does, and keeps what is chosen", async () => {
  const { page } = await open("Ida");
  await openSettings(page, "Privacy");
  const groups = page.getByRole("group", { name: "Who may add you to groups" });
  await groups.getByRole("radio", { name: /Friends only/ }).check();
  await page.getByRole("switch", { name: /Send read receipts/ }).click();
  const stored = async () => {
    const { groups_from, read_receipts } = await ida.chat.privacy.get();
    return groups_from === "friends" && !read_receipts;
  };
  while (!(await stored())) await Bun.sleep(20);
  await page.getByRole("button", { name: "Back" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Privacy" }).click();
  await groups.getByRole("radio", { name: /Friends only/, checked: true }).waitFor();
  await page.getByRole("switch", { name: /Send read receipts/, checked: false }).waitFor();
  await ida.chat.privacy.set({ groups_from: "everyone", read_receipts: true });
});

test("the theme is chosen for all tabs, and is there before anything is painted", async () => {
  const { page, context } = await open("Ida", { colorScheme: "light" });
  const other = await context.newPage();
  await other.goto(server.url);
  const background = (of: Page) => of.evaluate<string>("getComputedStyle(document.body).backgroundColor");
  const light = await background(page);
  await openSettings(page);
  await page.getByRole("radio", { name: "Dark" }).check();
  const dark = await background(page);
  expect(dark).not.toBe(light);
  await until(other, `getComputedStyle(document.body).backgroundColor === '${dark}'`);
  // Before the client itself has arrived.
  const released = Promise.withResolvers<void>();
  await other.route(/\/assets\/main-/, async (route) => {
    if (route.request().url().endsWith(".js")) await released.promise;
    await route.continue();
  });
  await other.reload({ waitUntil: "commit" });
  await until(other, "document.readyState !== 'loading' || document.body !== null");
  await until(other, `getComputedStyle(document.body).backgroundColor === '${dark}'`);
  expect(await other.evaluate<string>("document.querySelector('#app').innerHTML")).toBe("");
  expect(await other.evaluate<string>("document.querySelector('meta[data-scheme=dark]').media")).toBe("all");
  released.resolve();
  await other.locator("a.row").first().waitFor();
  await page.getByRole("radio", { name: "System" }).check();
  await until(other, `getComputedStyle(document.body).backgroundColor === '${light}'`);
});

test("the keyboard shortcuts are listed by a key, and the focus returns", async () => {
  const { page } = await open("Ida");
  await page.locator("a.row").first().focus();
  await page.keyboard.press("?");
  await page.getByRole("heading", { name: "Keyboard shortcuts" }).waitFor();
  await page.getByText("Edit your last message", { exact: false }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  expect(await page.evaluate("document.activeElement.className")).toBe("row");
  await rowOf(page, "Harbour").click();
  const field = page.getByRole("textbox", { name: "Message" });
  await field.fill("");
  await field.press("?");
  expect(await field.inputValue()).toBe("?");
  await field.press("Control+/");
  await page.getByRole("heading", { name: "Keyboard shortcuts" }).waitFor();
});

/** Each new view, and how to get there from the first page. */
const VIEWS: Record<string, (page: Page) => Promise<unknown>> = {
  settings: (page) => openSettings(page),
  profile: (page) => openSettings(page, "Edit profile"),
  status: (page) => openSettings(page, "status"),
  privacy: async (page) => {
    await openSettings(page, "Privacy");
    await page.getByRole("switch").first().waitFor();
  },
  cropper: async (page) => {
    await openSettings(page, "Edit profile");
    await choosePicture(page, 400, 900);
    await page.locator(".crop-stage img").waitFor();
  },
  shortcuts: async (page) => {
    await page.keyboard.press("Control+/");
    await page.getByRole("dialog").waitFor();
  },
  "somebody's profile": async (page) => {
    await page.goto(`/#/conversation/${chatId}`);
    await page.locator(".room-header").click();
    await page.locator(".details .status").waitFor();
  },
  "a group's members": async (page) => {
    await page.goto(`/#/group/${groupId}`);
    await page.locator(".room-header").click();
    await page.locator(".members .row").first().waitFor();
  },
};

/** Those that are laid out otherwise where there is room. */
const LAID_OUT = ["settings", "somebody's profile", "a group's members"];

const overflowOf = (page: Page) =>
  page.evaluate<number>(
    "Math.max(...['html', 'dialog .dialog', '.details .scroll'].map((one) => document.querySelector(one)).map((one) => one ? one.scrollWidth - one.clientWidth : 0))",
  );

test.each([
  [360, Object.keys(VIEWS)],
  [768, IS_ALL ? Object.keys(VIEWS) : LAID_OUT],
  [1440, IS_ALL ? Object.keys(VIEWS) : LAID_OUT],
])(
  "at %i px, with text as large as one likes, axe finds no violations, nothing overflows the page, and no view throws",
  async (width, names) => {
    for (const name of names) {
      const viewport = { width, height: 740 };
      const { page, context, troubles } = await open("Ida", { viewport, reducedMotion: "reduce" });
      await VIEWS[name]!(page);
      const found = await faultsInThemes(page);
      const overflow = await overflowOf(page);
      await page.evaluate(`document.documentElement.style.fontSize = "200%"`);
      const large = { found: await faultsOf(page), overflow: await overflowOf(page) };
      const none = { found: [], overflow: 0 };
      expect({ name, found, overflow, large, troubles }).toEqual({ name, ...none, large: none, troubles: [] });
      await context.close();
    }
  },
);
