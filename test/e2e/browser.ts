// A real browser with the web client in it: Chromium, without a screen.
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { PATIENCE_MS } from "../support/patience.ts";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** The browser of the system: the one that `CHROMIUM` names, or as Debian installs it. */
export const launchBrowser = (flags: readonly string[] = []): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    headless: true,
    args: [...FLAGS, ...flags],
  });

let shared: Promise<Browser> | null = null;

/** The one that all files of a process use, one after the other; whoever closes it leaves it empty. With flags, one of the file's own. */
export async function openBrowser(flags: readonly string[] = []): Promise<Browser> {
  if (flags.length > 0) return launchBrowser(flags);
  shared ??= launchBrowser().then((browser) => {
    browser.once("disconnected", () => {
      shared = null;
    });
    browser.close = async () => void (await Promise.all(browser.contexts().map((context) => context.close())));
    return browser;
  });
  return shared;
}

/** What a page is not to do: throw, break its own security policy, ask another server for anything. */
export function watch(page: Page, origin: string): string[] {
  const troubles: string[] = [];
  page.on("pageerror", (error) => troubles.push(String(error)));
  page.on("console", (message) => {
    // That the server is away, and that it refuses, the browser reports as errors of the network.
    if (message.type() === "error" && !/Failed to load resource|WebSocket connection/.test(message.text()))
      troubles.push(message.text());
  });
  page.on("request", (request) => {
    if (/^(https?|wss?):/.test(request.url()) && new URL(request.url()).host !== new URL(origin).host)
      troubles.push(`asked for ${request.url()}`);
  });
  return troubles;
}

/** Waits until something holds in the page. (Playwright's own way would need what the page's policy forbids.) */
export async function until(page: Page, expression: string, timeoutMs = PATIENCE_MS) {
  for (const end = Date.now() + timeoutMs; !(await page.evaluate(expression)); await page.waitForTimeout(20))
    if (Date.now() > end) throw new Error(`It never came to be that ${expression}`);
}

export interface Visit {
  context: BrowserContext;
  page: Page;
  troubles: string[];
}

/** A browser of somebody's own, with nothing in it yet. */
export async function visit(browser: Browser, origin: string, options: BrowserContextOptions = {}): Promise<Visit> {
  const context = await browser.newContext({
    baseURL: origin,
    locale: "en-GB",
    timezoneId: "Europe/Paris",
    ...options,
  });
  const page = await context.newPage();
  context.setDefaultTimeout(PATIENCE_MS);
  const troubles = watch(page, origin);
  return { context, page, troubles };
}

/** Opens the client as somebody who has logged in before. */
export async function visitAs(
  browser: Browser,
  origin: string,
  token: string,
  options: BrowserContextOptions = {},
): Promise<Visit> {
  const visited = await visit(browser, origin, options);
  await visited.context.addInitScript(
    ([key, value]) => {
      if (!sessionStorage.getItem("begun")) {
        sessionStorage.setItem("begun", "1");
        localStorage.setItem(key!, value!);
      }
    },
    ["chat token", token],
  );
  await visited.page.goto("/");
  return visited;
}
