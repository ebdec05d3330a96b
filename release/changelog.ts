// CHANGELOG.md in the form of Keep a Changelog: what was changed since the last version becomes a version of its own.
import { join } from "node:path";

const UNRELEASED = "## Unreleased";
const HEADING = /^## (?:(\d+\.\d+\.\d+(?:-[\w.]+)?)(?: \((\d{4}-\d{2}-\d{2})\))?|Unreleased)$/;

/** The headings of the second level, in order: a version, or null for what is unreleased. Throws for any other. */
export function versionsOf(changelog: string): (string | null)[] {
  return changelog
    .split("\n")
    .filter((line) => line.startsWith("## "))
    .map((line) => {
      const match = HEADING.exec(line);
      if (!match) throw new Error(`CHANGELOG.md: "${line}" is neither a version nor "${UNRELEASED}"`);
      return match[1] ?? null;
    });
}

/** What stands below a version's heading, or below Unreleased. */
export function notesOf(changelog: string, version: string | null): string {
  const parts = changelog.split(/^(?=## )/m);
  const part = parts.find(
    (text) => HEADING.exec(text.split("\n", 1)[0]!)?.[1] === (version ?? undefined) && text.startsWith("## "),
  );
  return part?.slice(part.indexOf("\n") + 1).trim() ?? "";
}

/** The changelog with all that is unreleased under a new version. Throws when there is nothing. */
export function releaseNotes(changelog: string, version: string, date: string): string {
  if (versionsOf(changelog).includes(version)) throw new Error(`CHANGELOG.md has ${version} already`);
  if (notesOf(changelog, null) === "") throw new Error(`CHANGELOG.md has nothing under "${UNRELEASED}"`);
  return changelog.replace(`${UNRELEASED}\n`, `${UNRELEASED}\n\n## ${version} (${date})\n`);
}

if (import.meta.main) {
  const changelog = await Bun.file(join(import.meta.dir, "../CHANGELOG.md")).text();
  console.log(notesOf(changelog, process.argv[2] ?? null));
}
