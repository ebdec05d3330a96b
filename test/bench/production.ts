// The server as `bun start` runs it, of any version: built ahead where that version builds it.
import { join } from "node:path";
import { type Launch, OURS } from "../support/server-process.ts";

const builds = new Map<string, Promise<Pick<Launch, "main">>>();

async function build(checkout: string): Promise<Pick<Launch, "main">> {
  const { scripts } = (await Bun.file(join(checkout, "package.json")).json()) as { scripts: Record<string, string> };
  for (const script of ["build:web", "build:server"])
    if (scripts[script]) await Bun.$`${process.execPath} run ${script}`.cwd(checkout).quiet();
  return scripts["build:server"] ? { main: "dist/server/main.js" } : {};
}

/** Builds the checkout, once, and says how it is launched. */
export async function productionOf(checkout: string, env: Record<string, string> = {}): Promise<Launch> {
  const built = builds.get(checkout) ?? build(checkout);
  builds.set(checkout, built);
  return { command: [process.execPath], checkout, ids: OURS.ids, env, ...(await built) };
}
