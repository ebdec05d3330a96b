// The parts of a running server that routes and services take. app.ts composes them; this is a type alone.
import type { Bus } from "./bus/bus.ts";
import type { Config } from "./config.ts";
import type { Database, SqlClient } from "./db/client.ts";
import type { Files } from "./files/files.ts";
import type { Logger } from "./lib/log.ts";
import type { Metrics } from "./lib/metrics.ts";
import type { Limits } from "./lib/rate-limit.ts";
import type { Readiness } from "./lib/readiness.ts";
import type { Tracing } from "./lib/tracing.ts";
import type { Mail } from "./mail/mail.ts";
import type { Health } from "./protocol/health.ts";
import type { Sessions } from "./sessions/sessions.ts";
import type { PeerCache } from "./timeline/peer-cache.ts";
import type { Receipts } from "./timeline/receipts.ts";
import type { ReplayReader } from "./timeline/replay-reader.ts";
import type { Timeline } from "./timeline/timeline.ts";

export interface Core {
  config: Config & { jwtSecret: string };
  db: Database;
  sql: SqlClient;
  log: Logger;
  metrics: Metrics;
  /** The metrics in Prometheus' text format: of this process, or of all workers together. */
  readMetrics(): Promise<string>;
  limits: Limits;
  bus: Bus;
  timeline: Timeline;
  receipts: Receipts;
  sessions: Sessions;
  peerCache: PeerCache;
  replayReader: ReplayReader;
  /** Whether a user has any socket open on this server. */
  isOnline(userId: number): boolean;
  /** Of these users those who have a socket open on any server; a promise only where there may be several. */
  online(userIds: number[]): ReadonlySet<number> | Promise<ReadonlySet<number>>;
  /** Takes the checks of what must work before this server is sent requests. */
  readiness: Readiness;
  files: Files;
  mail: Mail;
  /** Goes on, in the background, with the removal of what deleted accounts have left. */
  purgeAccounts(): void;
  /** The figures of this server and of those beside it. What measures them is loaded when it is first called. */
  readHealth(): Promise<Health>;
  /** Null where nothing is traced. */
  tracing: Tracing | null;
}
