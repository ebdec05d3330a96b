// People who come with a token of an issuer: their account is made by the first one, and the token becomes a session.
import { and, eq } from "drizzle-orm";
import type { Core } from "../../core.ts";
import { isBanned } from "../../db/bans.ts";
import { identities, tokens, users } from "../../db/schema.ts";
import { logSecurity } from "../../lib/security-log.ts";
import { isoFromMillis } from "../../lib/time.ts";
import { type IssuedToken, IssuerTokens } from "../../sessions/issuer-tokens.ts";
import type { Issuers } from "../../sessions/sessions.ts";
import { createIdentified, findByIdentity } from "./identities.ts";
import { showName } from "./profile.ts";
import { publishProfile } from "./publish.ts";

type Parts = Pick<Core, "config" | "db" | "log">;

/** `core` is asked for once there are requests. */
export function createIssuers({ config, db, log }: Parts, core: () => Core): Issuers {
  const issuerTokens = new IssuerTokens(config.tokenIssuers, log);
  // After a restart all tabs of somebody come at once.
  const underWay = new Map<string, Promise<boolean>>();
  const admit = async (token: string, key: string) => {
    const issued = await issuerTokens.verify(token);
    if (!issued) return false;
    const userId =
      (await findByIdentity(db, issued.issuer.name, issued.subject)) ?? (await createUser({ config, db, log }, issued));
    if (userId === null) return false;
    const stored = await storeToken(db, userId, issued, key);
    if (stored?.isNew) logSecurity(log, "logged_in", { user: userId, proof: `token of ${issued.issuer.name}` });
    if (stored?.isRenamed) publishProfile(core(), userId);
    return stored !== null;
  };
  return {
    admit(token, key) {
      let admission = underWay.get(key);
      if (!admission) {
        admission = admit(token, key).finally(() => underWay.delete(key));
        underWay.set(key, admission);
      }
      return admission;
    },
  };
}

/** Null where the issuer's tokens make no users. */
async function createUser(core: Parts, issued: IssuedToken): Promise<number | null> {
  const { issuer, subject, username, name } = issued;
  if (!issuer.create) return null;
  return createIdentified(core, { issuer: issuer.name, subject, username, name });
}

/**
 * Makes a token a session, and shows the name that it says, if that is news. Null when it was made before its user was logged out, or
 * for a user who is banned or deleted.
 */
async function storeToken(
  db: Core["db"],
  userId: number,
  { issuer, subject, name, issuedAt, expiresAt }: IssuedToken,
  key: string,
): Promise<{ isNew: boolean; isRenamed: boolean } | null> {
  return db.transaction(async (tx) => {
    // A log-out waits for this lock, and then ends this session with the others.
    const [found] = await tx
      .select({ user: users, isBanned })
      .from(users)
      .where(eq(users.id, userId))
      .for("no key update", { noWait: true });
    if (!found || found.isBanned || found.user.deletedAt) return null;
    const { user } = found;
    if (user.tokensAfter && issuedAt < Date.parse(user.tokensAfter)) return null;
    const inserted = await tx
      .insert(tokens)
      .values({
        userId,
        tokenHash: key,
        kind: "issuer",
        device: `Token of ${issuer.name}`,
        expiresAt: isoFromMillis(expiresAt),
      })
      .onConflictDoNothing({ target: tokens.tokenHash })
      .returning({ id: tokens.id });
    const isNew = inserted.length > 0;
    if (name === undefined) return { isNew, isRenamed: false };
    const isIdentity = and(eq(identities.issuer, issuer.name), eq(identities.subject, subject));
    const [known] = await tx.select().from(identities).where(isIdentity);
    // An older token of another device does not bring a former name back.
    if (!known || known.profile?.name === name) return { isNew, isRenamed: false };
    if (known.profileAt && issuedAt < Date.parse(known.profileAt)) return { isNew, isRenamed: false };
    await tx
      .update(identities)
      .set({ profile: { name }, profileAt: isoFromMillis(issuedAt) })
      .where(isIdentity);
    return { isNew, isRenamed: await showName(tx, user, name) };
  });
}
