// Light, dark, or as the system has it. Applied by a script of its own in the page's head, before anything is painted.
import { scoped } from "../state/base.ts";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

export const THEME_KEY = scoped("chat theme");

export const toTheme = (stored: string | null): Theme => THEMES.find((theme) => theme === stored) ?? "system";

export function applyTheme(theme: Theme) {
  const { dataset } = document.documentElement;
  if (theme === "system") delete dataset.theme;
  else dataset.theme = theme;
  // Of the browser's own controls around the page.
  for (const meta of document.querySelectorAll<HTMLMetaElement>("meta[data-scheme]")) {
    const { scheme } = meta.dataset;
    meta.media = theme === "system" ? `(prefers-color-scheme: ${scheme})` : theme === scheme ? "all" : "not all";
  }
}
