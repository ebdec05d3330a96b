// `bun run bench:web`: how fast the web client is in Chromium, printed as a table. It takes about eight minutes; with names such as
// `history,jump` behind it, it measures these alone.
import type { Page } from "playwright-core";
import { table } from "../bench/report.ts";
import { median, percentile } from "../bench/round.ts";
import { makeConversations, storeMessages } from "../bench/seed.ts";
import { Server } from "../bench/subjects.ts";
import { imageOf } from "../support/images.ts";
import { launchBrowser, until, visit, visitAs } from "./browser.ts";
import { upload } from "./files.ts";
import { befriend, register, tokenOf } from "./people.ts";

const ROUNDS = 5;
const SLOWDOWN = 4;
const LONG_HISTORY = 100_000;
const LIVE_RATE = 100;
const LIVE_SECONDS = 15;
const IMAGES = 50;

const rows: string[][] = [["what", "measured", "bar"]];
const note = (what: string, measured: string, bar = "") => {
  rows.push([what, measured, bar]);
  console.log(`${what}: ${measured}${bar && ` (${bar})`}`);
};
const sorted = (values: number[]) => values.toSorted((a, b) => a - b);

/** Collects in the page what took the main thread for more than 50 ms, and how long each key press took to be seen. */
const WATCH = `
  window.longTasks = [];
  new PerformanceObserver((list) => { for (const { duration } of list.getEntries()) window.longTasks.push(duration); })
    .observe({ type: "longtask", buffered: true });
  window.presses = [];
  new PerformanceObserver((list) => {
    for (const { name, duration } of list.getEntries()) if (name === "keydown") window.presses.push(duration);
  }).observe({ type: "event", durationThreshold: 16, buffered: true });`;

async function slowDown(page: Page, rate: number) {
  const session = await page.context().newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate });
}

const longTasks = (page: Page) => page.evaluate<number[]>("window.longTasks.splice(0)");
const worst = (tasks: number[]) => (tasks.length === 0 ? "none over 50 ms" : `${Math.max(...tasks).toFixed(0)} ms`);

const server = await Server.start("web");
const browser = await launchBrowser();
const [ada, bob] = [await register(server.url, "Ada"), await register(server.url, "Bob")];

/** What comes over the wire. */
async function measureDownload() {
  for (const encoding of ["br", "gzip"]) {
    const get = async (path: string) => {
      const answer = await fetch(server.url + path, { headers: { "accept-encoding": encoding }, decompress: false });
      return (await answer.bytes()).byteLength;
    };
    const page = await (await fetch(`${server.url}/`)).text();
    const paths = [...page.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path]) => path!);
    const script = paths.find((path) => path.endsWith(".js"))!;
    const style = paths.find((path) => path.endsWith(".css"))!;
    note(
      `first load, ${encoding}`,
      `${((await get(script)) / 1000).toFixed(1)} KB of script, ${((await get(style)) / 1000).toFixed(1)} KB of style, ${((await get("/")) / 1000).toFixed(1)} KB of page`,
      "script under 60 KB",
    );
  }
}

/** From nothing to something that can be used. */
async function measureStart() {
  for (const rate of [1, SLOWDOWN]) {
    const times = { login: [] as number[], chats: [] as number[] };
    for (let round = 0; round < ROUNDS; round++) {
      for (const what of ["login", "chats"] as const) {
        const { page, context } =
          what === "login"
            ? await visit(browser, server.url)
            : await visitAs(browser, server.url, await tokenOf(server.url, "Ada"));
        await page.goto("about:blank");
        await slowDown(page, rate);
        // Interactive: it is there, and the main thread is free to answer.
        await page.addInitScript(`
          ${WATCH}
          const there = ${JSON.stringify(what === "login" ? ".sign-in input" : ".tabs a")};
          new MutationObserver((_, observer) => {
            if (!document.querySelector(there)) return;
            observer.disconnect();
            requestAnimationFrame(() => setTimeout(() => { window.usableAt = performance.now(); }));
          }).observe(document, { childList: true, subtree: true });`);
        await page.goto("/");
        await until(page, "window.usableAt");
        times[what].push(await page.evaluate<number>("window.usableAt"));
        await context.close();
      }
    }
    const cpu = rate === 1 ? "" : `, processor ${rate} times slower`;
    note(`login page usable${cpu}`, `${median(times.login).toFixed(0)} ms`, rate === 1 ? "" : "under 1,000 ms");
    note(`chats usable${cpu}`, `${median(times.chats).toFixed(0)} ms`, rate === 1 ? "" : "under 1,000 ms");
  }
}

let longChat: Promise<number> | undefined;

