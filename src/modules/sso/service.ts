// What becomes of a log-in at a provider: a session, an account, or an identity that is linked to one.
import { and, eq, gt, inArray, isNull, ne, sql } from "drizzle-orm";
import type { Core } from "../../core.ts";
import type { Transaction } from "../../db/client.ts";
import { identities, type SignOnOutcome, signOns, users } from "../../db/schema.ts";
import { ChatError } from "../../lib/errors.ts";
import { keysOf } from "../../lib/names.ts";
import { type OidcProvider, spellingsOf } from "../../lib/oidc-providers.ts";
import { logSecurity } from "../../lib/security-log.ts";
import type { Letter } from "../../mail/mail.ts";
import {
  linkedAlready,
  linkedElsewhere,
  notFound,
  signOnClosed,
  signOnDenied,
  signOnExpired,
  signOnFailed,
  signOnNotAllowed,
  signOnUnavailable,
  signOnUnknown,
} from "../../protocol/refusals.ts";
import type { Identity, SignOn } from "../../protocol/sso.ts";
import type { Session } from "../../sessions/sessions.ts";
import { confirmOwner, type OwnerProof, requireStillOwner } from "../accounts/confirm.ts";
import { createAccount, freeUsername, takeNames } from "../accounts/create.ts";
import { findByIdentity } from "../accounts/identities.ts";
import { startSession } from "../accounts/log-in.ts";
import { showName } from "../accounts/profile.ts";
import { requireWayIn } from "../accounts/ways-in.ts";
import { begin, hashOf, requireProvider } from "./exchange.ts";
import { linkedLetter, unlinkedLetter } from "./letters.ts";

type Proved = Exclude<SignOnOutcome, { failure: unknown }>;

interface Client {
  address: string;
  network: string;
  /** What it calls itself. */
  device: string;
}

const FAILURES = { denied: signOnDenied, unavailable: signOnUnavailable, failed: signOnFailed };

/** Begins a log-in. Throws `not_found`, `invalid`, `slow_down`, `unavailable`. */
export async function startSignOn(core: Core, id: string, returnTo: string | undefined, network: string) {
  const provider = requireProvider(core, id);
  await core.limits.signOn(network);
  return begin(core, provider, { returnTo });
}

/**
 * The session of whoever logged in at a provider, as `POST /login` gives it; the first log-in makes an account where the provider's
 * may. Throws `not_found`, `sign_on_failed`, `slow_down`.
 */
export async function finishSignOn(core: Core, proof: SignOnProof, { address, network, device }: Client) {
  const { provider, userId } = await findOrCreate(core, proof, network).catch((error) => {
    if (error instanceof ChatError) logSecurity(core.log, "sign_on_failed", { address, code: error.code });
    throw error;
  });
  const session = await startSession(core, userId, { address, device, proof: `sso ${provider.id}` });
  if (session) return session;
  logSecurity(core.log, "sign_on_failed", { user: userId, address, provider: provider.id });
  throw new ChatError(signOnClosed);
}

async function findOrCreate(core: Core, proof: SignOnProof, network: string) {
  const { provider, proved } = await take(core, proof, null);
  const known = await findByIdentity(core.db, proved.issuer, proved.subject);
  return { provider, userId: known ?? (await create(core, provider, proved, network)) };
}

interface SignOnProof {
  code: string;
  verifier: string;
}

/** Who somebody is at the provider, by the code and its page's verifier; uses both up. Throws `not_found`, `sign_on_failed`. */
async function take(core: Core, { code, verifier }: SignOnProof, userId: number | null) {
  const [row] = await core.db
    .delete(signOns)
    .where(
      and(
        eq(signOns.codeHash, hashOf(code)),
        gt(signOns.expiresAt, sql`now()`),
        userId === null ? isNull(signOns.userId) : eq(signOns.userId, userId),
      ),
    )
    .returning();
  const provider = core.config.oidcProviders.find(({ id }) => id === row?.provider);
  if (!row?.outcome || !provider || row.verifierHash !== hashOf(verifier)) throw new ChatError(signOnExpired);
  if ("failure" in row.outcome) throw new ChatError(FAILURES[row.outcome.failure]);
  return { provider, proved: row.outcome };
}

/** The account of somebody new. Throws `sign_on_failed`, `slow_down`. */
async function create(core: Core, provider: OidcProvider, proved: Proved, network: string): Promise<number> {
  if (!provider.create) throw new ChatError(signOnUnknown);
  const { issuer, subject, names, displayName, email } = proved;
  const domain = email?.slice(email.lastIndexOf("@") + 1).toLowerCase();
  if (provider.emailDomains && !(domain !== undefined && provider.emailDomains.includes(domain)))
    throw new ChatError(signOnNotAllowed);
  await core.limits.register(network);
  const { userId, isNew } = await takeNames(core.db, async (tx) => {
    const existing = await findByIdentity(tx, issuer, subject);
    if (existing !== null) return { userId: existing, isNew: false };
    const { id } = await createAccount(core, tx, {
      username: await freeUsername(core, tx, names[0] ?? provider.id),
      email: email !== undefined && (await isFreeEmail(tx, email)) ? email : null,
    });
    const [user] = await tx
      .update(users)
      .set({ emailVerifiedAt: sql`case when ${users.email} is not null then now() end` as never })
      .where(eq(users.id, id))
      .returning();
    await tx.insert(identities).values({ issuer, subject, userId: id });
    if (displayName !== undefined) await showName(tx, user!, displayName);
    return { userId: id, isNew: true };
  });
  if (isNew) logSecurity(core.log, "registered", { user: userId, network, provider: provider.id });
  return userId;
}

