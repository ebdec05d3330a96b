// A dialog that any view may open, and that stays when that view goes.
import { signal } from "@preact/signals";
import type { ComponentChild } from "preact";

/** Null while there is none. */
export const openDialog = signal<ComponentChild>(null);

export const closeDialog = () => {
  openDialog.value = null;
};
