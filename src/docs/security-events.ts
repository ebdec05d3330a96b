// The table of security events in docs/security.md, made of the list that logs them. `bun run docs:security` writes it there.
import { join } from "node:path";
import { isCausedByAnybody, SECURITY_EVENTS, type SecurityEvent } from "../lib/security-log.ts";

const PAGE = join(import.meta.dir, "../../docs/security.md");
const HEAD = "| event | level | says that |\n|---|---|---|\n";

function eventsTable(): string {
  const rows = Object.entries(SECURITY_EVENTS).map(
    ([event, says]) => `| \`${event}\` | ${isCausedByAnybody(event as SecurityEvent) ? "warn" : "info"} | ${says} |`,
  );
  return `${HEAD}${rows.join("\n")}\n`;
}

/** The page with the table in place of the one that it has. */
export function withEvents(page: string): string {
  const start = page.indexOf(HEAD);
  const end = page.indexOf("\n\n", start) + 1;
  if (start < 0 || end === 0) throw new Error("docs/security.md has no table of events.");
  return page.slice(0, start) + eventsTable() + page.slice(end);
}

if (import.meta.main) await Bun.write(PAGE, withEvents(await Bun.file(PAGE).text()));
