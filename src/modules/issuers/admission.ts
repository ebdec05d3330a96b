// People who come with a token of an issuer: their account is made by the first one, the token becomes a session, and what it says of
// them is shown. Loaded with the first token that is not our own.
import { and, eq } from "drizzle-orm";
import type { Core } from "../../core.ts";
import { isBanned } from "../../db/bans.ts";
import { type IssuedProfile, identities, tokenIssuers, tokens, users } from "../../db/schema.ts";
import { logSecurity } from "../../lib/security-log.ts";
import { isoFromMillis } from "../../lib/time.ts";
import { type IssuedToken, issuerOf, verifyIssued } from "../../sessions/issuer-tokens.ts";
import { deviceOfIssuer, type Issuers } from "../../sessions/sessions.ts";
import { createIdentified, findByIdentity } from "../accounts/identities.ts";
import { showName } from "../accounts/profile.ts";
import { publishProfile } from "../accounts/publish.ts";
import { IssuerRegistry, type KnownIssuer } from "./registry.ts";

type Parts = Pick<Core, "config" | "db" | "log">;

/** `core` is asked for once there are requests. */
export function createIssuers(parts: Parts, core: () => Core): Issuers {
  const registry = new IssuerRegistry(parts);
  // After a restart all tabs of somebody come at once.
  const underWay = new Map<string, Promise<boolean>>();
  const admit = async (token: string, key: string) => {
    const iss = issuerOf(token);
    // The second time with what has changed meanwhile.
    for (let attempt = 0; iss !== null && attempt < 2; attempt++) {
      const known = await registry.find(iss);
      const issued = known ? await verifyIssued(token, known) : null;
      if (!known || !issued) return false;
      const admitted = await admitIssued(core(), known, issued, key);
      if (admitted !== "changed") return admitted;
      registry.invalidate();
    }
    return false;
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
    forget: () => registry.invalidate(),
  };
}

async function admitIssued(core: Core, known: KnownIssuer, issued: IssuedToken, key: string) {
  const { issuer, subject, avatar } = issued;
  const userId = (await findByIdentity(core.db, issuer.name, subject)) ?? (await createUser(core, issued));
  if (userId === null) return false;
  const stored = await storeToken(core.db, userId, known, issued, key);
  if (typeof stored !== "object") return stored;
  const identity = { issuer: issuer.name, subject, userId };
  if (stored.isNew) logSecurity(core.log, "logged_in", { user: userId, proof: `token of ${issuer.name}` });
  if (stored.isRenamed) publishProfile(core, userId);
  // The token is good whatever comes of these two; the picture is not waited for.
  if (stored.hasGroups) await (await import("./group-claims.ts")).applyGroups(core, identity);
  if (stored.hasPicture) (await import("./pictures.ts")).showPicture(core, identity, issuer, avatar!);
  return true;
}

/** Null where the issuer's tokens make no users. */
async function createUser(core: Core, issued: IssuedToken): Promise<number | null> {
  const { issuer, subject, username, name } = issued;
  if (!issuer.create) return null;
  return createIdentified(core, { issuer: issuer.name, subject, username, name });
}

/**
 * Makes a token a session, and shows the name that it says, if that is news. False when it was made before its user was logged out, or
 * for a user who is banned or deleted; `changed` when the issuer is not what it was checked by any more.
 */
async function storeToken(
  db: Core["db"],
  userId: number,
  { version }: KnownIssuer,
  { issuer, subject, name, avatar, groups, issuedAt, expiresAt }: IssuedToken,
  key: string,
) {
  return db.transaction(async (tx) => {
    // A log-out waits for this lock, and then ends this session with the others.
    const [found] = await tx
      .select({ user: users, isBanned })
      .from(users)
      .where(eq(users.id, userId))
      .for("no key update", { noWait: true });
    if (!found || found.isBanned || found.user.deletedAt) return false;
    const { user } = found;
    if (user.tokensAfter && issuedAt < Date.parse(user.tokensAfter)) return false;
    if (version !== null) {
      // So does whoever changes the issuer, or takes it away.
      const [stands] = await tx
        .select({ name: tokenIssuers.name })
        .from(tokenIssuers)
        .where(and(eq(tokenIssuers.name, issuer.name), eq(tokenIssuers.updatedAt, version)))
        .for("share");
      if (!stands) return "changed" as const;
    }
    const inserted = await tx
      .insert(tokens)
      .values({
        userId,
        tokenHash: key,
        kind: "issuer",
        device: deviceOfIssuer(issuer.name),
        expiresAt: isoFromMillis(expiresAt),
      })
      .onConflictDoNothing({ target: tokens.tokenHash })
      .returning({ id: tokens.id });
    const isNew = inserted.length > 0;
    const nothing = { isNew, isRenamed: false, hasGroups: false, hasPicture: false };
    if (name === undefined && avatar === undefined && groups === undefined) return nothing;
    const isIdentity = and(eq(identities.issuer, issuer.name), eq(identities.subject, subject));
    const [known] = await tx.select().from(identities).where(isIdentity);
    // An older token of another device brings nothing former back.
    if (!known || (known.profileAt && issuedAt < Date.parse(known.profileAt))) return nothing;
    const isNamed = name !== undefined && known.profile?.name !== name;
    const hasPicture = avatar !== undefined && known.profile?.avatar !== avatar;
    // What could not be joined may be there by now.
    const hasGroups = groups !== undefined && !isSame(groups, known.groups ?? []);
    const profile: IssuedProfile = {
      ...known.profile,
      ...(name !== undefined && { name }),
      ...(groups !== undefined && { groups }),
    };
    if (isNamed || hasPicture || !isSame(groups ?? [], known.profile?.groups ?? []))
      await tx
        .update(identities)
        .set({ profile, profileAt: isoFromMillis(issuedAt) })
        .where(isIdentity);
    return { isNew, isRenamed: isNamed && (await showName(tx, user, name)), hasGroups, hasPicture };
  });
}

/** Of lists without repetition. */
const isSame = (one: readonly string[], other: readonly string[]) =>
  one.length === other.length && one.every((id) => other.includes(id));
