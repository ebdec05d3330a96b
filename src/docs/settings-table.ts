// The table of settings in docs/operations.md, made of the schema that reads them. `bun run docs:settings` writes it there.
import { join } from "node:path";
import type { TProperties } from "@sinclair/typebox";
import { Settings } from "../config.ts";

const PAGE = join(import.meta.dir, "../../docs/operations.md");
const HEAD = "| setting | default | what it does |\n|---|---|---|\n";

export function settingsTable(): string {
  const rows = Object.entries(Settings.properties as TProperties).map(([name, { default: value, description }]) => {
    const shown = value === undefined || value === "" ? "" : `\`${value}\``;
    return `| \`${name}\` | ${shown} | ${description} |`;
  });
  return `${HEAD}${rows.join("\n")}\n`;
}

/** The page with the table in place of the one that it has. */
export function withSettings(page: string): string {
  const start = page.indexOf(HEAD);
  const end = page.indexOf("\n\n", start) + 1;
  if (start < 0 || end === 0) throw new Error("docs/operations.md has no table of settings.");
  return page.slice(0, start) + settingsTable() + page.slice(end);
}

if (import.meta.main) await Bun.write(PAGE, withSettings(await Bun.file(PAGE).text()));
