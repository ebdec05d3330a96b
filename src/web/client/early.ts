// Runs before the page is painted, as a classic script that blocks it: keep it small.
import { applyTheme, THEME_KEY, toTheme } from "./lib/theme.ts";

try {
  applyTheme(toTheme(localStorage.getItem(THEME_KEY)));
} catch {
  // The storage is forbidden.
}
