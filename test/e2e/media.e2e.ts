// Images, videos, recordings and files in the list of messages.
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import type { Attachment, RoomStore } from "../../src/sdk/index.ts";
import { imageOf } from "../support/images.ts";
import { openBrowser, until, visitAs } from "./browser.ts";
import { toneOf, upload } from "./files.ts";
import { befriend, register, tokenOf, type User } from "./people.ts";
import { type Stage, serve } from "./stage.ts";
import { messageOf, rowOf } from "./steps.ts";

let server: Stage;
let browser: Browser;
let ada: User;
let ben: User;
let room: RoomStore;

const image = async (width: number, height: number, alt = "") =>
  upload(server.url, ben, await imageOf("jpeg", width, height), `${width}x${height}.jpg`, {
    kind: "image",
    ...(alt && { alt }),
  });
const voice = (seconds: number) =>
  upload(server.url, ben, toneOf(seconds), "voice.wav", {
    kind: "voice",
    duration_ms: String(seconds * 1000),
    waveform: "0,5,31,12,4,20,9,0",
  });

async function sendFiles(text: string, files: Attachment[]) {
  room.send(text, { attachments: files });
  while (room.getSnapshot().messages.some(({ id }) => id === null)) await Bun.sleep(10);
}

beforeAll(async () => {
  [server, browser] = await Promise.all([serve(), openBrowser()]);
  [ada, ben] = await Promise.all([register(server.url, "Ada"), register(server.url, "Ben")]);
  await befriend(ada, ben);
  room = await ben.chat.openConversation(ada.id);
  room.subscribe(() => {});
  await sendFiles("One image", [await image(1200, 800, "A red house")]);
  await sendFiles("Album", [
    await image(900, 600),
    await image(600, 900),
    await image(500, 500),
    await image(640, 360),
  ]);
  await sendFiles("Papers", [
    await upload(server.url, ben, "x".repeat(1_500), "notes.txt"),
    await upload(server.url, ben, "hello", "شكرا.pdf"),
  ]);
  await sendFiles("First tone", [await voice(30)]);
  await sendFiles("Second tone", [await upload(server.url, ben, toneOf(20), "Song.wav")]);
});

// An open page would read what the next test sends.
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));

afterAll(async () => {
  for (const { chat } of [ada, ben]) chat.close();
  await browser.close();
  await server.remove();
});

async function visitRoom(prepare: (page: Page) => Promise<unknown> = async () => {}): Promise<Page> {
  const { page } = await visitAs(browser, server.url, await tokenOf(server.url, "Ada"), {
    viewport: { width: 1280, height: 900 },
  });
  await prepare(page);
  await rowOf(page, "Ben").click();
  await messageOf(page, "One image").waitFor();
  return page;
}

const tilesIn = (page: Page, text: string) => messageOf(page, text).locator(".tile");
const isLoaded = (page: Page) =>
  until(
    page,
    `[...document.querySelectorAll(".tile img")].every((img) => img.complete && img.naturalWidth > 0) && document.querySelectorAll(".tile img").length === 5`,
  );
const places = (page: Page) =>
  page.evaluate<string[]>(
    `[...document.querySelectorAll(".message, .tile")].map((e) => { const r = e.getBoundingClientRect(); return [r.top, r.left, r.width, r.height].map(Math.round).join(" "); })`,
  );

test("images have their places before they are loaded, and nothing moves when they come", async () => {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const page = await visitRoom((page) =>
    page.route(/\/files\/\d+\/(thumbnail|content)/, async (route) => {
      await held;
      await route.continue();
    }),
  );
  await messageOf(page, "First tone").getByRole("button", { name: "Play" }).waitFor();
  await messageOf(page, "Second tone").getByRole("button", { name: "Play" }).waitFor();
  const before = await places(page);
  const single = (await tilesIn(page, "One image").boundingBox())!;
  expect(single.width / single.height).toBeCloseTo(1.5, 1);
  release();
  await isLoaded(page);
  expect(await places(page)).toEqual(before);
});

