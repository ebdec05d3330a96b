// Voice messages: recorded with a microphone that the browser invents, sent, and heard on the other side.
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import type { RoomStore } from "../../src/sdk/index.ts";
import { faultsInThemes } from "./accessible.ts";
import { openBrowser, until, visitAs } from "./browser.ts";
import { befriend, register, tokenOf, type User } from "./people.ts";
import { type Stage, serve } from "./stage.ts";
import { composer, rowOf } from "./steps.ts";

let server: Stage;
/** With a microphone that beeps, and that is allowed. */
let browser: Browser;
let ada: User;
let ben: User;
let room: RoomStore;

beforeAll(async () => {
  [server, browser] = await Promise.all([
    serve(),
    openBrowser(["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]),
  ]);
  [ada, ben] = await Promise.all([register(server.url, "Ada"), register(server.url, "Ben")]);
  await befriend(ada, ben);
  room = await ben.chat.openConversation(ada.id);
  room.subscribe(() => {});
});

// An open page would read what the next test sends.
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));

afterAll(async () => {
  for (const { chat } of [ada, ben]) chat.close();
  await browser.close();
  await server.remove();
});

async function visitRoom(options: Parameters<typeof visitAs>[3] = {}, from = browser): Promise<Page> {
  const { page } = await visitAs(from, server.url, await tokenOf(server.url, "Ada"), {
    viewport: { width: 1280, height: 900 },
    ...options,
  });
  await rowOf(page, "Ben").click();
  await composer(page).waitFor();
  return page;
}

const recordButton = (page: Page) => page.getByRole("button", { name: "Record a voice message" });
const sendButton = (page: Page) => page.getByRole("button", { name: "Send voice message" });
const untilRecorded = (page: Page, seconds: number) =>
  until(page, `document.querySelector(".voice-recorder time")?.textContent >= "0:0${seconds}"`);
const voices = () => room.getSnapshot().messages.flatMap(({ attachments }) => attachments ?? []);
async function untilVoices(count: number) {
  while (voices().length < count) await Bun.sleep(20);
  return voices().at(-1)!;
}

test("a recording is sent with its length and loudness, as MP4, and is played on the other side", async () => {
  const page = await visitRoom();
  await recordButton(page).click();
  await sendButton(page).waitFor();
  await untilRecorded(page, 2);
  expect(await page.evaluate(`document.querySelector(".voice-bars path").getAttribute("d").length > 50`)).toBe(true);
  await sendButton(page).click();
  const voice = await untilVoices(1);
  expect(voice).toMatchObject({ kind: "voice", name: "voice-message.m4a", mime: "video/mp4" });
  expect(voice.duration_ms).toBeWithin(1_900, 15_000);
  expect(voice.waveform!.length).toBeGreaterThan(20);
  expect(Math.max(...voice.waveform!)).toBe(31);
  const bytes = await (
    await fetch(`${server.url}/files/${voice.id}/content`, { headers: { authorization: `Bearer ${ben.token}` } })
  ).bytes();
  const text = Buffer.from(bytes).toString("latin1");
  // The index is in front of the sound.
  expect([text.slice(4, 8), text.indexOf("moov") < text.indexOf("mdat")]).toEqual(["ftyp", true]);

  const { page: other } = await visitAs(browser, server.url, await tokenOf(server.url, "Ben"));
  await rowOf(other, "Ada").click();
  await other.getByRole("button", { name: "Play" }).click();
  await until(other, `Number(document.querySelector(".audio-track").getAttribute("aria-valuenow")) >= 1`);
  await other.locator(".waveform").waitFor();
  // Where it ends it is ready to be heard again.
  await other.getByRole("button", { name: "Play" }).waitFor();
});

test("by keys: begun with Enter, canceled with Escape, and nothing is sent", async () => {
  const before = voices().length;
  const page = await visitRoom();
  await recordButton(page).focus();
  await page.keyboard.press("Enter");
  await untilRecorded(page, 1);
  await page.keyboard.press("Escape");
  await composer(page).waitFor();
  expect(await page.evaluate("document.activeElement.tagName")).toBe("TEXTAREA");
  // What is being written has the other button.
  await page.keyboard.type("x");
  await page.getByRole("button", { name: "Send", exact: true }).waitFor();
  await composer(page).fill("");
  await recordButton(page).focus();
  await page.keyboard.press("Enter");
  await untilRecorded(page, 1);
  await page.keyboard.press("Enter");
  await untilVoices(before + 1);
  expect(voices()).toHaveLength(before + 1);
});

test("held, it is sent by letting go, and given up by drawing away", async () => {
  const before = voices().length;
  const page = await visitRoom();
  const box = (await recordButton(page).boundingBox())!;
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await untilRecorded(page, 1);
  await page.mouse.move(x - 200, y, { steps: 5 });
  await recordButton(page).waitFor();
  await page.mouse.up();
  await page.mouse.move(x, y);
  await page.mouse.down();
  await untilRecorded(page, 1);
  await page.mouse.up();
  await untilVoices(before + 1);
  await recordButton(page).waitFor();
  expect(voices()).toHaveLength(before + 1);
});

test("what plays is paused while one records", async () => {
  const page = await visitRoom();
  await page.getByRole("button", { name: "Play" }).first().click();
  await page.getByRole("button", { name: "Pause" }).waitFor();
  await recordButton(page).click();
  await page.getByRole("button", { name: "Pause" }).waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Cancel recording" }).click();
});

test("a microphone that is refused or missing is said plainly", async () => {
  const other = await openBrowser();
  try {
    const page = await visitRoom({}, other);
    await recordButton(page).click();
    await page
      .getByRole("alert")
      .getByText(/^The microphone is blocked|^No microphone was found/)
      .waitFor();
    await page.getByRole("button", { name: "Close", exact: true }).click();
    await composer(page).waitFor();
  } finally {
    await other.close();
  }
});

test("axe finds no violations while one records, on a phone and a desktop", async () => {
  const page = await visitRoom({ viewport: { width: 360, height: 800 }, bypassCSP: true, reducedMotion: "reduce" });
  await recordButton(page).click();
  await untilRecorded(page, 1);
  expect(await faultsInThemes(page)).toEqual([]);
  await page.setViewportSize({ width: 1440, height: 800 });
  expect(await faultsInThemes(page)).toEqual([]);
});
