// Firefox over WebDriver BiDi: `apt-get install firefox-esr`, or the one that `FIREFOX` names.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import puppeteer, { type KeyInput } from "puppeteer-core";
import { RECORD_TROUBLES, type Window } from "./window.ts";

// A port on which nothing listens: whatever the browser wants of the internet fails at once.
const CLOSED_PORT = 9;
// Fine pointer and hover: without a screen Firefox believes that it has neither.
const MOUSE = 6;

const PREFERENCES = {
  "network.proxy.type": 1,
  "network.proxy.http": "127.0.0.1",
  "network.proxy.http_port": CLOSED_PORT,
  "network.proxy.ssl": "127.0.0.1",
  "network.proxy.ssl_port": CLOSED_PORT,
  "network.proxy.no_proxies_on": "127.0.0.1, localhost",
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "toolkit.telemetry.enabled": false,
  "services.settings.server": "http://127.0.0.1:9/",
  "browser.safebrowsing.malware.enabled": false,
  "browser.safebrowsing.phishing.enabled": false,
  "app.update.enabled": false,
  "ui.primaryPointerCapabilities": MOUSE,
  "ui.allPointerCapabilities": MOUSE,
};

/** A process of its own: of two windows of one only one has the focus. */
export async function openFirefox(): Promise<Window> {
  const home = await mkdtemp(join(tmpdir(), "firefox-"));
  const browser = await puppeteer.launch({
    browser: "firefox",
    executablePath: process.env.FIREFOX ?? "/usr/bin/firefox-esr",
    headless: true,
    extraPrefsFirefox: PREFERENCES,
    env: { PATH: process.env.PATH, HOME: home },
  });
  const page = await browser.newPage();
  await page.setViewport({ width: 1100, height: 760 });
  await page.evaluateOnNewDocument(RECORD_TROUBLES);
  return {
    open: async (url) => void (await page.goto(url)),
    evaluate: <T>(expression: string) => page.evaluate(expression) as Promise<T>,
    click: (selector) => page.click(selector),
    type: (text) => page.keyboard.type(text),
    async press(...keys) {
      const last = keys.at(-1) as KeyInput;
      const held = keys.slice(0, -1) as KeyInput[];
      for (const key of held) await page.keyboard.down(key);
      await page.keyboard.press(last);
      for (const key of held.reverse()) await page.keyboard.up(key);
    },
    troubles: () => page.evaluate("window.troubles") as Promise<string[]>,
    async close() {
      await browser.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}
