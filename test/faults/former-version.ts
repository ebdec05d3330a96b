// A version of the past from this repository's history, made ready to run.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { newDir } from "../support/server-process.ts";
import type { Teardown } from "./teardown.ts";

const ROOT = join(import.meta.dir, "../..");

/** The version that servers are replaced from, and set back to, while others run this one. */
export const FORMER = "692bf4b";

/** A shallow clone or an export does not have it. */
export const isInHistory = async (commit: string): Promise<boolean> =>
  (await Bun.$`git -C ${ROOT} cat-file -e ${`${commit}^{commit}`}`.quiet().nothrow()).exitCode === 0;

/** Where it is, with its packages, until the teardown ends. */
export async function checkOut(commit: string, teardown: Teardown): Promise<string> {
  const dir = await teardown.own(newDir, (made) => rm(made, { recursive: true, force: true }));
  await Bun.$`git -C ${ROOT} archive ${commit} | tar -x -C ${dir}`.quiet();
  await Bun.$`${process.execPath} install --frozen-lockfile --production --no-summary`.cwd(dir).quiet();
  return dir;
}
