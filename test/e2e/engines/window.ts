// What the smoke suite does in a browser of any engine: one window of one person. Keys and clicks are the engine's own, so that
// what it makes of them is what a person would get.

import { PATIENCE_MS } from "../../support/patience.ts";

export interface Window {
  open(url: string): Promise<void>;
  /** What the expression is in the page; JSON values only. */
  evaluate<T>(expression: string): Promise<T>;
  /** Clicks in the middle of the first element that fits. */
  click(selector: string): Promise<void>;
  /** Types into whatever has the focus. */
  type(text: string): Promise<void>;
  /** Presses keys at once, by their names on the web (`Shift`, `Enter`). */
  press(...keys: string[]): Promise<void>;
  /** Errors that the page did not catch and violations of its policy. */
  troubles(): Promise<string[]>;
  close(): Promise<void>;
}

/** Waits until it holds. */
export async function eventually(holds: () => boolean | Promise<boolean>, what = String(holds)) {
  for (const end = Date.now() + PATIENCE_MS; !(await holds()); await Bun.sleep(30))
    if (Date.now() > end) throw new Error(`not true within ${PATIENCE_MS} ms: ${what}`);
}

/** Waits until the expression is true in the page. */
export const until = (window: Window, expression: string) =>
  eventually(() => window.evaluate<boolean>(`Boolean(${expression})`), expression);

/** Waits for an element, then clicks it. */
export async function click(window: Window, selector: string) {
  await until(window, `document.querySelector(${JSON.stringify(selector)})`);
  await window.click(selector);
}

/** Run in every page as it loads: keeps what `troubles` returns. */
export const RECORD_TROUBLES = `(() => {
  const troubles = (window.troubles = []);
  addEventListener("error", (event) => troubles.push(String(event.message)));
  addEventListener("unhandledrejection", (event) => troubles.push(String(event.reason)));
  addEventListener("securitypolicyviolation", (event) => troubles.push(event.violatedDirective + " " + event.blockedURI));
})()`;
