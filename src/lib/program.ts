// What differs between a checkout and the single executable (docs/releasing.md): where files and modules of the program are that are
// reached by their path, and how another of its programs is started.
import { realpathSync } from "node:fs";
import { dirname, join } from "node:path";

const isExecutable = Bun.isStandaloneExecutable;

/** In the executable, modules are where they are in the repository, and files in a folder that is embedded. */
const MODULES = isExecutable ? import.meta.dir : join(import.meta.dir, "../..");
const FILES = isExecutable ? join(import.meta.dir, "program") : MODULES;

/** The path of a file or folder of the program that is not code, by its path in the repository: one of EMBEDDED (release/executable.ts). */
export const programFile = (path: string): string => join(FILES, path);

/** The path of a module that is started as a thread, by its path in the repository: one of ENTRYPOINTS. */
export const programModule = (path: string): string => join(MODULES, path);

/** Where the executable is, with what was unpacked beside it; null in a checkout. */
export const executableDir = (): string | null => (isExecutable ? dirname(realpathSync(process.execPath)) : null);

/** The command line of a program of ours, by its module; the executable knows it by `name` (src/cli.ts). */
export const programCommand = (name: string, module: string): string[] => [
  process.execPath,
  isExecutable ? name : programModule(module),
];

/** What people type to run a command, such as `backup DIR`. */
export const commandLine = (command: string): string => `${isExecutable ? "realtime-chat" : "bun run"} ${command}`;
