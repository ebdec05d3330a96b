// What the rules of HTTP need of the server.
import type { Logger } from "../lib/log.ts";
import type { Metrics } from "../lib/metrics.ts";
import type { Limits } from "../lib/rate-limit.ts";
import type { Tracing } from "../lib/tracing.ts";
import type { Sessions } from "../sessions/sessions.ts";

export interface HttpServices {
  config: { corsOrigins: string[]; trustProxy: number };
  sessions: Pick<Sessions, "find" | "actOnBehalfOf">;
  limits: Pick<Limits, "request" | "body" | "anonymous" | "anonymousBody">;
  metrics: Pick<Metrics, "requests" | "refusals">;
  log: Logger;
  tracing: Tracing | null;
}
