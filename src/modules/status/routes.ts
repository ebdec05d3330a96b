// Routes for operators: health, readiness, liveness and metrics.
import { createHash, timingSafeEqual } from "node:crypto";
import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import type { Core } from "../../core.ts";
import { bearerToken } from "../../http/authentication.ts";
import { described, refusals } from "../../http/responses.ts";
import { ChatError } from "../../lib/errors.ts";
import { NOT_READY, type NotReady } from "../../lib/readiness.ts";
import { metricsTokenRequired } from "../../protocol/refusals.ts";

const CHECK_TIMEOUT_MS = 2_000;

const Status = Type.Union([Type.Literal("ok"), Type.Literal("unavailable")], { examples: ["ok"] });
const Health = Type.Object({ status: Status, database: Status });
const DOWN = { description: "The database does not respond" };
const Ready = Type.Object({ status: Type.Literal("ok", { examples: ["ok"] }) });
const Unready = Type.Object({
  status: Type.Literal("unavailable", { examples: ["unavailable"] }),
  reason: Type.Unsafe<NotReady>(
    Type.Union(
      Object.keys(NOT_READY).map((reason) => Type.Literal(reason)),
      { examples: ["draining"] },
    ),
  ),
});
const REASONS = Object.entries(NOT_READY).map(([reason, text]) => `- \`${reason}\`: ${text}.`);

/** Compares secrets in constant time. */
const isSame = (given: string, secret: string) =>
  timingSafeEqual(...([given, secret].map((text) => createHash("sha256").update(text).digest()) as [Buffer, Buffer]));

export const statusModule = (core: Core) => {
  /** Whether reads and writes both work: they have connections of their own, and either may fail alone. */
  const checkDatabase = () =>
    Promise.race([
      Promise.all([core.sql`select 1`, core.timeline.canWrite()]).then(
        ([, canWrite]) => canWrite,
        () => false,
      ),
      Bun.sleep(CHECK_TIMEOUT_MS).then(() => false),
    ]);
  let checking: Promise<boolean> | null = null;
  // Concurrent requests share one check: anybody may ask, and messages wait behind the check of the writer.
  const isDatabaseHealthy = () => {
    checking ??= checkDatabase().finally(() => {
      checking = null;
    });
    return checking;
  };
  const stateOf = (isHealthy: boolean) => (isHealthy ? ("ok" as const) : ("unavailable" as const));
  return new Elysia({ name: "status", tags: ["Status"] })
    .get(
      "/health",
      async ({ set }) => {
        const isHealthy = await isDatabaseHealthy();
        if (!isHealthy) set.status = 503;
        return { status: stateOf(isHealthy), database: stateOf(isHealthy) };
      },
      {
        response: {
          200: Health,
          503: described(Health, { ...DOWN, example: { status: "unavailable", database: "unavailable" } }),
        },
        detail: {
          operationId: "getHealth",
          summary: "Health",
          description: "Whether this process can read from and write to its database; 503 when it can't.",
        },
      },
    )
    .get(
      "/ready",
      async ({ status }) => {
        // The database last: it need not be asked when the answer is known.
        const reason = core.readiness.reason ?? ((await isDatabaseHealthy()) ? null : "database_unavailable");
        return reason ? status(503, { status: "unavailable", reason }) : { status: "ok" as const };
      },
      {
        response: { 200: Ready, 503: described(Unready, { description: "The process is not to be sent requests" }) },
        detail: {
          operationId: "getReadiness",
          summary: "Readiness",
          description: `Whether this process is to be sent requests; for load balancers. 503 when not, with the \`reason\`:\n\n${REASONS.join("\n")}`,
        },
      },
    )
    .get("/live", () => ({ status: "ok" as const }), {
      response: { 200: Type.Object({ status: Type.Literal("ok", { examples: ["ok"] }) }) },
      detail: {
        operationId: "getLiveness",
        summary: "Liveness",
        description:
          "That this process answers. It does not ask the database, for a restart would not bring that back.",
      },
    })
    .get(
      "/metrics",
      async ({ request, set }) => {
        const { metricsToken } = core.config;
        if (metricsToken && !isSame(bearerToken(request.headers.get("authorization")) ?? "", metricsToken))
          throw new ChatError(metricsTokenRequired);
        set.headers["content-type"] = core.metrics.registry.contentType;
        return core.readMetrics();
      },
      {
        response: {
          ...refusals(metricsTokenRequired),
          200: Type.String({ description: "Figures in Prometheus' text format", examples: ["chat_messages_total 42"] }),
        },
        detail: {
          operationId: "getMetrics",
          summary: "Metrics",
          description:
            "Sockets, users online, messages, batch sizes and times, queue lengths, refusals, memory. Keep it from the public, at your reverse proxy or by `METRICS_TOKEN`.",
        },
      },
    );
};
