// The metrics of all workers together. The supervisor loads it with the first request, whichever worker received that.
import { AggregatorRegistry, Counter, Gauge, Registry } from "prom-client";
import type { Figures } from "./messages.ts";

// Well within the time that those who ask give.
const TIMEOUT_MS = 1_000;

export interface WorkerMetricsParts {
  /** The ids of the workers that listen. */
  running(): string[];
  /** Asks a worker for its figures; they come by `set`. */
  request(id: string): void;
  /** How many workers were started in place of others. */
  replaced(): number;
}

export class WorkerMetrics {
  /** What each worker said last: of one that is stuck, it is used again. */
  private readonly figures = new Map<string, Figures>();
  /** Counters of workers that have ended go on counting: if sums fell, it would look as if all workers had begun anew. */
  private ended: Figures[] = [];
  private readonly own = new Registry();
  private readonly pending = new Set<string>();
  private onComplete = () => {};
  private reading: Promise<string> | null = null;

  constructor(private readonly parts: WorkerMetricsParts) {
    const registers = [this.own];
    new Gauge({
      name: "process_resident_memory_bytes",
      help: "Resident memory of the server process.",
      registers,
      collect() {
        this.set(process.memoryUsage.rss());
      },
    });
    new Gauge({
      name: "chat_workers",
      help: "Workers that listen.",
      registers,
      collect() {
        this.set(parts.running().length);
      },
    });
    new Counter({
      name: "chat_workers_replaced_total",
      help: "Workers that were started in place of others that had ended.",
      registers,
      collect() {
        this.reset();
        this.inc(parts.replaced());
      },
    });
  }

  /** In Prometheus' text format. Requests at the same time share one. */
  read(): Promise<string> {
    this.reading ??= this.collect().finally(() => {
      this.reading = null;
    });
    return this.reading;
  }

  set(id: string, figures: Figures): void {
    this.figures.set(id, figures);
    this.settle(id);
  }

  /** A worker has ended. */
  end(id: string): void {
    const figures = this.figures.get(id);
    if (figures) this.ended.push(figures.filter(({ type }) => LASTING.has(String(type))));
    this.figures.delete(id);
    this.settle(id);
  }

  private settle(id: string) {
    if (this.pending.delete(id) && this.pending.size === 0) this.onComplete();
  }

  private async collect(): Promise<string> {
    await this.ask();
    const ended = this.ended;
    this.ended = [];
    if (ended.length > 0) this.ended.push(await AggregatorRegistry.aggregate(ended).getMetricsAsJSON());
    const all = [...this.figures.values(), ...this.ended, await this.own.getMetricsAsJSON()];
    return AggregatorRegistry.aggregate(all).metrics();
  }

  /** Resolves when every worker has said its figures, or its time is up. */
  private async ask(): Promise<void> {
    const ids = this.parts.running();
    if (ids.length === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.onComplete = resolve;
    for (const id of ids) this.pending.add(id);
    for (const id of ids) this.parts.request(id);
    await Promise.race([promise, Bun.sleep(TIMEOUT_MS)]);
    this.pending.clear();
  }
}

const LASTING = new Set(["counter", "histogram"]);
