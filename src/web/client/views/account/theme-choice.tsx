// Light, dark, or as the system has it.
import { THEMES, type Theme } from "../../lib/theme.ts";
import { setTheme, theme } from "../../state/theme.ts";

const LABELS: Record<Theme, string> = { system: "System", light: "Light", dark: "Dark" };

export const ThemeChoice = () => (
  <fieldset class="segments">
    <legend>Theme</legend>
    <div>
      {THEMES.map((name) => (
        <label key={name}>
          <input type="radio" name="theme" checked={theme.value === name} onChange={() => setTheme(name)} />
          <span>{LABELS[name]}</span>
        </label>
      ))}
    </div>
  </fieldset>
);
