// What is shipped of others, under which licences: the packages that the server's own need, and what comes as programs. Fails for a
// licence that nobody has looked at.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import satisfies from "spdx-satisfies";
import { NATIVE_PARTS, RELINKING } from "./native-parts.ts";
import { ROOT } from "./targets.ts";

/** Licences that let a program be given away with its notices, and ask nothing of what it is shipped with. */
export const ALLOWED = [
  "0BSD",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "BlueOak-1.0.0",
  "ISC",
  "MIT",
  "MIT-0",
  // Of its own files alone; their source is the package.
  "MPL-2.0",
  "Unlicense",
];

export interface Package {
  name: string;
  version: string;
  /** As an SPDX expression; empty when it names none. */
  license: string;
  author: string;
  dir: string;
}

interface Manifest {
  name: string;
  version: string;
  license?: string | { type: string };
  licenses?: { type: string }[];
  author?: string | { name: string };
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

const readManifest = (dir: string): Manifest => JSON.parse(readFileSync(join(dir, "package.json"), "utf8"));

/** All packages that an installation without those for development has, by name. */
export function productionPackages(root = ROOT): Package[] {
  const found = new Map<string, Package>();
  const visit = (from: string, name: string) => {
    const dir = resolvePackage(from, name);
    // Of optional ones for other platforms there is nothing here.
    if (dir === null || found.has(dir)) return;
    const manifest = readManifest(dir);
    found.set(dir, { name, version: manifest.version, license: licenseOf(manifest), author: authorOf(manifest), dir });
    for (const needed of namesOf(manifest)) visit(dir, needed);
  };
  for (const name of namesOf(readManifest(root))) visit(root, name);
  return [...found.values()].sort((a, b) => a.name.localeCompare(b.name) || a.version.localeCompare(b.version));
}

const namesOf = ({ dependencies, optionalDependencies }: Manifest) =>
  Object.keys({ ...dependencies, ...optionalDependencies });

/** As Node looks packages up. */
function resolvePackage(from: string, name: string): string | null {
  for (let dir = from; ; dir = dirname(dir)) {
    const place = join(dir, "node_modules", name);
    if (existsSync(join(place, "package.json"))) return place;
    if (dir === dirname(dir)) return null;
  }
}

function licenseOf({ license, licenses }: Manifest): string {
  if (typeof license === "string") return license;
  return license?.type ?? licenses?.map(({ type }) => type).join(" OR ") ?? "";
}

const authorOf = ({ author, name }: Manifest): string =>
  (typeof author === "string" ? author : author?.name) ?? `the authors of ${name}`;

/** Whether what an SPDX expression asks for can be met by allowed licences alone. False for what is none. */
export function isAllowed(license: string): boolean {
  try {
    return satisfies(license, ALLOWED);
  } catch {
    return false;
  }
}

/** The texts that a package brings: of its licence, and what it says beside it. */
const ownTexts = ({ dir }: Package): string[] =>
  readdirSync(dir)
    .filter((name) => /^(licen[cs]e|copying|notice)/i.test(name))
    .sort()
    .map((name) => readFileSync(join(dir, name), "utf8").trim());

/** The standard texts of an expression's licences and exceptions, by the list of SPDX. */
const standardTexts = (license: string): Promise<string[]> =>
  Promise.all(
    license
      .replaceAll(/[()]/g, "")
      .split(/ (?:AND|OR|WITH) /)
      .filter((id) => !id.endsWith("-exception"))
      .map(async (id) => {
        const { name, licenseText } = await Bun.file(
          Bun.resolveSync(`spdx-license-list/licenses/${id}.json`, import.meta.dir),
        ).json();
        return `${name}\n\n${licenseText.trim()}`;
      }),
  );

/** The file THIRD_PARTY_LICENSES. Throws for a package whose licence is not allowed. */
export async function thirdPartyLicenses(): Promise<string> {
  const packages = productionPackages();
  const refused = packages.filter(({ license }) => !isAllowed(license));
  if (refused.length > 0)
    throw new Error(`not allowed: ${refused.map(({ name, license }) => `${name} (${license || "none"})`).join(", ")}`);
  const texts = new Map<string, string[]>();
  for (const { license } of NATIVE_PARTS) texts.set(license, await standardTexts(license));
  const chapters = NATIVE_PARTS.map(({ name, version, license, copyright, source, within }) =>
    chapter(`${name} ${version} (${license}), in ${within}`, source, [copyright, ...texts.get(license)!]),
  );
  const done = new Set<string>();
  for (const entry of packages) {
    const title = `${entry.name} ${entry.version} (${entry.license})`;
    if (done.has(title)) continue;
    done.add(title);
    const own = ownTexts(entry);
    const said = own.length > 0 ? own : [`Copyright (c) ${entry.author}`, ...(await standardTexts(entry.license))];
    chapters.push(chapter(title, `https://www.npmjs.com/package/${entry.name}/v/${entry.version}`, said));
  }
  return [INTRODUCTION, RELINKING, ...chapters].join("\n\n");
}

const INTRODUCTION = "This program is distributed with what follows, each under its own licence.";
const RULE = "=".repeat(100);

const chapter = (title: string, source: string, texts: string[]) =>
  [RULE, title, source, RULE, "", texts.join("\n\n")].join("\n");
