// The element that toasts are drawn in. A window that is open makes all around it inert, so they move into it.
export const toastLayer = document.createElement("div");

/** Puts the toasts into the topmost window, or back on the page. */
export function raiseToasts() {
  ([...document.querySelectorAll("dialog[open]")].at(-1) ?? document.body).append(toastLayer);
}
