// The element that toasts are rendered in. An open dialog makes everything around it inert, so they move into it.
export const toastLayer = document.createElement("div");

/** Moves the toasts into the topmost dialog, or back to the page. */
export function raiseToasts() {
  ([...document.querySelectorAll("dialog[open]")].at(-1) ?? document.body).append(toastLayer);
}
