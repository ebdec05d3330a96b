// The viewer of images and videos: with keys, a mouse, and fingers.
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import type { Browser, CDPSession, Page } from "playwright-core";
import type { RoomStore } from "../../src/sdk/index.ts";
import { imageOf } from "../support/images.ts";
import { faultsInThemes } from "./accessible.ts";
import { openBrowser, until, visitAs } from "./browser.ts";
import { upload } from "./files.ts";
import { befriend, register, tokenOf, type User } from "./people.ts";
import { type Stage, serve } from "./stage.ts";
import { messageOf, rowOf } from "./steps.ts";

let server: Stage;
let browser: Browser;
let ada: User;
let ben: User;
let room: RoomStore;

beforeAll(async () => {
  [server, browser] = await Promise.all([serve(), openBrowser()]);
  [ada, ben] = await Promise.all([register(server.url, "Ada"), register(server.url, "Ben")]);
  await befriend(ada, ben);
  room = await ben.chat.openConversation(ada.id);
  room.subscribe(() => {});
  await sendImages("Two of them", [1600, 900], [900, 1200]);
  await sendImages("The last one", [1200, 800]);
});

// An open page would read what the next test sends.
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));

afterAll(async () => {
  for (const { chat } of [ada, ben]) chat.close();
  await browser.close();
  await server.remove();
});

async function sendImages(text: string, ...sizes: [number, number][]) {
  const attachments = [];
  for (const [width, height] of sizes)
    attachments.push(
      await upload(server.url, ben, await imageOf("jpeg", width, height), `${width}.jpg`, { kind: "image" }),
    );
  room.send(text, { attachments });
  while (room.getSnapshot().messages.some(({ id }) => id === null)) await Bun.sleep(10);
}

async function visitRoom(options: Parameters<typeof visitAs>[3] = {}): Promise<Page> {
  const { page } = await visitAs(browser, server.url, await tokenOf(server.url, "Ada"), {
    viewport: { width: 1280, height: 900 },
    ...options,
  });
  await rowOf(page, "Ben").click();
  await messageOf(page, "The last one").waitFor();
  return page;
}

const tileIn = (page: Page, text: string) => messageOf(page, text).locator(".tile").first();
const dialogIn = (page: Page) => page.getByRole("dialog", { name: "Image from Ben" });
const shows = (page: Page, name: string, position: string) =>
  until(
    page,
    `document.querySelector(".viewer-frame img:last-of-type")?.alt === "${name}.webp" && document.querySelector(".viewer [role=status]")?.textContent === "${position}"`,
  );
const scaleIn = (page: Page) =>
  page.evaluate<number>(
    `(() => { const frame = document.querySelector(".viewer-frame"); return frame.getBoundingClientRect().width / frame.offsetWidth; })()`,
  );
const isScaled = (page: Page, comparison: string) =>
  until(
    page,
    `(() => { const frame = document.querySelector(".viewer-frame"); return frame.getBoundingClientRect().width / frame.offsetWidth ${comparison}; })()`,
  );

test("by keys alone: opened, turned, enlarged, moved, and closed to where it was opened from", async () => {
  const page = await visitRoom();
  await tileIn(page, "Two of them").focus();
  await page.keyboard.press("Enter");
  await dialogIn(page).waitFor();
  await shows(page, "1600", "1 of 3");
  await page.getByText("Two of them").last().waitFor();
  await page.keyboard.press("ArrowRight");
  await shows(page, "900", "2 of 3");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await shows(page, "1200", "3 of 3");
  await page.keyboard.press("ArrowLeft");
  await shows(page, "900", "2 of 3");
  await page.keyboard.press("+");
  await isScaled(page, "> 1.4");
  // Enlarged, the arrows move it.
  await page.keyboard.press("ArrowRight");
  await shows(page, "900", "2 of 3");
  await page.keyboard.press("-");
  await isScaled(page, "< 1.02");
  await page.keyboard.press("+");
  await page.keyboard.press("+");
  await isScaled(page, "> 2");
  await page.keyboard.press("0");
  await isScaled(page, "< 1.02");
  await page.keyboard.press("Escape");
  await dialogIn(page).waitFor({ state: "detached" });
  expect(await page.evaluate(`document.activeElement.getAttribute("aria-label")`)).toBe("Open image 1600.webp");
});

test("with a mouse: a wheel and a double click enlarge, a drag moves, a click beside it closes", async () => {
  const page = await visitRoom();
  await tileIn(page, "The last one").click();
  await shows(page, "1200", "3 of 3");
  const [x, y] = [500, 500];
  await page.mouse.move(x, y);
  await page.mouse.wheel(0, -300);
  await isScaled(page, "> 1.5");
  const left = () => page.evaluate<number>(`document.querySelector(".viewer-frame").getBoundingClientRect().left`);
  const before = await left();
  await page.mouse.down();
  await page.mouse.move(x + 60, y, { steps: 4 });
  await page.mouse.up();
  expect(await left()).toBeGreaterThan(before + 40);
  await page.mouse.dblclick(x, y);
  await isScaled(page, "< 1.02");
  await page.mouse.dblclick(x, y);
  await isScaled(page, "> 2");
  await page.getByRole("button", { name: "Zoom out" }).click();
  await isScaled(page, "< 2");
  await page.keyboard.press("0");
  await isScaled(page, "< 1.02");
  await page.getByRole("button", { name: "Previous" }).click();
  await shows(page, "900", "2 of 3");
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download 900.webp" }).click();
  expect((await download).suggestedFilename()).toBe("900.webp");
  await page.mouse.click(60, 300);
  await dialogIn(page).waitFor({ state: "detached" });
});

