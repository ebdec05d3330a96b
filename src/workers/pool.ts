// Starts the workers, starts another in place of one that has ended, and ends them all. Called by the supervisor.
import type { Subprocess } from "bun";
import { StartupError } from "../lib/startup-error.ts";
import type { Assignment, FromWorker, ToWorker } from "./messages.ts";

const BACKOFF_MS = { first: 100, most: 10_000 };
// One that has listened for this long had a reason of its own to end.
const SOUND_MS = 30_000;
// A worker that is killed again and again before it listens (out of memory) would be so for ever.
const MAX_KILLED_STARTS = 5;
// Whoever signals a whole group of processes reaches the supervisor within this.
const GROUP_SIGNAL_MS = 500;
// A worker that hands over nobody ends within some five seconds, also when the database does not respond.
const END_LIMIT_MS = 6_000;

export interface WorkerPoolParts {
  /** How many workers. */
  count: number;
  /** How to start the one with this number. */
  command(number: number): string[];
  assignment: Omit<Assignment, "number" | "nodeId" | "predecessor">;
  /** One has ended that was not asked to, and another is started in its place after `delayMs`. */
  onReplace(ended: {
    number: number;
    code: number | null;
    signal: NodeJS.Signals | number | null;
    delayMs: number;
  }): void;
  onEnd(nodeId: string): void;
  onMessage(nodeId: string, message: FromWorker): void;
}

/** A worker that could not start has said why. */
export class WorkerRefused extends Error {}

type Child = Subprocess<"ignore", "inherit", "inherit">;

interface Running {
  nodeId: string;
  child: Child;
  listeningSince: number | null;
}

interface Slot {
  number: number;
  worker: Running | null;
  /** The node id of the worker before; null before the first. */
  predecessor: string | null;
  /** Whether any of its workers has listened so far. */
  hasListened: boolean;
  /** Its workers in a row that did not last. */
  failures: number;
  timer: ReturnType<typeof setTimeout> | null;
  onListening: () => void;
}

export class WorkerPool {
  /** Workers that were started in place of others. */
  replaced = 0;
  private readonly slots: Slot[];
  private port: number;
  private isStopping = false;
  private readonly failed = Promise.withResolvers<never>();
  private onStopping = (_drainMs: number) => {};

  constructor(private readonly parts: WorkerPoolParts) {
    this.port = parts.assignment.port;
    this.slots = Array.from({ length: parts.count }, (_, i) => ({
      number: i + 1,
      worker: null,
      predecessor: null,
      hasListened: false,
      failures: 0,
      timer: null,
      onListening: () => {},
    }));
    this.failed.promise.catch(() => {});
  }

  /**
   * Resolves with the port once all workers listen. The first one starts alone: what stops it would stop all of them, and it may
   * choose the port. Throws WorkerRefused or a StartupError.
   */
  async start(): Promise<number> {
    const [first, ...others] = this.slots as [Slot, ...Slot[]];
    await Promise.race([this.launch(first), this.failed.promise]);
    await Promise.race([Promise.all(others.map((slot) => this.launch(slot))), this.failed.promise]);
    return this.port;
  }

  /** The ids of the workers that listen. */
  running(): string[] {
    return this.workers.filter(({ listeningSince }) => listeningSince !== null).map(({ nodeId }) => nodeId);
  }

  send(nodeId: string, message: ToWorker): void {
    const worker = this.workers.find((worker) => worker.nodeId === nodeId);
    if (worker) sendTo(worker, message);
  }

