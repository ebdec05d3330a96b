// What the browser knows: whether somebody is looking at this page (messages are read, and notifications left out, only
// then), and whether there is a network at all.
import { signal } from "@preact/signals";

const isAttended = () => document.visibilityState === "visible" && document.hasFocus();

export const attended = signal(isAttended());

const update = () => {
  attended.value = isAttended();
};
document.addEventListener("visibilitychange", update);
addEventListener("focus", update);
addEventListener("blur", update);

export const hasNetwork = signal(navigator.onLine);
const updateNetwork = () => {
  hasNetwork.value = navigator.onLine;
};
addEventListener("online", updateNetwork);
addEventListener("offline", updateNetwork);
