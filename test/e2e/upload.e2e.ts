// Files sent with messages: chosen, dropped or pasted, uploaded while one writes on, over reloads and lost connections.
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import type { Browser, BrowserContextOptions, Page, Route } from "playwright-core";
import type { RoomMessage, RoomStore } from "../../src/sdk/index.ts";
import { noise } from "../support/files.ts";
import { imageOf } from "../support/images.ts";
import { faultsInThemes } from "./accessible.ts";
import { openBrowser, until, type Visit, visitAs } from "./browser.ts";
import { befriend, register, tokenOf, type User } from "./people.ts";
import { type Stage, serve } from "./stage.ts";
import { composer, messageOf, rowOf, send, textsOn } from "./steps.ts";

const MB = 1_000_000;

let server: Stage;
let browser: Browser;
let ada: User;
let ben: User;
let room: RoomStore;
/** A picture as a camera makes it. */
let photo: Buffer;

beforeAll(async () => {
  const env = { FILE_MAX_SIZE: "12M", RATE_LIMITS: "off" };
  [server, browser] = await Promise.all([serve(env), openBrowser()]);
  [ada, ben] = await Promise.all([register(server.url, "Ada"), register(server.url, "Ben")]);
  await befriend(ada, ben);
  room = await ben.chat.openConversation(ada.id);
  room.subscribe(() => {});
  photo = Buffer.from(await imageOf("jpeg", 1200, 800));
});

afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));

afterAll(async () => {
  for (const { chat } of [ada, ben]) chat.close();
  await browser.close();
  await server.remove();
});

async function visitRoom(options: BrowserContextOptions = {}): Promise<Visit> {
  const visit = await visitAs(browser, server.url, await tokenOf(server.url, "Ada"), {
    viewport: { width: 1280, height: 900 },
    ...options,
  });
  await rowOf(visit.page, "Ben").click();
  await composer(visit.page).waitFor();
  return visit;
}

type Given = { name: string; mimeType: string; buffer: Buffer };
const file = (name: string, size = 20, mimeType = "application/octet-stream"): Given => ({
  name,
  mimeType,
  buffer: Buffer.from(noise(size, name.length)),
});
const picture = (name: string): Given => ({ name, mimeType: "image/jpeg", buffer: photo });

const choose = (page: Page, files: Given | Given[]) => page.locator(".composer input[type=file]").setInputFiles(files);
const strip = (page: Page) => page.getByRole("list", { name: "Attached files" });
const card = (page: Page, name: string) => strip(page).getByRole("listitem").filter({ hasText: name });
const readyCards = (page: Page, count: number) =>
  until(page, `document.querySelectorAll('.file-card[data-state="ready"]').length === ${count}`);

/** The message as the other side has it. */
async function received(text: string, messageId?: number): Promise<RoomMessage> {
  for (;;) {
    const message = room
      .getSnapshot()
      .messages.find(({ body, id }) => body === text && id !== null && id === (messageId ?? id));
    if (message) return message;
    await Bun.sleep(20);
  }
}
const namesOf = ({ attachments = [] }: RoomMessage) => attachments.map(({ name }) => name);

/** Holds what brings bytes until it is released; answers how many requests are held. */
async function hold(page: Page, isHeld: (route: Route) => boolean = () => true) {
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const held: string[] = [];
  await page.route(/\/files(\/\d+)?$/, async (route) => {
    if (["POST", "PATCH"].includes(route.request().method()) && isHeld(route)) {
      held.push(route.request().method());
      await released;
    }
    await route.continue().catch(() => {});
  });
  return { held, release };
}