describe("with fingers", () => {
  const touch = async (session: CDPSession, type: string, ...points: [number, number][]) =>
    session.send("Input.dispatchTouchEvent", {
      type: type as "touchStart",
      touchPoints: points.map(([x, y], id) => ({ x, y, id })),
    });
  async function openOnPhone(): Promise<{ page: Page; session: CDPSession }> {
    const page = await visitRoom({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });
    await tileIn(page, "Two of them").tap();
    await shows(page, "1600", "1 of 3");
    return { page, session: await page.context().newCDPSession(page) };
  }
  async function drag(session: CDPSession, from: [number, number], to: [number, number]) {
    await touch(session, "touchStart", from);
    for (const part of [0.25, 0.5, 0.75, 1])
      await touch(session, "touchMove", [from[0] + (to[0] - from[0]) * part, from[1] + (to[1] - from[1]) * part]);
    await touch(session, "touchEnd");
  }

  test("it is pinched, moved, and made whole by a double tap", async () => {
    const { page, session } = await openOnPhone();
    await touch(session, "touchStart", [150, 350], [210, 350]);
    for (const by of [10, 30, 50]) await touch(session, "touchMove", [150 - by, 350], [210 + by, 350]);
    await touch(session, "touchEnd");
    expect(await scaleIn(page)).toBeGreaterThan(2);
    const left = () => page.evaluate<number>(`document.querySelector(".viewer-frame").getBoundingClientRect().left`);
    const before = await left();
    await drag(session, [200, 350], [140, 350]);
    expect(await left()).toBeLessThan(before - 20);
    expect(await scaleIn(page)).toBeGreaterThan(2);
    await shows(page, "1600", "1 of 3");
    for (let tap = 0; tap < 2; tap++) {
      await touch(session, "touchStart", [180, 350]);
      await touch(session, "touchEnd");
    }
    await isScaled(page, "< 1.02");
  });

  test("it is swiped to the next one, and away", async () => {
    const { page, session } = await openOnPhone();
    await drag(session, [300, 350], [120, 352]);
    await shows(page, "900", "2 of 3");
    await drag(session, [100, 350], [300, 352]);
    await shows(page, "1600", "1 of 3");
    await drag(session, [180, 300], [184, 330]);
    await dialogIn(page).waitFor();
    await drag(session, [180, 300], [184, 520]);
    await dialogIn(page).waitFor({ state: "detached" });
  });
});

test("it closes when what it shows is deleted", async () => {
  await sendImages("Soon gone", [700, 500]);
  const page = await visitRoom();
  await tileIn(page, "Soon gone").click();
  await shows(page, "700", "4 of 4");
  await room.delete(room.getSnapshot().messages.at(-1)!.id!);
  await dialogIn(page).waitFor({ state: "detached" });
});

test("a video is played, and its keys are its own", async () => {
  const page = await visitRoom();
  const recorded = await page.evaluate<string>(RECORD_VIDEO);
  const video = await upload(server.url, ben, new Uint8Array(Buffer.from(recorded, "base64")), "holiday.webm", {
    kind: "video",
    width: "320",
    height: "180",
    duration_ms: "1200",
  });
  room.send("A video", { attachments: [video] });
  const tile = messageOf(page, "A video").getByRole("button", { name: "Open video holiday.webm, 0:01" });
  await tile.waitFor();
  const box = (await tile.boundingBox())!;
  expect(box.width / box.height).toBeCloseTo(16 / 9, 1);
  await tile.click();
  await page.getByRole("dialog", { name: "Video from Ben" }).waitFor();
  await until(page, `document.querySelector(".viewer video")?.currentTime > 0`);
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
});

/** A little more than a second of a canvas, in base64. */
const RECORD_VIDEO = `new Promise((resolve) => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 320, height: 180 });
  const drawing = canvas.getContext("2d");
  let frame = 0;
  const timer = setInterval(() => { drawing.fillStyle = "hsl(" + (frame++ * 9) + " 60% 50%)"; drawing.fillRect(0, 0, 320, 180); }, 40);
  const recorder = new MediaRecorder(canvas.captureStream(25), { mimeType: "video/webm" });
  const parts = [];
  recorder.ondataavailable = ({ data }) => parts.push(data);
  recorder.onstop = () => {
    clearInterval(timer);
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.split(",").at(-1));
    reader.readAsDataURL(new Blob(parts));
  };
  recorder.start();
  setTimeout(() => recorder.stop(), 1200);
})`;

test("axe finds no violations in it, on a phone and a desktop", async () => {
  const page = await visitRoom({ viewport: { width: 360, height: 800 }, bypassCSP: true, reducedMotion: "reduce" });
  await tileIn(page, "Two of them").click();
  await until(page, `document.querySelector(".viewer-frame > img")?.complete`);
  expect(await faultsInThemes(page)).toEqual([]);
  await page.setViewportSize({ width: 1440, height: 800 });
  expect(await faultsInThemes(page)).toEqual([]);
});
