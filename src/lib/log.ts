// Structured lines on standard output, through pino. No token, password or message text may be passed to it: errors go
// through `safeError`, which leaves out the query and its values.
import pino from "pino";
import { errorCode } from "./error-code.ts";

export type Logger = pino.Logger;

/** `name` becomes part of every line. */
export const createLogger = (level: pino.LevelWithSilent, name?: { worker: number }): Logger =>
  pino({
    level,
    base: name,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  });

/** SIGUSR2 turns the lines of `debug` on, and off again, while the process runs. */
export function switchBySignal(log: Logger) {
  const { level } = log;
  process.on("SIGUSR2", () => {
    log.level = log.level === "debug" ? level : "debug";
  });
}

/** What may be logged of an error. A database error's message repeats the statement with its values, so only its code is kept. */
export function safeError(error: unknown) {
  const code = errorCode(error);
  if (code !== null) return { code };
  return error instanceof Error ? { name: error.name, stack: error.stack } : { name: typeof error };
}
