// Routes of the audit log, for admins.
import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { writeAudit } from "../../audit/audit.ts";
import type { Core } from "../../core.ts";
import { authentication } from "../../http/authentication.ts";
import { PageQuery } from "../../http/pagination.ts";
import { refusals } from "../../http/responses.ts";
import { safeError } from "../../lib/log.ts";
import { AuditFilter, AuditRecord } from "../../protocol/admin.ts";
import { adminsOnly, unknownCursor } from "../../protocol/refusals.ts";
import { Page } from "../../protocol/types.ts";
import { actorOf } from "./actor.ts";

const TYPES = { csv: "text/csv; charset=utf-8", ndjson: "application/x-ndjson; charset=utf-8" };
type Format = keyof typeof TYPES;

function formatOf(request: Request, asked: Format | undefined): Format | null {
  if (asked) return asked;
  const accept = request.headers.get("accept") ?? "";
  return accept.includes("text/csv") ? "csv" : accept.includes("application/x-ndjson") ? "ndjson" : null;
}

export const auditModule = (core: Core) =>
  new Elysia({ name: "audit", tags: ["Administration"] }).use(authentication(core)).get(
    "/admin/audit",
    async ({ session, query, request, server }) => {
      const { format: asked, cursor, limit, ...filter } = query;
      const format = formatOf(request, asked);
      const { exportAudit, listAudit } = await import("./audit.ts");
      if (!format) return listAudit(core, query);
      const actor = actorOf(core, session, request, server);
      await writeAudit(core.db, { event: "audit_exported", actor, details: { format, ...filter } });
      // (A stream has no type of its own here.)
      return file(core, exportAudit(core, filter, format), format) as never;
    },
    {
      auth: "admin",
      query: Type.Composite([AuditFilter, PageQuery]),
      response: { 200: Page(AuditRecord), ...refusals(adminsOnly, unknownCursor) },
      detail: {
        operationId: "listAudit",
        summary: "The audit log",
        description:
          "Who did what to whom, when and from where, newest first: what moderators and admins did, and what people did about the security of their accounts. Kept for `AUDIT_DAYS`; nothing in it can be changed. As a file with `format`; that it was exported is in it as well.",
      },
    },
  );

function file(core: Core, pieces: AsyncGenerator<string>, format: Format): Response {
  const encoder = new TextEncoder();
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { value, done } = await pieces.next();
          if (done) controller.close();
          else controller.enqueue(encoder.encode(value));
        } catch (error) {
          core.log.warn({ error: safeError(error) }, "an export of the audit log could not be finished");
          // Whoever still reads must not take it for whole.
          controller.error(error);
        }
      },
      cancel: () => void pieces.return(undefined),
    },
    { highWaterMark: 1 },
  );
  return new Response(stream, {
    headers: {
      "content-type": TYPES[format],
      "content-disposition": `attachment; filename="audit-${new Date().toISOString().slice(0, 10)}.${format}"`,
      "cache-control": "no-store",
    },
  });
}
