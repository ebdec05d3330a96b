// What becomes of a run that could not go on: what it found of the servers counts; what says nothing of them is no finding, and the run is
// repeated once, with the same seed.
import type { RunReport } from "./report.ts";

/** What a run found of servers though it could not go on to the comparison. */
export class BrokenPromise extends Error {}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/** Set in a run that repeats one that broke off. */
const AGAIN = "RUN_AGAIN";

/** Ends this process after `endProcesses`, with the report's exit code or that of the run that repeats it. */
export async function breakOff(
  error: unknown,
  { report, seed, endProcesses }: { report: RunReport; seed: number; endProcesses(): Promise<unknown> },
): Promise<never> {
  const [what, why] = error instanceof Error ? [error.message, error.stack ?? ""] : [String(error), ""];
  const short = what.split("\n")[0]!;
  report.say(`\n${why || what}`);
  await endProcesses();
  const isSignal = SIGNALS.some((signal) => signal === error);
  if (error instanceof BrokenPromise) report.check(`${short}, --seed ${seed}`, false, why);
  else if (isSignal || process.env[AGAIN])
    report.check(`the run came to its end: ${short}, --seed ${seed}`, false, why);
  else {
    report.say(`\n(again) the run broke off, which is no finding: ${short}, --seed ${seed}\n`);
    const again = Bun.spawn([process.execPath, ...process.argv.slice(1), "--seed", String(seed)], {
      env: { ...process.env, [AGAIN]: "1" },
      stdio: ["ignore", "inherit", "inherit"],
    });
    for (const signal of SIGNALS) process.on(signal, () => again.kill(signal));
    process.exit(await again.exited);
  }
  process.exit(report.end());
}

/** Calls back, once, at the first signal or error that nobody handles. */
export function onceBroken(callback: (error: unknown) => void) {
  let isBroken = false;
  const once = (error: unknown) => {
    if (isBroken) return;
    isBroken = true;
    callback(error);
  };
  for (const signal of SIGNALS) process.on(signal, () => once(signal));
  process.on("uncaughtException", once);
  process.on("unhandledRejection", once);
  return once;
}
