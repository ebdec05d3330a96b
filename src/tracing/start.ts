// Composes tracing. Loaded only where an endpoint is set.
import type { SqlClient } from "../db/connect.ts";
import { OpenTelemetry, type TracingSettings } from "./open-telemetry.ts";
import { traceSql } from "./traced-sql.ts";

/** Measures what is given to it, and the statements of clients that are wrapped. */
export function startTracing(settings: TracingSettings, nodeId: string) {
  const tracing = new OpenTelemetry(settings, nodeId);
  return Object.assign(tracing, { wrap: (sql: SqlClient) => traceSql(sql, tracing) });
}
