// Routes of reports: for whoever reports, and for the admins of a group.
import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import type { Core } from "../../core.ts";
import { authentication } from "../../http/authentication.ts";
import { PageQuery } from "../../http/pagination.ts";
import { refusals } from "../../http/responses.ts";
import { PAGE_LIMIT, REPORT_DAYS, REPORTS_A_DAY } from "../../protocol/limits.ts";
import {
  adminRequired,
  alreadyReported,
  cannotReportSelf,
  messageDeleted,
  notFound,
  notMember,
  rankTooLow,
  reportClosed,
  tooMany,
  unknownCursor,
} from "../../protocol/refusals.ts";
import { CreatedReport, GroupReport, GroupReportUpdate, NewReport, ReportQuery } from "../../protocol/reports.ts";
import { IdText, One, Page } from "../../protocol/types.ts";
import { GroupParams } from "../groups/params.ts";

const ReportParams = Type.Object({ report_id: IdText("The report.", 12) });

export const reportsModule = (core: Core) =>
  new Elysia({ name: "reports", tags: ["Reports"] })
    .use(authentication(core))
    .post(
      "/reports",
      async ({ session, body, set }) => {
        const { createReport } = await import("./service.ts");
        const data = await createReport(core, session.userId, body);
        set.status = 201;
        return { data };
      },
      {
        auth: "write",
        body: NewReport,
        response: {
          201: One(CreatedReport),
          ...refusals(
            alreadyReported,
            messageDeleted,
            cannotReportSelf,
            notFound("message"),
            notFound("user"),
            notFound("group"),
            tooMany("reports", 86_400),
          ),
        },
        detail: {
          operationId: "createReport",
          summary: "Report something",
          description: `A message, a person or a group that you can see, or of a group that you have left what you could see there. Moderators are shown it, and of a group's message its admins, who don't learn who reported; whom it is about is never told. Of a message the text is kept as it is now. Up to ${REPORTS_A_DAY} a day.`,
        },
      },
    )
    .get(
      "/groups/:group_id/reports",
      async ({ session, params, query }) => {
        const { listGroupReports } = await import("./group-reports.ts");
        return listGroupReports(core, session.userId, params.group_id, { ...query, limit: query.limit ?? PAGE_LIMIT });
      },
      {
        auth: "read",
        params: GroupParams,
        query: Type.Composite([ReportQuery, PageQuery]),
        response: { 200: Page(GroupReport), ...refusals(unknownCursor, adminRequired, notMember, notFound("group")) },
        detail: {
          operationId: "listGroupReports",
          summary: "Reports of a group's messages",
          description: `For an admin or the owner, newest first, without who reported and without those of one's own messages. A closed one is gone after ${REPORT_DAYS} days.`,
        },
      },
    )
    .put(
      "/groups/:group_id/reports/:report_id",
      async ({ session, params, body }) => {
        const { closeGroupReport } = await import("./group-reports.ts");
        return { data: await closeGroupReport(core, session.userId, params.group_id, params.report_id, body) };
      },
      {
        auth: "manage",
        params: Type.Object({ ...GroupParams.properties, ...ReportParams.properties }),
        body: GroupReportUpdate,
        response: {
          200: One(GroupReport),
          ...refusals(reportClosed, adminRequired, rankTooLow, notMember, notFound("report"), notFound("group")),
        },
        detail: {
          operationId: "updateGroupReport",
          summary: "Close a report for the group",
          description:
            "An admin or the owner. What is to be done is done in the same transaction, or nothing is. Moderators still see the report, with what the group has decided.",
        },
      },
    );
