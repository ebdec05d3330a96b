// A version of the past from this repository's history, made ready to run.
import { join } from "node:path";
import { newDir } from "./server-process.ts";

const ROOT = join(import.meta.dir, "../..");

/** The version that was released before this one. */
export const FORMER = "692bf4b";

/** A shallow clone or an export does not have it. */
export const isInHistory = async (commit: string): Promise<boolean> =>
  (await Bun.$`git -C ${ROOT} cat-file -e ${`${commit}^{commit}`}`.quiet().nothrow()).exitCode === 0;

/** Where it is, with its packages: a directory to be removed in the end. */
export async function checkOut(commit: string): Promise<string> {
  const dir = await newDir();
  await Bun.$`git -C ${ROOT} archive ${commit} | tar -x -C ${dir}`.quiet();
  await Bun.$`${process.execPath} install --frozen-lockfile --production --no-summary`.cwd(dir).quiet();
  // As `bun start` does: otherwise each of its servers builds the web client when it starts.
  await Bun.$`${process.execPath} src/web/build.ts`.cwd(dir).quiet();
  return dir;
}
