// A worker's end of the channel to its supervisor. Called by main.ts.
import type { Registry } from "prom-client";
import type { Config } from "../config.ts";
import type { Storage } from "../db/storage.ts";
import type { Assignment, FromWorker, ToWorker } from "./messages.ts";

// A supervisor that runs takes a second at most.
const METRICS_TIMEOUT_MS = 3_000;

export interface WorkerHandlers {
  /** The supervisor ends this worker. */
  onStop(): void;
  /** The supervisor is gone: it was killed. */
  onOrphaned(): void;
}

export class Worker {
  private handlers: WorkerHandlers | null = null;
  /** What came before there was somebody to handle it. */
  private early: ((handlers: WorkerHandlers) => void)[] = [];
  private registry: Registry | null = null;
  /** Whether the supervisor is gone. */
  isOrphan = false;
  private waiting: ((text: string | null) => void)[] = [];

  constructor(readonly assignment: Assignment) {
    // (A signal to the whole group, as from a terminal, reaches the supervisor too, and it knows what is to be done.)
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => this.report({ type: "signalled" }));
  }

  /** Its number among the workers, from 1 on. */
  get number(): number {
    return this.assignment.number;
  }

  /** What the supervisor has opened for all workers. */
  get storage(): Storage {
    const { target, jwtSecret, filesDir } = this.assignment;
    return { target, jwtSecret, embedded: null, where: "", filesDir };
  }

  /** The settings with what is this worker's own. */
  configure(config: Config): Config {
    const { port, number } = this.assignment;
    return { ...config, port, nodeName: `${config.nodeName}-${number}` };
  }

  handle(handlers: WorkerHandlers): void {
    this.handlers = handlers;
    for (const call of this.early.splice(0)) call(handlers);
  }

  listening(registry: Registry, port: number): void {
    this.registry = registry;
    this.report({ type: "listening", port });
  }

  stopping(drainMs: number): void {
    this.report({ type: "stopping", drainMs });
  }

  /** The metrics of all workers together, in Prometheus' text format. */
  async readMetrics(): Promise<string> {
    const { promise, resolve } = Promise.withResolvers<string | null>();
    if (this.waiting.push(resolve) === 1) this.report({ type: "metrics.request" });
    const text = await Promise.race([promise, Bun.sleep(METRICS_TIMEOUT_MS).then(() => null)]);
    if (text === null) throw new Error("the supervisor could not put the metrics together");
    return text;
  }

  /** The last thing that a worker does: what only a supervisor that lives can do is done in its place. */
  async end(): Promise<void> {
    const { dataDir, target, nodeId } = this.assignment;
    if (!this.isOrphan || dataDir === null || typeof target === "string") return;
    const { stopAbandoned } = await import("../db/embedded/abandoned.ts");
    await stopAbandoned(dataDir, target, nodeId);
  }

  async receive(message: ToWorker): Promise<void> {
    switch (message.type) {
      case "stop":
        return this.call((handlers) => handlers.onStop());
      case "figures.request":
        return this.report({ type: "figures", figures: (await this.registry?.getMetricsAsJSON()) ?? [] });
      case "metrics":
        for (const resolve of this.waiting.splice(0)) resolve(message.text);
    }
  }

  onDisconnect(): void {
    if (this.isOrphan) return;
    this.isOrphan = true;
    this.call((handlers) => handlers.onOrphaned());
  }

  private call(handler: (handlers: WorkerHandlers) => void): void {
    if (this.handlers) handler(this.handlers);
    else this.early.push(handler);
  }

  private report(message: FromWorker): void {
    if (process.connected) process.send!(message);
  }
}

/** Resolves once the supervisor has said what this worker is to do. Ends the process when the supervisor is gone before. */
export async function joinSupervisor(): Promise<Worker> {
  const { promise, resolve } = Promise.withResolvers<Worker>();
  let worker: Worker | null = null;
  process.on("message", (message: ToWorker) => {
    if (message.type !== "assignment") return void worker?.receive(message);
    worker = new Worker(message.assignment);
    resolve(worker);
  });
  const onDisconnect = () => (worker ? worker.onDisconnect() : process.exit(1));
  process.on("disconnect", onDisconnect);
  if (!process.connected) onDisconnect();
  return promise;
}
