// What the supervisor and its workers say to each other over their channel. Both are of one version: they are one program.
import type { DatabaseTarget } from "../db/client.ts";

/** The metrics of a process, as prom-client's `getMetricsAsJSON` returns them. */
export type Figures = Awaited<ReturnType<import("prom-client").Registry["getMetricsAsJSON"]>>;

/** What a worker is started with. Secrets are in it, so that no command line and no environment needs them. */
export interface Assignment {
  /** 1 for the first worker; one that takes the place of another has its number. */
  number: number;
  nodeId: string;
  /** The node id of the worker in whose place it is started. */
  predecessor: string | null;
  /** 0 lets the worker choose. */
  port: number;
  target: DatabaseTarget;
  filesDir: string;
  jwtSecret: string;
  /** Of the supervisor's own PostgreSQL; null when it has none. */
  dataDir: string | null;
}

export type ToWorker =
  | { type: "assignment"; assignment: Assignment }
  | { type: "stop" }
  | { type: "figures.request" }
  /** The response to `metrics.request`; null when it failed. */
  | { type: "metrics"; text: string | null };

export type FromWorker =
  | { type: "listening"; port: number }
  /** It has received a signal itself, and asks what to do. */
  | { type: "signalled" }
  /** It shuts down, and takes this long to hand over its clients. */
  | { type: "stopping"; drainMs: number }
  | { type: "figures"; figures: Figures }
  /** Somebody asks this worker for the metrics of all of them. */
  | { type: "metrics.request" };