/** Drops or pastes files as a hand would; returns whether their place was shown meanwhile. */
const bring = (
  page: Page,
  type: "drop" | "paste",
  target: string,
  names: string[],
  text: Record<string, string> = {},
) =>
  page.evaluate<boolean>(`(async () => {
    const [type, target, names, text] = ${JSON.stringify([type, target, names, text])};
    const dataTransfer = new DataTransfer();
    for (const name of names) dataTransfer.items.add(new File([name], name, { type: "text/plain" }));
    for (const [form, value] of Object.entries(text)) dataTransfer.setData(form, value);
    const on = document.querySelector(target);
    const options = { bubbles: true, cancelable: true };
    if (type === "paste") return on.dispatchEvent(new ClipboardEvent("paste", { ...options, clipboardData: dataTransfer }));
    on.dispatchEvent(new DragEvent("dragenter", { ...options, dataTransfer }));
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    const isShown = document.querySelector(".drop-area") !== null;
    on.dispatchEvent(new DragEvent("drop", { ...options, dataTransfer }));
    return isShown;
  })()`);

/** A file that is dragged or dropped; returns whether the page takes care of it. */
const dragged = (page: Page, type: "dragenter" | "drop") =>
  page.evaluate<boolean>(`(() => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File(["x"], "x.txt"));
    return !document.body.dispatchEvent(new DragEvent("${type}", { bubbles: true, cancelable: true, dataTransfer }));
  })()`);

test("several files are chosen at once, shown with what they are, and sent with the text in their order", async () => {
  const { page, troubles } = await visitRoom();
  await choose(page, [picture("house.jpg"), file("plan.pdf", 3_200_000), file("شكرا.txt")]);
  await card(page, "house.jpg").locator("img").waitFor();
  expect(await card(page, "plan.pdf").locator(".file-extension").textContent()).toBe("PDF");
  await readyCards(page, 3);
  expect(await card(page, "plan.pdf").locator(".file-card-note").textContent()).toBe("3.2 MB");
  await send(page, "All of it");
  await until(page, `!document.querySelector(".file-strip")`);
  const message = await received("All of it");
  expect(namesOf(message)).toEqual(["house.webp", "plan.pdf", "شكرا.txt"]);
  expect(message.attachments![0]).toMatchObject({ kind: "image", width: 1200, height: 800 });
  await messageOf(page, "All of it").locator(".tile img").waitFor();
  expect(troubles).toEqual([]);
});

test("an edit takes files out of a message, by keyboard, and may leave it without a text", async () => {
  const { page, troubles } = await visitRoom();
  await choose(page, [file("keep.bin"), file("drop.bin"), file("gone.bin")]);
  await readyCards(page, 3);
  await send(page, "To be edited");
  const { id } = await received("To be edited");
  await messageOf(page, "To be edited").getByText("gone.bin").waitFor();
  const files = page.getByRole("list", { name: "Files of this message" });
  await composer(page).press("ArrowUp");
  await files.getByRole("button", { name: "Remove keep.bin" }).press("Enter");
  await files.getByRole("button", { name: "Keep keep.bin" }).press("Enter");
  await files.getByRole("button", { name: "Remove drop.bin" }).press("Enter");
  await page.getByText("1 of 3 files will be removed.").waitFor({ state: "attached" });
  // Meanwhile on another device.
  const kept = room
    .getSnapshot()
    .messages.find((message) => message.id === id)!
    .attachments!.slice(0, 2);
  await (await ada.chat.openConversation(ben.id)).edit(id!, "To be edited", { attachments: kept });
  await files.getByText("gone.bin").waitFor({ state: "detached" });
  const field = page.getByRole("textbox", { name: "Edit message" });
  await field.fill("");
  await field.press("Enter");
  await until(page, `!document.querySelector(".editing")`);
  const edited = await received("", id!);
  expect(namesOf(edited)).toEqual(["keep.bin"]);
  expect(troubles).toEqual([]);
});

