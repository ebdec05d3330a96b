// The figures of GET /metrics in Prometheus' text format, kept by prom-client.
import { monitorEventLoopDelay } from "node:perf_hooks";
import type { Aggregator } from "prom-client";
import Counter from "prom-client/lib/counter.js";
import Gauge from "prom-client/lib/gauge.js";
import Histogram from "prom-client/lib/histogram.js";
import Registry from "prom-client/lib/registry.js";
import { VERSION } from "./version.ts";

export type Metrics = ReturnType<typeof createMetrics>;

/** One registry a server, so that several in one process (tests) don't add up. */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  /** Adds a gauge that is read when it is asked for. `aggregator` says how those of several workers become one. */
  const watch = (name: string, help: string, read: () => number, aggregator: Aggregator = "sum") => {
    new Gauge({
      name,
      help,
      registers,
      aggregator,
      collect() {
        this.set(read());
      },
    });
  };
  /** Adds a counter that is read when it is asked for: a number, or one for each value of a label. */
  const count = (name: string, help: string, read: () => number | Record<string, number>, label?: string) => {
    new Counter({
      name,
      help,
      labelNames: label ? [label] : [],
      registers,
      collect() {
        this.reset();
        const value = read();
        if (typeof value === "number") this.inc(value);
        else for (const [key, part] of Object.entries(value)) this.inc({ [label!]: key }, part);
      },
    });
  };
  /** Adds a histogram; returns a function that takes what is observed. */
  const measure = (name: string, help: string, buckets: number[]) => {
    const histogram = new Histogram({ name, help, buckets, registers });
    return (value: number) => histogram.observe(value);
  };
  watch("process_resident_memory_bytes", "Resident memory of the server process.", () => process.memoryUsage.rss());
  watch("process_heap_bytes", "JavaScript objects of the server process.", () => process.memoryUsage().heapUsed);
  count("process_cpu_seconds_total", "Processor time of the server process.", () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  });
  watch(
    "chat_event_loop_lag_seconds",
    "The longest time for which nothing else could run since the metrics were last read; the first reading is 0.",
    readLag(),
    "max",
  );
  new Gauge({
    name: "chat_build_info",
    help: "1, labelled with the version of the server.",
    labelNames: ["version"],
    registers,
    aggregator: "max",
  }).set({ version: VERSION }, 1);
  return {
    registry,
    watch,
    count,
    measure,
    requests: new Counter({
      name: "chat_http_requests_total",
      help: "HTTP requests by status.",
      labelNames: ["status"],
      registers,
    }),
    commands: new Counter({ name: "chat_socket_commands_total", help: "Commands received on sockets.", registers }),
    messages: new Counter({ name: "chat_messages_total", help: "Messages stored.", registers }),
    refusals: new Counter({
      name: "chat_refusals_total",
      help: "Requests and commands refused, by error code.",
      labelNames: ["code"],
      registers,
    }),
    batchSize: new Histogram({
      name: "chat_batch_messages",
      help: "Messages in one append statement.",
      buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500],
      registers,
    }),
    batchSeconds: new Histogram({
      name: "chat_batch_seconds",
      help: "Time one append statement took, commit included.",
      buckets: [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5],
      registers,
    }),
  };
}

/** In milliseconds: what blocks for less is not told. */
const LAG_RESOLUTION = 20;

/** Measures from the first reading on, so that it costs nothing where nobody reads. */
function readLag(): () => number {
  let delays: ReturnType<typeof monitorEventLoopDelay> | undefined;
  return () => {
    const longest = delays?.max ?? 0;
    delays?.reset();
    delays ??= monitorEventLoopDelay({ resolution: LAG_RESOLUTION });
    delays.enable();
    return longest / 1e9;
  };
}
