// What every service is handed: the parts of one running server. app.ts puts it together; nothing here does anything.
import type { Bus } from "./bus/bus.ts";
import type { Config } from "./config.ts";
import type { Database, SqlClient } from "./db/client.ts";
import type { Logger } from "./lib/log.ts";
import type { Metrics } from "./lib/metrics.ts";
import type { Limits } from "./lib/rate-limit.ts";
import type { SocketTimes } from "./protocol/limits.ts";
import type { Sessions } from "./sessions/sessions.ts";
import type { PeerCache } from "./timeline/peer-cache.ts";
import type { Receipts } from "./timeline/receipts.ts";
import type { ReplayReader } from "./timeline/replay-reader.ts";
import type { Timeline } from "./timeline/timeline.ts";

export interface Core {
  config: Config & { jwtSecret: string };
  socketTimes: SocketTimes;
  db: Database;
  sql: SqlClient;
  log: Logger;
  metrics: Metrics;
  limits: Limits;
  bus: Bus;
  timeline: Timeline;
  receipts: Receipts;
  sessions: Sessions;
  peerCache: PeerCache;
  replayReader: ReplayReader;
  /** Whether a user has a socket open, of whatever kind. */
  isOnline(userId: number): boolean;
  /** Set once the server is going down. */
  isClosing: boolean;
}
