// The tables of docs/protocol.md that repeat what is declared in code. `bun run docs:protocol` writes them there; a test fails
// while the page says anything else.

import { CLOSES, LIMITS } from "../asyncapi/texts.ts";
import { GUIDE_PATH } from "./guide.ts";

const TABLES: Record<string, () => string> = {
  limits: () =>
    tableOf(
      ["what", "bound", "past it"],
      LIMITS.map(({ what, bound, past }) => [what, bound, past]),
    ),
  "close codes": () =>
    tableOf(
      ["code", "reason", "what it means", "what to do"],
      CLOSES.map(({ code, reason, meaning, action }) => [
        String(code),
        reason ? `\`${reason}\`` : "none",
        meaning,
        action,
      ]),
    ),
};

const tableOf = (head: string[], rows: string[][]) =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");

/** The page with each table, between `<!-- generated: name -->` and `<!-- end -->`, as it is now. Throws for an unknown name. */
export const withTables = (page: string) =>
  page.replaceAll(/^(<!-- generated: (.+) -->\n\n)[\s\S]*?(\n\n<!-- end -->)$/gm, (_, start, name, end) => {
    const table = TABLES[name];
    if (!table) throw new Error(`docs/protocol.md wants a table "${name}", which is not known.`);
    return start + table() + end;
  });

if (import.meta.main) await Bun.write(GUIDE_PATH, withTables(await Bun.file(GUIDE_PATH).text()));
