// How a command of this folder runs: one directory as its argument, a sentence for each error, and nothing left behind.
import { type Config, readConfig } from "../config.ts";
import { toStartupError } from "../db/start-errors.ts";
import { errorCode } from "../lib/error-code.ts";
import { commandLine } from "../lib/program.ts";
import { StartupError } from "../lib/startup-error.ts";

/** What to undo when the command ends, the last one first. */
export type Cleanups = (() => Promise<unknown>)[];

/** Runs a command and ends the process: with 0, with 1 after an error, with 130 when it was interrupted. */
export function runCommand(
  usage: string,
  command: (config: Config, argument: string, cleanups: Cleanups) => Promise<string>,
): void {
  const cleanups: Cleanups = [];
  let ending: Promise<never> | undefined;
  const end = (code: number) => {
    ending ??= (async () => {
      for (let undo = cleanups.pop(); undo; undo = cleanups.pop()) await undo().catch((error) => console.error(error));
      process.exit(code);
    })();
    return ending;
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(signal, () => {
      console.error("Interrupted.");
      void end(130);
    });
  const [argument, ...others] = process.argv.slice(2);
  const run = async () => {
    if (!argument || others.length > 0) throw new StartupError(`Usage: ${commandLine(usage)}`);
    console.log(await command(readConfig(process.env), argument, cleanups));
  };
  run().then(
    () => end(0),
    (error) => {
      // What fails because it was interrupted needs no words.
      if (!ending) console.error(describe(error));
      return end(1);
    },
  );
}

/** A sentence for what an operator can act on; a defect of ours is shown as it is. */
function describe(error: unknown): unknown {
  if (error instanceof StartupError) return error.message;
  const code = errorCode(error);
  if (code === "ENOSPC" || code === "EDQUOT") return "There is too little space on the disk; nothing was changed.";
  const { syscall, path, dest } = error as NodeJS.ErrnoException & { dest?: string };
  if (syscall && (dest ?? path)) return `${dest ?? path} can't be used (${code}); nothing was changed.`;
  const known = toStartupError(error);
  return known instanceof StartupError ? known.message : known;
}
