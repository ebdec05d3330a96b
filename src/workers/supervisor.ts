// The process that was started, where there are several workers: opens and prepares the storage, starts the workers, hands on signals,
// and ends what it has opened when all of them have ended. It serves nothing itself, and loads what only a server needs not at all.
import type { Config } from "../config.ts";
import { CONNECTIONS_PER_SERVER, requireConnections } from "../db/capacity.ts";
import { prepareDatabase } from "../db/prepare.ts";
import { openStorage } from "../db/storage.ts";
import { announce, announceCreation } from "../lib/announcement.ts";
import { requireFree, reserve } from "../lib/listening.ts";
import type { Logger } from "../lib/log.ts";
import { Shutdown } from "../lib/shutdown.ts";
import { StartupError } from "../lib/startup-error.ts";
import type { WorkerMetrics } from "./metrics.ts";
import { WorkerPool, type WorkerPoolParts, WorkerRefused } from "./pool.ts";

// As for a server alone: a supervisor that kills after ten seconds, and twice the time of a drain, is soon enough.
const SHUTDOWN_LIMIT_MS = 9_500;

/** Runs until a signal ends it; never resolves. Throws a StartupError when the workers can't start. */
export async function supervise(config: Config, workerArgument: string): Promise<never> {
  const { workers: count, databasePool } = config;
  if (process.platform !== "linux") {
    throw new StartupError(
      `WORKERS=${count} needs Linux, which shares the connections of a port among processes; leave it out here.`,
    );
  }
  await requireFree(config);
  reserve(config);
  const connections = count * (databasePool + CONNECTIONS_PER_SERVER);
  const opening = openStorage(config, { connections, onCreate: announceCreation });
  let pool: WorkerPool | null = null;
  const shutdown = new Shutdown({
    async run() {
      setTimeout(() => process.exit(1), SHUTDOWN_LIMIT_MS + 2_000 * config.drainSeconds).unref();
      const isOrderly = await pool?.stop();
      await (await opening.catch(() => null))?.embedded?.stop();
      process.exit(isOrderly === false ? 1 : 0);
    },
    async abort() {
      pool?.kill();
      await (await opening.catch(() => null))?.embedded?.stop();
    },
  });
  shutdown.listen();
  // Loaded when there is something to log.
  const log = async () => (await import("../lib/log.ts")).createLogger(config.logLevel);
  const survive = async (error: unknown) => (await log()).error({ error }, "an error that nobody caught");

  const { target, jwtSecret, embedded, where, filesDir } = await opening;
  try {
    await prepareDatabase(target, console.log);
    await requireConnections(target, connections, `WORKERS=${count} with DATABASE_POOL=${databasePool}`);
    if (shutdown.isUnderWay) return await forever();
    pool = createPool(config, log, workerArgument, {
      port: config.port,
      target,
      filesDir,
      jwtSecret,
      dataDir: embedded?.dataDir ?? null,
    });
    const port = await pool.start();
    process.on("SIGUSR2", (signal) => pool?.signal(signal));
    process.on("uncaughtException", survive);
    process.on("unhandledRejection", survive);
    announce(config, port, where);
  } catch (error) {
    if (shutdown.isUnderWay) return forever();
    pool?.kill();
    await pool?.stop();
    await embedded?.stop();
    if (error instanceof WorkerRefused) process.exit(1);
    throw error;
  }
  return forever();
}

const forever = () => new Promise<never>(() => {});

function createPool(
  { workers: count }: Config,
  log: () => Promise<Logger>,
  workerArgument: string,
  assignment: WorkerPoolParts["assignment"],
): WorkerPool {
  let metrics: Promise<WorkerMetrics> | null = null;
  const loadMetrics = async () => {
    const { WorkerMetrics } = await import("./metrics.ts");
    return new WorkerMetrics({
      running: () => pool.running(),
      request: (nodeId) => pool.send(nodeId, { type: "figures.request" }),
      replaced: () => pool.replaced,
    });
  };
  const readMetrics = async () => {
    try {
      metrics ??= loadMetrics();
      return await (await metrics).read();
    } catch (error) {
      (await log()).error({ error }, "the metrics of the workers could not be put together");
      return null;
    }
  };
  const pool = new WorkerPool({
    count,
    command: (number) => [
      process.execPath,
      ...(Bun.isStandaloneExecutable ? [] : [...process.execArgv, Bun.main]),
      `${workerArgument}${number}`,
    ],
    assignment,
    async onReplace({ number, ...ended }) {
      (await log()).error({ worker: number, ...ended }, "a worker has ended; another takes its place");
    },
    async onEnd(nodeId) {
      (await metrics)?.end(nodeId);
    },
    async onMessage(nodeId, message) {
      if (message.type === "figures") (await metrics)?.set(nodeId, message.figures);
      if (message.type === "metrics.request") pool.send(nodeId, { type: "metrics", text: await readMetrics() });
    },
  });
  return pool;
}
