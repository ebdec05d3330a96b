// Routes of reports for moderators.
import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import type { Core } from "../../core.ts";
import { authentication } from "../../http/authentication.ts";
import { PageQuery } from "../../http/pagination.ts";
import { refusals } from "../../http/responses.ts";
import { PAGE_LIMIT, REPORT_DAYS } from "../../protocol/limits.ts";
import {
  moderatorsActOnUsers,
  moderatorsOnly,
  notFound,
  reportClosed,
  unknownCursor,
} from "../../protocol/refusals.ts";
import { Report, ReportQuery, ReportUpdate } from "../../protocol/reports.ts";
import { IdText, One, Page } from "../../protocol/types.ts";
import { actorOf } from "../admin/actor.ts";

export const adminReportsModule = (core: Core) =>
  new Elysia({ name: "admin reports", tags: ["Administration"] })
    .use(authentication(core))
    .get(
      "/admin/reports",
      async ({ session, query }) => {
        const { listReports } = await import("./admin-reports.ts");
        return listReports(core, session.userId, { ...query, limit: query.limit ?? PAGE_LIMIT });
      },
      {
        auth: "moderate",
        query: Type.Composite([ReportQuery, PageQuery]),
        response: { 200: Page(Report), ...refusals(moderatorsOnly, unknownCursor) },
        detail: {
          operationId: "listReports",
          summary: "Reports",
          description: `All of them, newest first, but those about yourself; \`status\` chooses, \`open\` unless told. What a group's admins have decided is beside, and closes none. A closed one is gone after ${REPORT_DAYS} days.`,
        },
      },
    )
    .put(
      "/admin/reports/:report_id",
      async ({ session, params, body, request, server }) => {
        const { closeReport } = await import("./admin-reports.ts");
        const actor = { ...actorOf(core, session, request, server), id: session.userId };
        return { data: await closeReport(core, actor, params.report_id, body) };
      },
      {
        auth: "moderate",
        params: Type.Object({ report_id: IdText("The report.", 12) }),
        body: ReportUpdate,
        response: {
          200: One(Report),
          ...refusals(reportClosed, moderatorsOnly, moderatorsActOnUsers, notFound("report"), notFound("user")),
        },
        detail: {
          operationId: "updateReport",
          summary: "Close a report",
          description:
            "With what is done about it, in one transaction that is written to the audit log: all of it or nothing. Done again in the same way it changes nothing.",
        },
      },
    );
