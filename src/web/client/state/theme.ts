// The theme that this device has chosen, the same in all tabs.
import { signal } from "@preact/signals";
import { applyTheme, THEME_KEY, type Theme, toTheme } from "../lib/theme.ts";
import { storage } from "./storage.ts";

export const theme = signal(toTheme(storage.getItem(THEME_KEY)));

export function setTheme(chosen: Theme) {
  if (chosen === "system") storage.removeItem(THEME_KEY);
  else storage.setItem(THEME_KEY, chosen);
  show(chosen);
}

/** Follows what other tabs choose. */
export function startTheme() {
  window.addEventListener("storage", ({ key, newValue }) => {
    // Null when all of the storage was cleared.
    if (key === THEME_KEY || key === null) show(toTheme(newValue));
  });
}

function show(chosen: Theme) {
  theme.value = chosen;
  applyTheme(chosen);
}
