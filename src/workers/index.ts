// One server on many cores: with WORKERS above 1 the process that was started becomes a supervisor, which starts the same program
// once a worker. Each worker is a server among several (bus/cluster.ts), and all listen on one port. Called by main.ts, which loads
// nothing of this folder otherwise.
import type { Config } from "../config.ts";
import type { Worker } from "./worker.ts";

/** The argument by which a process is a worker; the number behind it is for whoever lists processes. */
export const WORKER_ARGUMENT = "--worker=";

/** In a worker, resolves with what it is to do. In the process that was started, runs the supervisor and never resolves. */
export async function joinOrSupervise(config: Config): Promise<Worker> {
  if (process.send && process.argv.some((argument) => argument.startsWith(WORKER_ARGUMENT)))
    return (await import("./worker.ts")).joinSupervisor();
  return (await import("./supervisor.ts")).supervise(config, WORKER_ARGUMENT);
}
