// Whether somebody is looking at this page: messages are read, and notifications left out, only then.
import { signal } from "@preact/signals";

const isAttended = () => document.visibilityState === "visible" && document.hasFocus();

export const attended = signal(isAttended());

const update = () => {
  attended.value = isAttended();
};
document.addEventListener("visibilitychange", update);
addEventListener("focus", update);
addEventListener("blur", update);
