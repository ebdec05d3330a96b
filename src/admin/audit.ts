// The command that reads the audit log.
import { parseArgs } from "node:util";
import { writeAudit } from "../audit/audit.ts";
import { exportAudit, listAudit } from "../modules/admin/audit.ts";
import type { AuditFilter, AuditRecord } from "../protocol/admin.ts";
import { isTimestamp } from "../protocol/types.ts";
import { type Command, requireUser, type Tools, UsageError } from "./tools.ts";

const text = { type: "string" } as const;
const flag = { type: "boolean" } as const;

export const AUDIT: Record<string, Command> = {
  audit: {
    usage: "audit [--event EVENT] [--actor USER] [--user USER] [--from TIME] [--to TIME] [--csv|--ndjson]",
    about: "prints the newest entries of the audit log, or all of them as a file",
    async run(tools, args) {
      const { values } = parseArgs({
        args,
        options: { event: text, actor: text, user: text, from: text, to: text, csv: flag, ndjson: flag },
      });
      const { csv, ndjson, actor, user, ...rest } = values;
      if ((csv && ndjson) || [rest.from, rest.to].some((at) => at !== undefined && !isTimestamp(at)))
        throw new UsageError();
      const filter: AuditFilter = {
        ...(JSON.parse(JSON.stringify(rest)) as Omit<AuditFilter, "actor" | "user">),
        ...(actor !== undefined && { actor: (await requireUser(tools, actor)).id }),
        ...(user !== undefined && { user: (await requireUser(tools, user)).id }),
      };
      if (!csv && !ndjson) return newest(tools, filter);
      const format = csv ? "csv" : "ndjson";
      await writeAudit(tools.db, { event: "audit_exported", actor: tools.actor, details: { format, ...filter } });
      return exportAudit(tools, filter, format);
    },
  },
};

async function newest(tools: Tools, filter: AuditFilter): Promise<string> {
  const { data } = await listAudit(tools, filter);
  return data.map(lineOf).join("\n") || "None.";
}

function lineOf({ at, event, actor, user, group, message_id, address, details }: AuditRecord): string {
  return [
    at.slice(0, 19).replace("T", " "),
    event,
    `by ${actor ? actor.username : (details?.via ?? "the server")}`,
    ...(user ? [`to ${user.username}`] : []),
    ...(group ? [`in group ${group.id}`] : []),
    ...(message_id ? [`message ${message_id}`] : []),
    ...(address ? [`from ${address}`] : []),
    ...(details?.reason ? [`(${details.reason})`] : []),
  ].join("  ");
}