test("a message is sent while its files are uploaded; it shows how far they are, and what is written after it waits", async () => {
  const { page } = await visitRoom();
  const { held, release } = await hold(page, (route) => route.request().method() === "PATCH" && held.length > 0);
  held.push("the first piece goes");
  await choose(page, [picture("held.jpg"), file("large.bin", 5 * MB)]);
  await until(
    page,
    `document.querySelector(".file-card:last-child .file-card-note")?.textContent.includes("of 5.0 MB")`,
  );
  // Paused and gone on with, and paused once more: what is sent goes on.
  await card(page, "large.bin").getByRole("button", { name: "Pause large.bin" }).click();
  await card(page, "large.bin").getByText("Paused").waitFor();
  await card(page, "large.bin").getByRole("button", { name: "Resume large.bin" }).press("Enter");
  await card(page, "large.bin").getByRole("button", { name: "Pause large.bin" }).press("Enter");
  await card(page, "large.bin").getByText("Paused").waitFor();
  await send(page, "Uploading");
  await send(page, "Written after it");
  const message = messageOf(page, "Uploading");
  await message.getByRole("progressbar", { name: "Uploading large.bin" }).waitFor({ state: "attached" });
  await message.getByText("large.bin").waitFor();
  await composer(page).waitFor();
  expect(await strip(page).count()).toBe(0);
  expect(room.getSnapshot().messages.some(({ body }) => body === "Written after it")).toBe(false);
  release();
  await received("Written after it");
  const bodies = room.getSnapshot().messages.map(({ body }) => body);
  expect(bodies.slice(-2)).toEqual(["Uploading", "Written after it"]);
  expect(namesOf(await received("Uploading"))).toEqual(["held.webp", "large.bin"]);
  await message.getByRole("link", { name: /large.bin/ }).waitFor();
  expect((await textsOn(page)).slice(-2)).toEqual(["Uploading", "Written after it"]);
});

test("one's own picture stays in sight until the server's is loaded", async () => {
  const { page } = await visitRoom();
  // Whatever is read of files is held for good.
  await page.route(/\/files\/\d+\/(content|thumbnail)/, () => {});
  const { release } = await hold(page);
  await choose(page, picture("own.jpg"));
  await send(page, "A picture of mine");
  await messageOf(page, "A picture of mine").locator(".upload-tile img").waitFor();
  release();
  await messageOf(page, "A picture of mine").getByRole("button", { name: "Open image own.webp" }).waitFor();
  const shown = `[...document.querySelectorAll(".tile")].at(-1).style.backgroundImage`;
  expect(await page.evaluate<string>(shown)).toStartWith('url("blob:');
});

test("files that are chosen while one sends go with that message", async () => {
  const { page } = await visitRoom();
  // What adds them is loaded slowly.
  let load = () => {};
  const loading = new Promise<void>((resolve) => {
    load = resolve;
  });
  await page.route(/\/assets\/add-files-/, async (route) => {
    await loading;
    await route.continue();
  });
  await choose(page, file("just chosen.txt"));
  await send(page, "With what was just chosen");
  await composer(page).press("Enter");
  expect(await composer(page).inputValue()).toBe("With what was just chosen");
  load();
  expect(namesOf(await received("With what was just chosen"))).toEqual(["just chosen.txt"]);
  expect(await composer(page).inputValue()).toBe("");
  await until(page, `!document.querySelector(".file-strip")`);
});

test("files are dropped anywhere in the page, with their place shown, and pasted; text stays text", async () => {
  const { page } = await visitRoom();
  expect(await bring(page, "drop", ".sidebar, nav", ["dropped.txt"])).toBe(true);
  await card(page, "dropped.txt").waitFor();
  expect(await page.locator(".drop-area").count()).toBe(0);
  await bring(page, "paste", ".composer textarea", ["pasted.txt"]);
  await card(page, "pasted.txt").waitFor();
  await bring(page, "paste", ".composer textarea", ["picture of a table.png"], {
    "text/plain": "1",
    "text/html": "<b>1</b>",
  });
  await readyCards(page, 2);
  await composer(page).press("Enter");
  await until(page, `!document.querySelector(".file-strip")`);
  await page.locator(".message").last().getByText("pasted.txt").waitFor();
});