/** The conversation of a user named Long with very many messages. */
function openLongChat(): Promise<number> {
  longChat ??= (async () => {
    const [one, other] = [await register(server.url, "Long"), await register(server.url, "History")];
    const [id] = await makeConversations(server, [[one, other]]);
    await storeMessages(server, [id!], LONG_HISTORY);
    one.chat.close();
    other.chat.close();
    return id!;
  })();
  return longChat;
}

/** A long history, read back to its beginning. */
async function measureHistory() {
  const id = await openLongChat();
  const { page, context } = await visitAs(browser, server.url, await tokenOf(server.url, "Long"));
  await page.addInitScript(WATCH);
  await page.goto(`/#/conversation/${id}`);
  await page.reload();
  await page.locator(".message").first().waitFor();
  await page.waitForTimeout(1_000);
  await longTasks(page);

  // With a wheel, as one does.
  await page.locator(".messages").hover();
  const frames = page.evaluate<number[]>(`new Promise((resolve) => {
    const gaps = []; let last = performance.now();
    const next = (now) => { gaps.push(now - last); last = now; gaps.length < 600 ? requestAnimationFrame(next) : resolve(gaps); };
    requestAnimationFrame(next);
  })`);
  for (let turn = 0; turn < 200; turn++) {
    await page.mouse.wheel(0, -700);
    await page.waitForTimeout(40);
  }
  const gaps = await frames;
  note("scrolling back with a wheel: longest task", worst(await longTasks(page)), "none over 100 ms");
  note(
    "the same: frames",
    `p50 ${percentile(sorted(gaps), 0.5).toFixed(0)}, p99 ${percentile(sorted(gaps), 0.99).toFixed(0)} ms`,
  );

  // As fast as the server gives, to the very first message.
  const started = performance.now();
  await page.evaluate(`new Promise((resolve) => {
    const list = document.querySelector(".messages");
    const timer = setInterval(() => {
      list.scrollTop = 0;
      if (list.textContent.includes("This is the beginning of the chat.")) { clearInterval(timer); resolve(); }
    }, 10);
  })`);
  const seconds = (performance.now() - started) / 1000;
  note(
    `${LONG_HISTORY.toLocaleString("en")} messages to the first in ${seconds.toFixed(0)} s: longest task`,
    worst(await longTasks(page)),
    "none over 100 ms",
  );
  const heap = await page.evaluate<number>("performance.memory.usedJSHeapSize");
  note("the same: memory of the page", `${(heap / 1048576).toFixed(0)} MiB`);
  const shown = await page.locator(".message").count();
  note("the same: messages that are drawn", String(shown));
  await page.getByRole("button", { name: "Scroll to latest message" }).click();
  await page.waitForTimeout(500);
  note("back to the newest: longest task", worst(await longTasks(page)), "none over 100 ms");
  await context.close();
}

