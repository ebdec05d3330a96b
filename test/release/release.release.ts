// `bun run release`, in a clone: what it refuses, what it says it would do, and that nothing is left of what failed.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { VERSION } from "../../src/lib/version.ts";

const ROOT = join(import.meta.dir, "../..");
const NEXT = "99.0.0";
let clone: string;

beforeAll(async () => {
  clone = await mkdtemp(join(tmpdir(), "release-"));
  await Bun.$`git clone --quiet ${ROOT} ${clone}`.quiet();
  await symlink(join(ROOT, "node_modules"), join(clone, "node_modules"));
  await Bun.$`git config user.name Test && git config user.email test@example.org`.cwd(clone);
  // (A link is no folder, which is what is ignored.)
  await Bun.write(join(clone, ".git/info/exclude"), "node_modules\n");
});
afterAll(() => rm(clone, { recursive: true, force: true }));

async function release(...args: string[]) {
  const child = Bun.spawn([process.execPath, "release/release.ts", ...args], {
    cwd: clone,
    stdout: "pipe",
    stderr: "pipe",
  });
  const [code, out, errors] = await Promise.all([
    child.exited,
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  return { code, out, errors };
}

const git = async (...args: string[]) => (await Bun.$`git ${args}`.cwd(clone).text()).trim();
const state = async () => [await git("rev-parse", "HEAD"), await git("tag"), await git("status", "--porcelain")];

test("a dry run names every step and how to publish, and changes nothing", async () => {
  const before = await state();
  const { code, out, errors } = await release(NEXT, "--dry-run");
  expect([code, errors]).toEqual([0, ""]);
  for (const line of [
    "would run every check: .ci/run",
    "would build the executable for darwin-arm64",
    `would tag v${NEXT}`,
    `git push origin HEAD v${NEXT}`,
    "npm publish --provenance",
  ])
    expect(out).toContain(line);
  expect(await state()).toEqual(before);
});

test("an older version, a version there is, something that is none, and a tree with changes are refused", async () => {
  for (const [version, reason] of [
    ["0.0.1", "does not come after"],
    [VERSION, "does not come after"],
    ["next", "is no version"],
  ])
    expect(await release(version!, "--dry-run")).toMatchObject({ code: 1, errors: expect.stringContaining(reason!) });
  await Bun.write(join(clone, "new.txt"), "");
  expect(await release(NEXT, "--dry-run")).toMatchObject({ code: 1, errors: expect.stringContaining("not clean") });
  await rm(join(clone, "new.txt"));
});

test("a step that fails leaves neither a commit nor a tag", async () => {
  const former = await git("rev-parse", "HEAD");
  // The SDK's guide becomes part of its package.
  await Bun.$`git rm --quiet docs/sdk.md && git commit --quiet -m "lose the guide"`.cwd(clone);
  const before = await state();
  const { code, out, errors } = await release(NEXT, "--checked");
  expect([code, out, errors]).toEqual([
    1,
    expect.stringContaining("-- commit as"),
    expect.stringContaining("Nothing was released"),
  ]);
  expect(await state()).toEqual(before);
  expect(await Bun.file(join(clone, "package.json")).json()).toMatchObject({ version: VERSION });
  await Bun.$`git reset --quiet --hard ${former}`.cwd(clone);
});