/**
 * An address that somebody else has here stays theirs, and links nothing: that it is confirmed at the provider, now, says nothing of
 * who opened the account here.
 */
async function isFreeEmail(tx: Transaction, email: string): Promise<boolean> {
  const [taken] = await tx
    .select({ id: users.id })
    .from(users)
    .where(inArray(users.emailKey, keysOf(email)))
    .limit(1);
  return !taken;
}

/** The accounts of providers that one may log in with. */
export async function listIdentities({ db, config }: Core, userId: number): Promise<Identity[]> {
  const rows = await db
    .select({ issuer: identities.issuer, createdAt: identities.createdAt })
    .from(identities)
    .where(eq(identities.userId, userId));
  return config.oidcProviders.flatMap((provider) => {
    const linked = rows.find(({ issuer }) => spellingsOf(provider).includes(issuer));
    return linked ? [{ provider: provider.id, label: provider.label, created_at: linked.createdAt }] : [];
  });
}

/** Begins to link an account of a provider. Throws what `confirmOwner` does, `not_found`, `invalid`, `unavailable`. */
export async function startLinking(
  core: Core,
  session: Session,
  id: string,
  { return_to, ...proof }: OwnerProof & { return_to?: string },
  network: string,
): Promise<SignOn> {
  const provider = requireProvider(core, id);
  await confirmOwner(core, session, proof);
  await core.limits.signOn(network);
  return begin(core, provider, { returnTo: return_to, userId: session.userId });
}

/** Links it. Throws `not_found`, `sign_on_failed`, `already_linked`. */
export async function finishLinking(core: Core, session: Session, proof: SignOnProof): Promise<Identity> {
  const { userId } = session;
  const { provider, proved } = await take(core, proof, userId);
  const { issuer, subject } = proved;
  const { isNew, createdAt } = await core.db.transaction(async (tx) => {
    await requireStillOwner(tx, session);
    const [other] = await tx
      .select({ subject: identities.subject })
      .from(identities)
      .where(and(eq(identities.userId, userId), eq(identities.issuer, issuer), ne(identities.subject, subject)));
    if (other) throw new ChatError(linkedAlready);
    const [linked] = await tx
      .insert(identities)
      .values({ issuer, subject, userId })
      .onConflictDoNothing()
      .returning({ createdAt: identities.createdAt });
    if (linked) return { isNew: true, ...linked };
    const [before] = await tx
      .select({ createdAt: identities.createdAt, userId: identities.userId })
      .from(identities)
      .where(and(eq(identities.issuer, issuer), eq(identities.subject, subject)));
    if (before?.userId !== userId) throw new ChatError(linkedElsewhere);
    return { isNew: false, createdAt: before.createdAt };
  });
  if (isNew) {
    logSecurity(core.log, "identity_linked", { user: userId, session: session.id, provider: provider.id });
    tell(core, userId, provider, linkedLetter);
  }
  return { provider: provider.id, label: provider.label, created_at: createdAt };
}

/** Throws what `confirmOwner` does, `not_found`, `last_way_in`. */
export async function unlink(core: Core, session: Session, id: string, proof: OwnerProof): Promise<void> {
  const provider = requireProvider(core, id);
  const { userId } = session;
  const confirmed = await confirmOwner(core, session, proof);
  await core.db.transaction(async (tx) => {
    // Of two ways in that are removed at once the second one is seen to be the last.
    const user = await requireStillOwner(tx, session, confirmed);
    const gone = await tx
      .delete(identities)
      .where(and(eq(identities.userId, userId), inArray(identities.issuer, spellingsOf(provider))))
      .returning({ subject: identities.subject });
    if (gone.length === 0) throw new ChatError(notFound("linked account"));
    await requireWayIn(core, tx, user);
  });
  logSecurity(core.log, "identity_unlinked", { user: userId, session: session.id, provider: provider.id });
  tell(core, userId, provider, unlinkedLetter);
}

function tell(
  { db, mail }: Core,
  userId: number,
  { label }: OidcProvider,
  compose: (to: string, username: string, label: string) => Letter,
) {
  mail.send(async () => {
    const [user] = await db
      .select({ username: users.username, email: users.email })
      .from(users)
      .where(eq(users.id, userId));
    return user?.email ? compose(user.email, user.username, label) : null;
  });
}
