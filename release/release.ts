// `bun run release VERSION`: everything of a release but publishing it (docs/releasing.md). From a clean tree whose checks pass to a commit
// with a tag, and all that is to be published in dist/release.
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { VERSION } from "../src/lib/version.ts";
import { releaseNotes } from "./changelog.ts";
import { RELEASE_DIR, ROOT, TARGETS } from "./targets.ts";

const USAGE = `bun run release VERSION [--dry-run] [--checked], or bun run release:build
  --dry-run  says what would be done, and does nothing
  --checked  .ci/run has passed for this commit: it is not run again`;

interface Step {
  about: string;
  run(): Promise<unknown>;
}

const git = async (...args: string[]) => (await Bun.$`git ${args}`.cwd(ROOT).text()).trim();
/** Shows what it prints. */
const bun = (...args: string[]) => Bun.$`${process.execPath} ${args}`.cwd(ROOT);

async function requireCleanTree(version: string) {
  if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)) throw new Error(`${version} is no version, such as 1.2.3`);
  if (Bun.semver.order(version, VERSION) !== 1) throw new Error(`${version} does not come after ${VERSION}`);
  if (await git("tag", "--list", `v${version}`)) throw new Error(`there is a tag v${version} already`);
  const changes = await git("status", "--porcelain");
  if (changes) throw new Error(`the tree is not clean:\n${changes}`);
}

/** Where the version is written, and behind what; docs/asyncapi.yaml is generated. */
const PLACES = {
  "package.json": /^( {2}"version": ")[^"]+/m,
  "deploy/kubernetes/deployment.yaml": /(\/realtime-chat:)\S+/,
};

async function setVersion(version: string) {
  for (const [name, place] of Object.entries(PLACES)) {
    const path = join(ROOT, name);
    await Bun.write(path, (await Bun.file(path).text()).replace(place, `$1${version}`));
  }
}

async function moveChangelog(version: string) {
  const path = join(ROOT, "CHANGELOG.md");
  await Bun.write(path, releaseNotes(await Bun.file(path).text(), version, new Date().toISOString().slice(0, 10)));
}

/** From a clean tree to a commit. */
function commitSteps(version: string, isChecked: boolean): Step[] {
  return [
    ...(isChecked ? [] : [{ about: "run every check: .ci/run", run: () => Bun.$`bash .ci/run`.cwd(ROOT) }]),
    { about: `set the version ${version} in ${Object.keys(PLACES).join(" and ")}`, run: () => setVersion(version) },
    { about: `move what is unreleased in CHANGELOG.md to ${version}`, run: () => moveChangelog(version) },
    { about: "write docs/asyncapi.yaml, which names the version", run: () => bun("run", "docs:asyncapi") },
    {
      about: `commit as "release: ${version}"`,
      run: () => git("commit", "--all", "--quiet", "-m", `release: ${version}`),
    },
  ];
}

/** What is released, of what the tree says. In processes of their own, which read the new version. */
function buildSteps(version: string): Step[] {
  return [
    { about: "empty dist/release", run: () => rm(RELEASE_DIR, { recursive: true, force: true }) },
    { about: "build and pack the SDK", run: () => packSdk(version) },
    { about: "pack the source", run: () => packSource(version) },
    {
      about: "fetch the programs of other platforms, by the hashes in release/bun.lock",
      run: () => bun("run", "release:platforms"),
    },
    { about: "write the bill of materials", run: () => bun("run", "sbom") },
    ...Object.keys(TARGETS).map((target) => ({
      about: `build the executable for ${target}`,
      run: () => bun("run", "build:executable", target),
    })),
    { about: "build the image from the executable for Linux", run: () => bun("run", "build:image") },
    { about: "write SHA256SUMS, and leave the files alone that it names", run: writeSums },
  ];
}

async function packSdk(version: string) {
  await bun("run", "build:sdk");
  await mkdir(RELEASE_DIR, { recursive: true });
  await Bun.$`${process.execPath} pm pack --destination ${RELEASE_DIR} --quiet`.cwd(join(ROOT, "dist/sdk"));
  const [packed] = (await readdir(RELEASE_DIR)).filter((name) => name.endsWith(".tgz"));
  await rename(join(RELEASE_DIR, packed!), join(RELEASE_DIR, `realtime-chat-sdk-${version}.tgz`));
}

const packSource = (version: string) =>
  Bun.$`git archive --prefix=realtime-chat-${version}/ -o ${join(RELEASE_DIR, `realtime-chat-${version}-source.tar.gz`)} HEAD`.cwd(
    ROOT,
  );

async function writeSums() {
  const entries = await readdir(RELEASE_DIR, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile() && entry.name !== "SHA256SUMS").map(({ name }) => name);
  await Bun.$`sha256sum ${names.sort()} > SHA256SUMS`.cwd(RELEASE_DIR);
  for (const folder of entries.filter((entry) => entry.isDirectory()))
    await rm(join(RELEASE_DIR, folder.name), { recursive: true });
}

/** What is left to do by whoever may publish. */
const publishing = (version: string) => `To publish ${version}:
  git push origin HEAD v${version}
      The workflow .github/workflows/release.yml publishes from the tag. By hand, in dist/release:
  sha256sum --check SHA256SUMS
  npm publish --provenance --access public realtime-chat-sdk-${version}.tgz
      With provenance only where npm can ask for an identity by OpenID Connect, as in a workflow.
  skopeo copy docker-archive:realtime-chat-${version}-image-linux-x64.tar docker://REGISTRY/realtime-chat:${version}
  gh release create v${version} --notes-file <(bun run release:notes ${version}) *`;

async function runAll(steps: Step[]) {
  for (const { about, run } of steps) {
    console.log(`-- ${about}`);
    await run();
  }
}

async function release(version: string, { isDry, isChecked }: { isDry: boolean; isChecked: boolean }) {
  await requireCleanTree(version);
  // It says what is wrong before anything is done.
  releaseNotes(await Bun.file(join(ROOT, "CHANGELOG.md")).text(), version, "");
  const tag = {
    about: `tag v${version}`,
    run: () => git("tag", "--annotate", `v${version}`, "-m", `Version ${version}`),
  };
  const steps = [...commitSteps(version, isChecked), ...buildSteps(version), tag];
  if (isDry) {
    for (const { about } of steps) console.log(`would ${about}`);
  } else {
    const before = await git("rev-parse", "HEAD");
    await runAll(steps).catch(async (error) => {
      // The tree was clean, and nobody has seen the commit.
      await git("reset", "--hard", "--quiet", before);
      console.error("Nothing was released: the version and the changelog are as before.");
      throw error;
    });
  }
  console.log(publishing(version));
}

async function main() {
  const { values, positionals } = parseArgs({
    args: process.argv.slice(2),
    options: { "dry-run": { type: "boolean" }, checked: { type: "boolean" }, "build-only": { type: "boolean" } },
    allowPositionals: true,
  });
  const [version, ...others] = positionals;
  if (values["build-only"] && positionals.length === 0) return runAll(buildSteps(VERSION));
  if (!version || others.length > 0) throw new Error(`Usage: ${USAGE}`);
  await release(version, { isDry: values["dry-run"] === true, isChecked: values.checked === true });
}

main().catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
