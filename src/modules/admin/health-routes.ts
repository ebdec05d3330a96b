// What the servers say of themselves, for those who run them.
import { Elysia } from "elysia";
import type { Core } from "../../core.ts";
import { authentication } from "../../http/authentication.ts";
import { refusals } from "../../http/responses.ts";
import { Health } from "../../protocol/health.ts";
import { moderatorsOnly } from "../../protocol/refusals.ts";
import { One } from "../../protocol/types.ts";

export const adminHealthModule = (core: Core) =>
  new Elysia({ name: "admin health", tags: ["Administration"] })
    .use(authentication(core))
    .get("/admin/health", async () => ({ data: await core.readHealth() }), {
      auth: "moderate",
      response: { 200: One(Health), ...refusals(moderatorsOnly) },
      detail: {
        operationId: "getServerHealth",
        summary: "The servers' health",
        description:
          "The figures of this server and of every other one on its database: load, queues, the database, the bus, memory, disk. For graphs and alerts over time use `GET /metrics`.",
      },
    });
