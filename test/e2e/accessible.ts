// What axe finds in a page. What differs between the themes is colours alone, and what differs between widths is the layout, so that a
// state is looked at once in full, and once more for what the other theme or width changes.
import { expect } from "bun:test";
import axe from "axe-core";
import type { Page } from "playwright-core";

/** Every state in every theme and at every width: minutes longer, with the same findings as long as nothing depends on both. */
export const IS_ALL = process.env.E2E_ALL === "1";

/** In sentences, in the theme and at the width that the page has. */
export async function faultsOf(page: Page, rules?: string[]): Promise<string[]> {
  if (!(await page.evaluate<boolean>("'axe' in window"))) await page.evaluate(axe.source);
  const options: axe.RunOptions = { resultTypes: ["violations"], ...(rules && { runOnly: rules }) };
  const { violations } = await page.evaluate<axe.AxeResults>(`axe.run(document, ${JSON.stringify(options)})`);
  return violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join("\n")}`,
  );
}

/** In its own theme and, as to colours, in the other one; it has its own again in the end. */
export async function faultsInThemes(page: Page): Promise<string[]> {
  const found = await faultsOf(page);
  const scheme = await page.evaluate<"light" | "dark">(
    "matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'",
  );
  await page.emulateMedia({ colorScheme: scheme === "dark" ? "light" : "dark" });
  await page.evaluate("document.getAnimations().forEach((one) => one instanceof CSSTransition && one.finish())");
  const others = await faultsOf(page, ["color-contrast"]);
  await page.emulateMedia({ colorScheme: scheme });
  return [...found, ...others.map((fault) => `in the other theme, ${fault}`)];
}

export async function expectAccessible(page: Page) {
  expect(await faultsOf(page)).toEqual([]);
}
