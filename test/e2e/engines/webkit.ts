// WebKitGTK over WebDriver, in a display without a screen: `apt-get install webkit2gtk-driver xvfb`.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../support/server-process.ts";
import { RECORD_TROUBLES, type Window } from "./window.ts";

const BROWSER = "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser";
// Coming up takes a second or two; now and then it never does, and the next attempt helps.
const START_LIMIT_MS = 8_000;
const ATTEMPTS = 6;
const SCREEN = "1100x760x24";
// How an element is named in WebDriver's answers.
const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";
const KEYS: Record<string, string> = {
  Enter: "\uE007",
  Escape: "\uE00C",
  Shift: "\uE008",
  ArrowUp: "\uE013",
  Home: "\uE011",
};
// Nothing of the internet is to be reached: on this port nothing listens.
const NO_PROXY = {
  http_proxy: "http://127.0.0.1:9",
  https_proxy: "http://127.0.0.1:9",
  no_proxy: "127.0.0.1,localhost",
};

/** Starts a display whose number the server chooses itself, and returns it. */
async function startDisplay() {
  const display = Bun.spawn(["Xvfb", "-displayfd", "1", "-screen", "0", SCREEN, "-nolisten", "tcp"], {
    stdout: "pipe",
    stderr: "ignore",
  });
  for await (const chunk of display.stdout) {
    const number = new TextDecoder().decode(chunk).trim();
    if (number) return { name: `:${number}`, stop: () => display.kill() };
  }
  throw new Error("Xvfb did not start");
}

/** A driver, a display and a browser of its own. */
export async function openWebKit(): Promise<Window> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await openSession();
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
    }
  }
}

async function openSession(): Promise<Window> {
  const [display, port, home] = await Promise.all([startDisplay(), freePort(), mkdtemp(join(tmpdir(), "webkit-"))]);
  const driver = Bun.spawn(["WebKitWebDriver", `--port=${port}`], {
    env: { PATH: process.env.PATH, HOME: home, XDG_RUNTIME_DIR: home, DISPLAY: display.name, ...NO_PROXY },
    stdout: "ignore",
    stderr: "ignore",
  });
  const command = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      signal: AbortSignal.timeout(START_LIMIT_MS),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const { value } = (await answer.json()) as { value: T & { error?: string; message?: string } };
    if (!answer.ok) throw new Error(`${method} ${path}: ${value.error} ${value.message}`);
    return value;
  };
  const stop = async () => {
    driver.kill();
    await driver.exited;
    display.stop();
    await rm(home, { recursive: true, force: true });
  };
  try {
    await isReady(() => command("GET", "/status"));
    const capabilities = {
      alwaysMatch: { "webkitgtk:browserOptions": { binary: process.env.WEBKIT ?? BROWSER, args: ["--automation"] } },
    };
    const { sessionId } = await command<{ sessionId: string }>("POST", "/session", { capabilities });
    return windowOf((method, path, body) => command(method, `/session/${sessionId}${path}`, body), stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

type Command = <T>(method: string, path: string, body?: unknown) => Promise<T>;

function windowOf(command: Command, stop: () => Promise<void>): Window {
  const evaluate = <T>(expression: string) =>
    command<T>("POST", "/execute/sync", { script: `return (${expression})`, args: [] });
  const keys = (actions: { type: "keyDown" | "keyUp"; value: string }[]) =>
    command<void>("POST", "/actions", { actions: [{ type: "key", id: "keyboard", actions }] });
  return {
    async open(url) {
      await command("POST", "/url", { url });
      // WebDriver has no hook before a page's own scripts; what they throw while they load shows in the page that stays empty.
      await evaluate(RECORD_TROUBLES);
    },
    evaluate,
    async click(selector) {
      const element = await command<Record<string, string>>("POST", "/element", {
        using: "css selector",
        value: selector,
      });
      await command("POST", `/element/${element[ELEMENT]}/click`, {});
    },
    type: (text) =>
      keys(
        [...text].flatMap((value) => [
          { type: "keyDown", value },
          { type: "keyUp", value },
        ]),
      ),
    async press(...names) {
      const values = names.map((name) => KEYS[name] ?? name);
      await keys([
        ...values.map((value) => ({ type: "keyDown" as const, value })),
        ...values.reverse().map((value) => ({ type: "keyUp" as const, value })),
      ]);
    },
    troubles: () => evaluate("window.troubles"),
    async close() {
      await command("DELETE", "").catch(() => {});
      await stop();
    },
  };
}

async function isReady(ask: () => Promise<unknown>) {
  for (const end = Date.now() + START_LIMIT_MS; ; await Bun.sleep(50)) {
    try {
      return await ask();
    } catch (error) {
      if (Date.now() > end) throw error;
    }
  }
}
