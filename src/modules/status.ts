// Routes for operators: is it well, and how busy is it?
import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import type { Core } from "../core.ts";

const PATIENCE_MS = 2_000;

const Health = Type.Object({
  status: Type.Union([Type.Literal("ok"), Type.Literal("unavailable")], { examples: ["ok"] }),
  database: Type.Union([Type.Literal("ok"), Type.Literal("unavailable")], { examples: ["ok"] }),
});

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
      async ({ set }) => {
        set.headers["content-type"] = core.metrics.registry.contentType;
        return core.metrics.registry.metrics();
      },
      {
        response: {
          200: Type.String({ description: "Figures in Prometheus' text format", examples: ["chat_messages_total 42"] }),
        },
        detail: {
          summary: "Metrics",
          description:
            "Sockets, users online, messages, batch sizes and times, queue lengths, refusals, memory. Keep it from the public at your reverse proxy.",
        },
      },
    );
