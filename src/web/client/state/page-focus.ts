// Whether the page is visible and focused. Only then are messages marked as read and notifications left out.
import { signal } from "@preact/signals";

const readFocus = () => document.visibilityState === "visible" && document.hasFocus();

export const isPageFocused = signal(readFocus());

const update = () => {
  isPageFocused.value = readFocus();
};
document.addEventListener("visibilitychange", update);
addEventListener("focus", update);
addEventListener("blur", update);
