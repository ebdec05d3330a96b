// Bans from the server. One is enforced wherever a user proves who they are (db/bans.ts): their sessions stay, and go on when it is over.
import { eq, sql } from "drizzle-orm";
import { type Actor, logAudit, writeAudit } from "../../audit/audit.ts";
import type { Core } from "../../core.ts";
import { isBanInForce } from "../../db/bans.ts";
import type { Transaction } from "../../db/client.ts";
import { notify } from "../../db/notify.ts";
import { users } from "../../db/schema.ts";
import { invalid } from "../../lib/errors.ts";
import { isoFromText } from "../../lib/time.ts";
import { trimmedText } from "../../lib/validation.ts";
import { FOREVER } from "../../protocol/admin.ts";
import { BAN_REASON_LIMIT } from "../../protocol/limits.ts";
import { lockTarget, requireOtherAdmin } from "./policy.ts";

/** What acts need of a server, or of a command without one. */
export type Acting = Pick<Core, "log"> & { bus: Pick<Core["bus"], "signal" | "notificationOf"> };

/** To be called once the transaction is committed. */
export type AfterCommit = () => void;

export const cleanReason = (reason: string | undefined) =>
  trimmedText("reason", reason ?? "", BAN_REASON_LIMIT, { minLength: 0 });

/**
 * Bans a user, with the bots that they own, until a moment to come or `forever`; again it replaces the end and the reason. Afterwards
 * their sockets are closed on every server. Throws `forbidden`, `not_found`, `invalid`.
 */
export async function banUser(
  core: Acting,
  tx: Transaction,
  actor: Actor,
  userId: number,
  ban: { until: string; reason?: string | undefined },
): Promise<AfterCommit> {
  const reason = cleanReason(ban.reason);
  const { user } = await lockTarget(tx, actor, userId, "moderate");
  if (user.role === "admin") await requireOtherAdmin(tx, actor, userId);
  const [stored] = await tx
    .update(users)
    .set({
      bannedAt: sql`case when ${isBanInForce} then ${users.bannedAt} else clock_timestamp() end` as never,
      bannedUntil: ban.until === FOREVER ? null : isoFromText(ban.until),
      banReason: reason,
    })
    .where(eq(users.id, userId))
    .returning({ isInForce: isBanInForce });
  // By the database's clock, as the ban itself is judged. The error rolls it back.
  if (!stored!.isInForce) throw invalid("banned_until", "must lie in the future");
  const bots = await tx.select({ id: users.id }).from(users).where(eq(users.ownerId, userId));
  const signals = [userId, ...bots.map(({ id }) => id)].map((id) => ({ type: "user.banned", userId: id }) as const);
  for (const signal of signals) await notify(tx, core.bus.notificationOf(signal));
  const entry = { event: "user_banned", actor, userId, details: { until: ban.until, reason } } as const;
  await writeAudit(tx, entry);
  return () => {
    for (const signal of signals) core.bus.signal(signal);
    logAudit(core.log, entry);
  };
}

/** Lifts a ban; where none is in force it changes nothing. Throws `forbidden`, `not_found`. */
export async function liftBan(
  core: Acting,
  tx: Transaction,
  actor: Actor,
  userId: number,
  why: string | undefined,
): Promise<AfterCommit> {
  const reason = cleanReason(why);
  await lockTarget(tx, actor, userId, "moderate");
  const [before] = await tx.select({ isInForce: isBanInForce }).from(users).where(eq(users.id, userId));
  if (!before!.isInForce) return () => {};
  await tx.update(users).set({ bannedAt: null, bannedUntil: null, banReason: null }).where(eq(users.id, userId));
  const entry = { event: "user_unbanned", actor, userId, details: { reason } } as const;
  await writeAudit(tx, entry);
  return () => logAudit(core.log, entry);
}
