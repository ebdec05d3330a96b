import { signal } from "@preact/signals";

/** Whether the list of keyboard shortcuts is open. */
export const isHelpOpen = signal(false);
