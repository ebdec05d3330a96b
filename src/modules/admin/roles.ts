// What people may do on the whole server.
import { eq } from "drizzle-orm";
import { type Actor, logAudit, writeAudit } from "../../audit/audit.ts";
import type { Transaction } from "../../db/client.ts";
import { notify } from "../../db/notify.ts";
import { users } from "../../db/schema.ts";
import { invalid } from "../../lib/errors.ts";
import type { ServerRole } from "../../protocol/scopes.ts";
import { type Acting, type AfterCommit, cleanReason } from "./bans.ts";
import { lockTarget, requireOtherAdmin } from "./policy.ts";

/** Gives somebody a role, or takes it away; what they have already is no change. Throws `forbidden`, `not_found`, `invalid`. */
export async function setServerRole(
  core: Acting,
  tx: Transaction,
  actor: Actor,
  userId: number,
  { role, reason: why }: { role: ServerRole; reason?: string | undefined },
): Promise<AfterCommit> {
  const reason = cleanReason(why);
  const { user } = await lockTarget(tx, actor, userId, "admin");
  const former = user.role ?? "user";
  if (former === role) return () => {};
  if (user.isBot) throw invalid("role", "is for people: a bot has none");
  if (former === "admin") await requireOtherAdmin(tx, actor, userId);
  await tx
    .update(users)
    .set({ role: role === "user" ? null : role })
    .where(eq(users.id, userId));
  const signal = { type: "role.changed", userId, role } as const;
  await notify(tx, core.bus.notificationOf(signal));
  const entry = { event: "role_changed", actor, userId, details: { role, former, reason } } as const;
  await writeAudit(tx, entry);
  return () => {
    core.bus.signal(signal);
    logAudit(core.log, entry);
  };
}
