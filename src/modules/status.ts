// Routes for operators: is it well, and how busy is it?
import { createHash, timingSafeEqual } from "node:crypto";
import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import type { Core } from "../core.ts";
import { ChatError } from "../lib/errors.ts";
import { refusals } from "../lib/schemas.ts";
import { bearerToken } from "./auth/callers.ts";

const PATIENCE_MS = 2_000;

const Health = Type.Object({
  status: Type.Union([Type.Literal("ok"), Type.Literal("unavailable")], { examples: ["ok"] }),
  database: Type.Union([Type.Literal("ok"), Type.Literal("unavailable")], { examples: ["ok"] }),
});

/** Compares secrets in a time that says nothing of how far they agree. */
const isSame = (given: string, secret: string) =>
  timingSafeEqual(...([given, secret].map((text) => createHash("sha256").update(text).digest()) as [Buffer, Buffer]));

export const statusModule = (core: Core) =>
  new Elysia({ name: "status", tags: ["Status"] })
    .get(
      "/health",
      async ({ set }) => {
        const answered = await Promise.race([
          core.sql`select 1`.then(
            () => true,
            () => false,
          ),
          Bun.sleep(PATIENCE_MS).then(() => false),
        ]);
        const state = answered ? ("ok" as const) : ("unavailable" as const);
        if (!answered) set.status = 503;
        return { status: state, database: state };
      },
      {
        response: { 200: Health, 503: Health },
        detail: {
          summary: "Health",
          description: "Whether this process and its database answer; 503 when the database does not.",
        },
      },
    )
    .get(
      "/metrics",
      async ({ request, set }) => {
        const { metricsToken } = core.config;
        if (metricsToken && !isSame(bearerToken(request.headers.get("authorization")) ?? "", metricsToken))
          throw new ChatError("unauthorized", "These figures are for those who have the token.");
        set.headers["content-type"] = core.metrics.registry.contentType;
        return core.metrics.registry.metrics();
      },
      {
        response: {
          ...refusals(401),
          200: Type.String({ description: "Figures in Prometheus' text format", examples: ["chat_messages_total 42"] }),
        },
        detail: {
          summary: "Metrics",
          description:
            "Sockets, users online, messages, batch sizes and times, queue lengths, refusals, memory. Keep it from the public, at your reverse proxy or by `METRICS_TOKEN`.",
        },
      },
    );
