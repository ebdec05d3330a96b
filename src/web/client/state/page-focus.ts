// Whether somebody is looking at this page: messages are read, and notifications left out, only then.
import { signal } from "@preact/signals";

const readFocus = () => document.visibilityState === "visible" && document.hasFocus();

export const isPageFocused = signal(readFocus());

const update = () => {
  isPageFocused.value = readFocus();
};
document.addEventListener("visibilitychange", update);
addEventListener("focus", update);
addEventListener("blur", update);