  /**
   * Asks every worker to shut down, and resolves when all have ended: with whether each did so in order. Those that take longer than
   * they said are killed.
   */
  async stop(): Promise<boolean> {
    this.cease();
    const children = this.workers.map(({ child }) => child);
    let deadline = 0;
    let limit: ReturnType<typeof setTimeout> | undefined;
    this.onStopping = (drainMs) => {
      const ms = drainMs + END_LIMIT_MS;
      if (performance.now() + ms < deadline) return;
      deadline = performance.now() + ms;
      clearTimeout(limit);
      limit = setTimeout(() => this.kill(), ms);
    };
    this.onStopping(0);
    for (const worker of this.workers) sendTo(worker, { type: "stop" });
    await Promise.all(children.map(({ exited }) => exited));
    clearTimeout(limit);
    return children.every(({ exitCode }) => exitCode === 0);
  }

  /** Ends every worker at once. */
  kill(): void {
    this.cease();
    this.signal("SIGKILL");
  }

  /** Passes a signal on to each worker. */
  signal(signal: NodeJS.Signals): void {
    for (const { child } of this.workers) child.kill(signal);
  }

  private get workers(): Running[] {
    return this.slots.flatMap(({ worker }) => worker ?? []);
  }

  /** Starts no more. */
  private cease() {
    this.isStopping = true;
    for (const { timer } of this.slots) if (timer) clearTimeout(timer);
  }

  private launch(slot: Slot): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    slot.onListening = resolve;
    this.spawn(slot);
    return promise;
  }

  private spawn(slot: Slot): void {
    if (this.isStopping) return;
    const { command, assignment } = this.parts;
    const child: Child = Bun.spawn(command(slot.number), {
      stdio: ["ignore", "inherit", "inherit"],
      ipc: (message: FromWorker) => {
        if (slot.worker === worker) this.onMessage(slot, worker, message);
      },
    });
    const worker: Running = { nodeId: crypto.randomUUID(), child, listeningSince: null };
    slot.worker = worker;
    void child.exited.then(() => this.onExit(slot, worker));
    const { number, predecessor } = slot;
    const own = { number, nodeId: worker.nodeId, predecessor, port: this.port };
    sendTo(worker, { type: "assignment", assignment: { ...assignment, ...own } });
  }

  private onMessage(slot: Slot, worker: Running, message: FromWorker): void {
    switch (message.type) {
      case "listening":
        this.port = message.port;
        worker.listeningSince = performance.now();
        slot.hasListened = true;
        slot.onListening();
        break;
      case "stopping":
        this.onStopping(message.drainMs);
        break;
      case "signalled":
        setTimeout(() => {
          if (!this.isStopping) sendTo(worker, { type: "stop" });
        }, GROUP_SIGNAL_MS);
        break;
      default:
        this.parts.onMessage(worker.nodeId, message);
    }
  }

  private onExit(slot: Slot, { nodeId, child, listeningSince }: Running): void {
    const { number } = slot;
    const { exitCode: code, signalCode: signal } = child;
    slot.worker = null;
    slot.predecessor = nodeId;
    this.parts.onEnd(nodeId);
    if (this.isStopping) return;
    if (!slot.hasListened && code !== null) {
      this.failed.reject(new WorkerRefused());
      return;
    }
    const wasSound = listeningSince !== null && performance.now() - listeningSince >= SOUND_MS;
    slot.failures = wasSound ? 1 : slot.failures + 1;
    if (!slot.hasListened && slot.failures === MAX_KILLED_STARTS) {
      const sentence = `Worker ${number} was ended ${MAX_KILLED_STARTS} times before it listened, the last time by ${signal}: is there too little memory?`;
      this.failed.reject(new StartupError(sentence));
      return;
    }
    const delayMs = Math.min(BACKOFF_MS.first * 2 ** (slot.failures - 1), BACKOFF_MS.most);
    this.parts.onReplace({ number, code, signal, delayMs });
    slot.timer = setTimeout(() => {
      slot.timer = null;
      this.replaced++;
      this.spawn(slot);
    }, delayMs);
  }
}

function sendTo({ child }: Running, message: ToWorker) {
  try {
    child.send(message);
  } catch {
    // Its end of the channel is closed; that it has ended is reported apart.
  }
}
