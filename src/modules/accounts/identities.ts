// People as issuers of tokens and providers of single sign-on call them.
import { and, eq } from "drizzle-orm";
import type { Core } from "../../core.ts";
import type { Transaction } from "../../db/client.ts";
import { identities } from "../../db/schema.ts";
import { logSecurity } from "../../lib/security-log.ts";
import { createAccount, freeUsername, takeNames } from "./create.ts";

/** The user whom an issuer, or a provider of single sign-on, calls so; null when there is none. */
export async function findByIdentity(
  db: Core["db"] | Transaction,
  issuer: string,
  subject: string,
): Promise<number | null> {
  const [found] = await db
    .select({ userId: identities.userId })
    .from(identities)
    .where(and(eq(identities.issuer, issuer), eq(identities.subject, subject)));
  return found?.userId ?? null;
}

/** A user of an issuer; the one that is there already if somebody was faster. */
export async function createIdentified(
  core: Pick<Core, "config" | "db" | "log">,
  { issuer, subject, username, name }: { issuer: string; subject: string; username?: string; name?: string },
): Promise<number> {
  const { userId, isNew } = await takeNames(core.db, async (tx) => {
    const existing = await findByIdentity(tx, issuer, subject);
    if (existing !== null) return { userId: existing, isNew: false };
    const account = await createAccount(core, tx, {
      username: await freeUsername(core, tx, username ?? name ?? `${issuer}_${subject}`),
    });
    await tx.insert(identities).values({ issuer, subject, userId: account.id });
    return { userId: account.id, isNew: true };
  });
  if (isNew) logSecurity(core.log, "registered", { user: userId, issuer });
  return userId;
}
