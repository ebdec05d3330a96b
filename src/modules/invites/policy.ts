// Invites as whoever has a code meets them: found, and used up. Groups create theirs (groups/invites.ts); the operator's are here.
import { and, eq, sql } from "drizzle-orm";
import type { Core } from "../../core.ts";
import type { Database, Transaction } from "../../db/client.ts";
import { invites, inviteUses } from "../../db/schema.ts";
import { ChatError } from "../../lib/errors.ts";
import { INVITE_DAYS } from "../../protocol/limits.ts";
import { inviteClosed, inviteRequired, notFound, registrationClosed } from "../../protocol/refusals.ts";

/** Any constant will do, as long as every server on this database uses the same one. */
const FIRST_INVITE_LOCK = 7_214_021_558_309;

export type StoredInvite = typeof invites.$inferSelect;

/** 128 bits that nobody guesses. */
export const newInviteCode = () => Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64url");

/** By the database's clock. */
export const isInForce = sql<boolean>`${invites.expiresAt} > now()`;
const isFull = sql<boolean>`coalesce(${invites.uses} >= ${invites.maxUses}, false)`;

/** The invite with this code, which a caller from the network has tried, also one that is over. Throws `not_found`, `slow_down`. */
export async function lookUpInvite({ db, limits }: Core, code: string, network: string) {
  const found = await limits.invite(network, async () => {
    const [invite] = await db
      .select({ invite: invites, isInForce, isFull })
      .from(invites)
      .where(eq(invites.code, code));
    return invite ?? null;
  });
  if (!found) throw new ChatError(notFound("invite"));
  return found;
}

/** One that can be used. Throws `not_found`, `closed`, `slow_down`. */
export async function findInvite(core: Core, code: string, network: string): Promise<StoredInvite> {
  const found = await lookUpInvite(core, code, network);
  if (!found.isInForce || found.isFull) throw new ChatError(inviteClosed);
  return found.invite;
}

/** Whether somebody may create an account with this invite. */
export const letsRegister = (
  { registration }: Core["config"],
  { creatorId }: Pick<StoredInvite, "creatorId">,
): boolean => registration !== "closed" || creatorId === null;

/** Before an account is created: throws what `findInvite` does, and `forbidden` without an invite that lets somebody register. */
export async function requireInvite(core: Core, code: string | undefined, network: string): Promise<void> {
  const isClosed = core.config.registration === "closed";
  if (code === undefined) throw new ChatError(isClosed ? registrationClosed : inviteRequired);
  if (!letsRegister(core.config, await findInvite(core, code, network))) throw new ChatError(registrationClosed);
}

/**
 * Counts the user among those who came by the invite, once. Its row stays locked until the transaction ends, so that no more people use
 * it than may. Throws `not_found`, `closed`.
 */
export async function takeInvite(tx: Transaction, code: string, userId: number): Promise<StoredInvite> {
  const [found] = await tx
    .select({ invite: invites, isInForce, isFull })
    .from(invites)
    .where(eq(invites.code, code))
    .for("update");
  if (!found) throw new ChatError(notFound("invite"));
  if (!found.isInForce) throw new ChatError(inviteClosed);
  const { id: inviteId } = found.invite;
  const isUser = and(eq(inviteUses.inviteId, inviteId), eq(inviteUses.userId, userId));
  const [used] = await tx.select({ inviteId: inviteUses.inviteId }).from(inviteUses).where(isUser);
  if (used) return found.invite;
  if (found.isFull) throw new ChatError(inviteClosed);
  await tx.insert(inviteUses).values({ inviteId, userId });
  await tx
    .update(invites)
    .set({ uses: sql`${invites.uses} + 1` })
    .where(eq(invites.id, inviteId));
  return found.invite;
}

/** An invite of the operator's: to the server alone, for `maxUses` people. Returns its code. */
export async function createOperatorInvite(
  db: Database | Transaction,
  { days = INVITE_DAYS, maxUses = 1 }: { days?: number; maxUses?: number } = {},
): Promise<string> {
  const code = newInviteCode();
  const expiresAt = sql`now() + ${days} * interval '1 day'` as never;
  await db.insert(invites).values({ code, maxUses, expiresAt });
  return code;
}

/**
 * While nobody has an account, an invite for the first one: the same at each start, and on each server, until it is used or runs out.
 * Null once somebody has one.
 */
export const firstInvite = (db: Database): Promise<string | null> =>
  db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(${FIRST_INVITE_LOCK})`);
    const [someone] = await tx.execute(sql`select 1 from users limit 1`);
    if (someone) return null;
    const [known] = await tx
      .select({ code: invites.code })
      .from(invites)
      .where(and(sql`${invites.creatorId} is null`, isInForce, sql`not ${isFull}`))
      .limit(1);
    return known?.code ?? createOperatorInvite(tx);
  });