/** To a message in the middle of a long history: from the open chat, and by a link from nothing. */
async function measureJump() {
  const id = await openLongChat();
  const token = await tokenOf(server.url, "Long");
  const response = await fetch(`${server.url}/messages/${id}?limit=1&page=${LONG_HISTORY / 2}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const { data } = (await response.json()) as { data: { id: number }[] };
  const link = `#/conversation/${id}/m/${data[0]!.id}`;
  const isThere = "document.querySelector('.message[data-found]')";
  for (const rate of [1, SLOWDOWN]) {
    const times = { open: [] as number[], link: [] as number[] };
    for (let round = 0; round < ROUNDS; round++) {
      const open = await visitAs(browser, server.url, token);
      await open.page.goto(`/#/conversation/${id}`);
      await open.page.locator(".message").first().waitFor();
      await open.page.waitForTimeout(500);
      await slowDown(open.page, rate);
      times.open.push(
        await open.page.evaluate<number>(`new Promise((resolve) => {
          const started = performance.now();
          const check = () =>
            ${isThere}
              ? requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - started)))
              : requestAnimationFrame(check);
          location.hash = ${JSON.stringify(link)};
          check();
        })`),
      );
      await open.context.close();

      const linked = await visitAs(browser, server.url, token);
      await linked.page.goto("about:blank");
      await slowDown(linked.page, rate);
      await linked.page.addInitScript(`
        new MutationObserver((_, observer) => {
          if (!${isThere}) return;
          observer.disconnect();
          requestAnimationFrame(() => setTimeout(() => { window.shownAt = performance.now(); }));
        }).observe(document, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-found"] });`);
      await linked.page.goto(`/${link}`);
      await until(linked.page, "window.shownAt");
      times.link.push(await linked.page.evaluate<number>("window.shownAt"));
      await linked.context.close();
    }
    const cpu = rate === 1 ? "" : `, processor ${rate} times slower`;
    const middle = `the middle of ${LONG_HISTORY.toLocaleString("en")} messages`;
    note(`jump to ${middle}: shown${cpu}`, `${median(times.open).toFixed(0)} ms`, rate === 1 ? "under 500 ms" : "");
    note(`a link to ${middle}, from nothing: shown${cpu}`, `${median(times.link).toFixed(0)} ms`, "under 1,000 ms");
  }
}

/** Typing while much comes in. */
async function measureTyping() {
  const room = await bob.chat.openConversation(ada.id);
  for (const rate of [1, SLOWDOWN]) {
    const { page, context } = await visitAs(browser, server.url, await tokenOf(server.url, "Ada"));
    await page.addInitScript(WATCH);
    await page.goto(`/#/conversation/${room.id}`);
    await page.reload();
    await page.getByRole("textbox", { name: "Message" }).waitFor();
    await page.waitForTimeout(500);
    await slowDown(page, rate);
    await longTasks(page);
    await page.evaluate("window.presses.splice(0)");
    let sent = 0;
    const started = performance.now();
    const timer = setInterval(() => {
      const due = Math.min(((performance.now() - started) / 1000) * LIVE_RATE, LIVE_RATE * LIVE_SECONDS);
      for (; sent < due; sent++) room.send(`Message ${sent} of many that come in while somebody types, ${rate}`);
    }, 10);
    const text = "the quick brown fox jumps over the lazy dog ";
    let typed = 0;
    while (performance.now() - started < LIVE_SECONDS * 1000) {
      await page.keyboard.type(text[typed++ % text.length]!);
      await page.waitForTimeout(60);
    }
    clearInterval(timer);
    await page
      .locator(".message", { hasText: `Message ${LIVE_RATE * LIVE_SECONDS - 1} of many` })
      .waitFor({ timeout: 30_000 });
    const presses = await page.evaluate<number[]>("window.presses.splice(0)");
    // Those below 16 ms are not reported; they were the rest.
    const all = [...presses, ...Array<number>(Math.max(0, typed - presses.length)).fill(16)];
    const cpu = rate === 1 ? "" : `, processor ${rate} times slower`;
    note(
      `typing while ${LIVE_RATE} messages a second come${cpu}: key to screen`,
      `p50 ${percentile(sorted(all), 0.5).toFixed(0)}, p99 ${percentile(sorted(all), 0.99).toFixed(0)} ms`,
      "smooth",
    );
    note(`the same${cpu}: longest task`, worst(await longTasks(page)), rate === 1 ? "none over 100 ms" : "");
    await context.close();
  }
}

/** A room of images, scrolled through for the first time: all of them are loaded and decoded meanwhile. */
async function measureImages() {
  const [one, other] = [await register(server.url, "Photo"), await register(server.url, "Album")];
  await befriend(one, other);
  const room = await one.chat.openConversation(other.id);
  room.subscribe(() => {});
  for (let index = 0; index < IMAGES; index++) {
    // Upright and lying, and no two the same.
    const [width, height] = index % 3 === 0 ? [1500 + index, 2000] : [2000 + index, 1500];
    const bytes = await imageOf("jpeg", width, height);
    const image = await upload(server.url, one, bytes, `${index}.jpg`, { kind: "image" });
    room.send(index % 2 === 0 ? "" : `Image ${index}`, { attachments: [image] });
  }
  while (room.getSnapshot().messages.some(({ id }) => id === null)) await Bun.sleep(10);
  for (const rate of [1, SLOWDOWN]) {
    const { page, context } = await visitAs(browser, server.url, await tokenOf(server.url, "Album"), {
      viewport: { width: 1280, height: 900 },
    });
    await page.addInitScript(WATCH);
    await page.goto(`/#/${room.key.replace(":", "/")}`);
    await page.reload();
    await page.locator(".tile").first().waitFor();
    await page.waitForTimeout(1_000);
    await slowDown(page, rate);
    await longTasks(page);
    await page.locator(".messages").hover();
    const shown = () => page.evaluate<number>(`document.querySelectorAll(".tile img[data-is-loaded=true]").length`);
    for (const way of [1, -1])
      for (let turn = 0; turn < IMAGES * 2; turn++) {
        await page.mouse.wheel(0, way * 300);
        await page.waitForTimeout(40);
      }
    const cpu = rate === 1 ? "" : `, processor ${rate} times slower`;
    note(
      `${await shown()} of ${IMAGES} images scrolled through${cpu}: longest task`,
      worst(await longTasks(page)),
      rate === 1 ? "none over 100 ms" : "",
    );
    await context.close();
  }
  for (const { chat } of [one, other]) chat.close();
}

try {
  const measures = {
    download: measureDownload,
    start: measureStart,
    history: measureHistory,
    jump: measureJump,
    typing: measureTyping,
    images: measureImages,
  };
  const wanted = process.argv[2]?.split(",");
  for (const [name, measure] of Object.entries(measures)) if (!wanted || wanted.includes(name)) await measure();
} finally {
  for (const { chat } of [ada, bob]) chat.close();
  await browser.close();
  await server.end();
}
console.log(`\n${table(rows)}`);