test("a file dropped where none is taken does not replace the page", async () => {
  const { page } = await visitAs(browser, server.url, await tokenOf(server.url, "Ada"));
  await rowOf(page, "Ben").waitFor();
  expect(await dragged(page, "drop")).toBe(true);
});

test("a reload keeps the files of a draft, and a message that waits for them", async () => {
  const { page, context } = await visitRoom();
  const first = await hold(page, (route) => route.request().method() === "PATCH");
  await choose(page, file("draft.bin", 3 * MB));
  await card(page, "draft.bin").waitFor();
  await choose(page, file("small.txt"));
  await until(page, `document.querySelector('.file-card:last-child').dataset.state === "ready"`);
  await composer(page).fill("Sent after a reload");
  await until(page, `Object.keys(localStorage).some((key) => key.endsWith("uploads"))`);
  await page.reload();
  await card(page, "draft.bin").waitFor();
  await readyCards(page, 1);
  await composer(page).press("Enter");
  await messageOf(page, "Sent after a reload").getByText("draft.bin").waitFor();
  await page.reload();
  const message = messageOf(page, "Sent after a reload");
  await message.getByText("draft.bin").waitFor();
  await message.getByRole("progressbar").waitFor({ state: "attached" });
  expect(first.held.length).toBeGreaterThan(0);
  await page.unrouteAll({ behavior: "ignoreErrors" });
  first.release();
  await page.reload();
  expect(namesOf(await received("Sent after a reload"))).toEqual(["draft.bin", "small.txt"]);
  await message.getByRole("link", { name: /draft.bin/ }).waitFor();
  await until(page, `!Object.keys(localStorage).some((key) => key.endsWith("uploads"))`);
  expect(room.getSnapshot().messages.filter(({ body }) => body === "Sent after a reload")).toHaveLength(1);
  await context.close();
});

test("what is refused says why: too large with the limit, no image, and goes as a file where that helps", async () => {
  const { page } = await visitRoom();
  await choose(page, [file("film.mkv", 13 * MB), { ...file("broken.jpg", 5_000), mimeType: "image/jpeg" }]);
  await card(page, "film.mkv").getByText("The file is larger than 12 MiB.").waitFor();
  await card(page, "broken.jpg").getByText("This is not an image").waitFor();
  await send(page, "Not yet");
  await page.getByText("A file couldn’t be uploaded. Remove it, or try again.").waitFor();
  expect(await composer(page).inputValue()).toBe("Not yet");
  await page.getByRole("button", { name: "Remove film.mkv" }).click();
  await card(page, "broken.jpg").getByRole("button", { name: "Send as a file" }).click();
  await readyCards(page, 1);
  await composer(page).press("Enter");
  expect((await received("Not yet")).attachments).toMatchObject([{ kind: "file", name: "broken.jpg" }]);
});

test("what this browser can't show goes as a file, and a message takes ten", async () => {
  const { page } = await visitRoom();
  await choose(page, { ...file("IMG_1.HEIC"), mimeType: "image/heic" });
  await card(page, "IMG_1.HEIC").getByText("HEIC images are sent as files").waitFor();
  await choose(
    page,
    Array.from({ length: 12 }, (_, i) => file(`${i}.txt`)),
  );
  await page.getByText("A message takes up to 10 files; the others were left out.").waitFor();
  expect(await strip(page).getByRole("listitem").count()).toBe(10);
  await page.getByRole("button", { name: "Remove IMG_1.HEIC" }).click();
  await until(page, `document.activeElement.getAttribute("aria-label") === "Remove 0.txt"`);
  for (let i = 0; i < 9; i++) await page.keyboard.press("Enter");
  await until(page, `!document.querySelector(".file-strip") && document.activeElement.matches(".composer textarea")`);
});

