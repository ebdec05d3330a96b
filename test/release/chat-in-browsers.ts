// From nothing to a chat: two people sign up in browsers of their own, become friends, and one writes to the other.
import { expect } from "bun:test";
import { openBrowser, visit } from "../e2e/browser.ts";
import { composer, find, messageOf, rowOf, send, showList, signUp } from "../e2e/steps.ts";

export async function chatInBrowsers(url: string, text: string): Promise<void> {
  const browser = await openBrowser();
  try {
    const [ann, ben] = [await visit(browser, url), await visit(browser, url)];
    await signUp(ann.page, "Ann");
    await signUp(ben.page, "Ben");
    const row = await find(ann.page, "Ben");
    await row.getByRole("button", { name: "Actions for Ben" }).click();
    await ann.page.getByRole("menuitem", { name: "Add friend" }).click();
    await showList(ben.page, "People");
    await ben.page.getByRole("button", { name: "Accept friend request from Ann" }).click();
    await (await find(ann.page, "Ben")).getByRole("button", { name: "Message Ben" }).click();
    await composer(ann.page).waitFor();
    await send(ann.page, text);
    await showList(ben.page, "Chats");
    await rowOf(ben.page, "Ann").click();
    await messageOf(ben.page, text).waitFor();
    expect([...ann.troubles, ...ben.troubles]).toEqual([]);
  } finally {
    await browser.close();
  }
}