test("several images of a message are an album: in order, in rows that fill its width", async () => {
  const page = await visitRoom();
  await isLoaded(page);
  expect(await tilesIn(page, "Album").count()).toBe(4);
  const names = await page.evaluate<string[]>(
    `[...document.querySelectorAll(".album .tile")].map((tile) => tile.getAttribute("aria-label"))`,
  );
  expect(names).toEqual(["900x600", "600x900", "500x500", "640x360"].map((name) => `Open image ${name}.webp`));
  const rows = await page.evaluate<number[][]>(
    `[...document.querySelectorAll(".tiles-row")].map((row) => { const all = [...row.querySelectorAll(".tile")].map((t) => t.getBoundingClientRect()); return [Math.round(all[0].left), Math.round(all.at(-1).right), new Set(all.map((r) => Math.round(r.height))).size]; })`,
  );
  expect(new Set(rows.map(String)).size).toBe(1);
  expect(rows[0]![2]).toBe(1);
});

test("what an image shows is said, and a file's name, kind and size are seen", async () => {
  const page = await visitRoom();
  await page.getByRole("button", { name: "Open image: A red house" }).waitFor();
  const [notes, thanks] = [
    messageOf(page, "Papers").locator(".file").first(),
    messageOf(page, "Papers").locator(".file").last(),
  ];
  expect(await notes.textContent()).toBe("TXTnotes.txt1.5 KB");
  expect(await thanks.textContent()).toBe("PDFشكرا.pdf5 bytes");
  const download = page.waitForEvent("download");
  await notes.click();
  const saved = await download;
  expect(saved.suggestedFilename()).toBe("notes.txt");
  expect(await Bun.file((await saved.path())!).text()).toBe("x".repeat(1_500));
});

test("a file that is no longer there says so", async () => {
  const page = await visitRoom((page) =>
    page.route(/\/files\/\d+\//, (route) => route.fulfill({ status: 404, body: "{}" })),
  );
  await messageOf(page, "One image").getByText("No longer available").waitFor();
  await messageOf(page, "Papers").locator(".file").first().click();
  await messageOf(page, "Papers").getByText("No longer available").waitFor();
  await messageOf(page, "First tone").getByRole("button", { name: "Play" }).click();
  await messageOf(page, "First tone").getByText("No longer available").waitFor();
});

test("an image that could not be loaded says so, and is loaded by a click", async () => {
  let isDown = true;
  const page = await visitRoom((page) =>
    page.route(/\/files\/\d+\/thumbnail/, (route) =>
      isDown ? route.fulfill({ status: 503, body: "{}" }) : route.continue(),
    ),
  );
  const failed = messageOf(page, "One image").getByRole("button", { name: /Couldn’t load/ });
  await failed.waitFor();
  isDown = false;
  await failed.click();
  await until(page, `document.querySelector(".tile img")?.naturalWidth > 0`);
});

test("a recording is played where it is: seeking by keys and by click, one at a time, faster", async () => {
  const page = await visitRoom();
  const [first, second] = [messageOf(page, "First tone"), messageOf(page, "Second tone")];
  await first.getByRole("button", { name: "Play" }).click();
  await first.getByRole("button", { name: "Pause" }).waitFor();
  const track = first.getByRole("slider", { name: "Position" });
  await until(page, `Number(document.querySelector(".audio-track").getAttribute("aria-valuenow")) >= 1`);
  await track.focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await until(page, `Number(document.querySelector(".audio-track").getAttribute("aria-valuenow")) >= 11`);
  expect(await track.getAttribute("aria-valuetext")).toMatch(/^0:1\d of 0:30$/);
  await page.keyboard.press("Home");
  await until(page, `Number(document.querySelector(".audio-track").getAttribute("aria-valuenow")) < 5`);
  const box = (await track.boundingBox())!;
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  await until(page, `Number(document.querySelector(".audio-track").getAttribute("aria-valuenow")) >= 14`);
  const speed = first.getByRole("button", { name: /^Playback speed/ });
  await speed.click();
  expect(await speed.textContent()).toBe("1.5×");
  await second.getByRole("button", { name: "Play" }).click();
  await second.getByRole("button", { name: "Pause" }).waitFor();
  await first.getByRole("button", { name: "Play" }).waitFor();
  // Where it was left it goes on.
  expect(Number(await track.getAttribute("aria-valuenow"))).toBeGreaterThanOrEqual(14);
});