test("an upload is given up in the message that waits for it; without another thing the message goes too", async () => {
  const { page } = await visitRoom();
  const { release } = await hold(page);
  await choose(page, [file("a.bin", 2 * MB), file("b.bin", 2 * MB)]);
  await send(page, "Without b");
  await choose(page, file("c.bin", 2 * MB));
  await card(page, "c.bin").waitFor();
  await composer(page).press("Enter");
  const last = page.locator(".message").last();
  await last.getByRole("button", { name: "Don’t send c.bin" }).click();
  await messageOf(page, "Without b").getByRole("button", { name: "Don’t send b.bin" }).click();
  await until(page, `![...document.querySelectorAll(".message")].some((m) => /[bc]\\.bin/.test(m.textContent))`);
  release();
  expect(namesOf(await received("Without b"))).toEqual(["a.bin"]);
});

test("without a connection files wait, and go on by themselves", async () => {
  const { page, context } = await visitRoom();
  await choose(page, file("warm-up.txt"));
  await readyCards(page, 1);
  await page.getByRole("button", { name: "Remove warm-up.txt" }).click();
  await context.setOffline(true);
  await choose(page, file("offline.bin", 2 * MB));
  await card(page, "offline.bin").getByText("Waiting: no connection").waitFor();
  await send(page, "Written offline");
  await messageOf(page, "Written offline").getByText("Waiting: no connection").waitFor();
  await context.setOffline(false);
  expect(namesOf(await received("Written offline"))).toEqual(["offline.bin"]);
});

test("of two tabs one has the draft's files, and the message is sent once", async () => {
  const { page, context } = await visitRoom();
  const { release } = await hold(page);
  await choose(page, file("tab.bin", 2 * MB));
  await card(page, "tab.bin").waitFor();
  const other = await context.newPage();
  await other.goto(page.url());
  await composer(other).waitFor();
  await send(page, "From the first tab");
  await send(other, "From the second tab");
  expect(await strip(other).count()).toBe(0);
  release();
  await received("From the first tab");
  await received("From the second tab");
  const bodies = room.getSnapshot().messages.map(({ body }) => body);
  expect(bodies.filter((body) => body === "From the first tab")).toHaveLength(1);
});

test.each([
  ["light", 360],
  ["dark", 1440],
] as const)("axe finds no violations in any state, %s at %i px", async (colorScheme, width) => {
  const viewport = { width, height: 800 };
  const { page } = await visitRoom({ viewport, colorScheme, bypassCSP: true, reducedMotion: "reduce" });
  const { release } = await hold(page, (route) => (route.request().postDataBuffer()?.length ?? 0) > 900_000);
  await choose(page, [picture("house.jpg"), file("a rather long name of a plan for the weekend.pdf", 3 * MB)]);
  await send(page, `Files in ${colorScheme} at ${width}`);
  await choose(page, [
    picture("second.jpg"),
    file("waiting.bin", 5 * MB),
    file("film.mkv", 13 * MB),
    { ...file("IMG_2.heic"), mimeType: "image/heic" },
  ]);
  await card(page, "film.mkv").getByRole("alert").waitFor();
  await until(page, `document.querySelector(".message:last-of-type .progress, .message .upload-control")`);
  const check = async () => {
    expect(await faultsInThemes(page)).toEqual([]);
    expect(await page.evaluate(`document.documentElement.scrollWidth`)).toBe(width);
  };
  const shots = process.env.SHOTS;
  if (shots) await page.screenshot({ path: `${shots}/upload-${colorScheme}-${width}.png` });
  await check();
  await dragged(page, "dragenter");
  await page.locator(".drop-area").waitFor();
  // Over the whole room.
  expect((await page.locator(".drop-area").boundingBox())!.height).toBeGreaterThan(700);
  if (shots) await page.screenshot({ path: `${shots}/drop-${colorScheme}-${width}.png` });
  await check();
  release();
  await received(`Files in ${colorScheme} at ${width}`);
});
