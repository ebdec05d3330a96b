// Issuers of tokens that are added, changed and taken away at run time. Those of the setting are shown beside them.
import { isDeepStrictEqual } from "node:util";
import { asc, eq, sql } from "drizzle-orm";
import { type Actor, type AuditEntry, logAudit, writeAudit } from "../../audit/audit.ts";
import type { Core } from "../../core.ts";
import type { Transaction } from "../../db/client.ts";
import { violatedUniqueConstraint } from "../../db/errors.ts";
import { notify } from "../../db/notify.ts";
import { type StoredIssuer, tokenIssuers } from "../../db/schema.ts";
import { ChatError, invalid } from "../../lib/errors.ts";
import { seal, unseal } from "../../lib/sealed.ts";
import { IssuerFault, type TokenIssuer, toIssuer } from "../../lib/token-issuers.ts";
import type { Issuer, IssuerUpdate } from "../../protocol/issuers.ts";
import { ISSUERS_LIMIT } from "../../protocol/limits.ts";
import { adminsOnly, notFound } from "../../protocol/refusals.ts";
import type { Session } from "../../sessions/sessions.ts";
import { confirmOwner, type OwnerProof, requireStillOwner } from "../accounts/confirm.ts";
import { sealedFor } from "./registry.ts";

/** Every server reads them anew; what it has missed it notices within seconds (registry.ts). */
const CHANGED = { type: "issuers.changed" } as const;

type Row = typeof tokenIssuers.$inferSelect;

/** Those of the setting first, then by name. */
export async function listIssuers({ config, db }: Core) {
  const rows = await db.select().from(tokenIssuers).orderBy(asc(tokenIssuers.name));
  const stored = rows.filter(({ name }) => !isFixed(config, name));
  return { data: [...config.tokenIssuers.map(toFixed), ...stored.map(toShown)], next_cursor: null };
}

/**
 * Adds an issuer, or makes it what is given. What changes by which its tokens are checked ends the sessions of those that were taken.
 * Throws `invalid`, and of somebody who is logged in what `confirmOwner` does.
 */
export async function saveIssuer(
  core: Core,
  session: Session,
  actor: Actor,
  name: string,
  { current_password, code, ...input }: IssuerUpdate,
): Promise<Issuer> {
  const requireStillAdmin = await confirmAdmin(core, session, { current_password, code });
  const { config } = core;
  requireNotFixed(config, name);
  requireSound(name, input);
  if (config.tokenIssuers.some(({ issuer }) => issuer === input.issuer)) throw issuerTaken();
  const { secret, ...fields } = input;
  const entry: AuditEntry = { event: "issuer_saved", actor, details: { issuer: name } };
  let isChanged = false;
  await core.sessions
    .endIssued(name, async (tx) => {
      await requireStillAdmin(tx);
      const [before] = await tx.select().from(tokenIssuers).where(eq(tokenIssuers.name, name)).for("update");
      if (!before && (await tx.$count(tokenIssuers)) >= ISSUERS_LIMIT)
        throw invalid("name", `at most ${ISSUERS_LIMIT} issuers; delete one first`);
      const former = before && open(config, before);
      isChanged = !isDeepStrictEqual(former, input);
      if (!isChanged) return false;
      const setting: StoredIssuer = {
        ...fields,
        ...(secret !== undefined && { sealed: seal(config, sealedFor(name), secret) }),
      };
      await tx
        .insert(tokenIssuers)
        .values({ name, issuer: input.issuer, setting })
        .onConflictDoUpdate({
          target: tokenIssuers.name,
          set: { issuer: input.issuer, setting, updatedAt: sql`clock_timestamp()` },
        });
      await writeAudit(tx, entry);
      await notify(tx, core.bus.notificationOf(CHANGED));
      return former !== undefined && !isDeepStrictEqual(checksOf(former), checksOf(input));
    })
    .catch((error) => {
      if (violatedUniqueConstraint(error) === "token_issuers_issuer") throw issuerTaken();
      throw error;
    });
  if (isChanged) {
    core.bus.signal(CHANGED);
    logAudit(core.log, entry);
  }
  const [row] = await core.db.select().from(tokenIssuers).where(eq(tokenIssuers.name, name));
  if (!row) throw new ChatError(notFound("issuer"));
  return toShown(row);
}

/** Its tokens are refused from now on, and the sessions of those that were taken end. Its users stay. Throws `not_found`, and as above. */
export async function deleteIssuer(
  core: Core,
  session: Session,
  actor: Actor,
  name: string,
  proof: OwnerProof,
): Promise<void> {
  const requireStillAdmin = await confirmAdmin(core, session, proof);
  requireNotFixed(core.config, name);
  const entry: AuditEntry = { event: "issuer_deleted", actor, details: { issuer: name } };
  await core.sessions.endIssued(name, async (tx) => {
    await requireStillAdmin(tx);
    const [gone] = await tx
      .delete(tokenIssuers)
      .where(eq(tokenIssuers.name, name))
      .returning({ name: tokenIssuers.name });
    if (!gone) throw new ChatError(notFound("issuer"));
    await writeAudit(tx, entry);
    await notify(tx, core.bus.notificationOf(CHANGED));
    return true;
  });
  core.bus.signal(CHANGED);
  logAudit(core.log, entry);
}

/**
 * A key has no password; an open page must not be enough to let somebody else sign. Returns what looks again in the transaction: whether
 * session, password and role still are what they were.
 */
async function confirmAdmin(
  core: Core,
  session: Session,
  proof: OwnerProof,
): Promise<(tx: Transaction) => Promise<void>> {
  const confirmed = session.scopes === null ? await confirmOwner(core, session, proof) : undefined;
  return async (tx) => {
    const { role } = await requireStillOwner(tx, session, confirmed);
    if (role !== "admin") throw new ChatError(adminsOnly);
  };
}

const isFixed = ({ tokenIssuers: fixed }: Core["config"], name: string) => fixed.some((issuer) => issuer.name === name);

function requireNotFixed(config: Core["config"], name: string) {
  if (isFixed(config, name)) throw invalid("name", "is that of an issuer of TOKEN_ISSUERS, which is changed there");
}

const issuerTaken = () => invalid("issuer", "is that of another one");

function requireSound(name: string, input: Omit<IssuerUpdate, keyof OwnerProof>) {
  let issuer: TokenIssuer;
  try {
    issuer = toIssuer({ name, ...input });
  } catch (error) {
    if (error instanceof IssuerFault) throw invalid(error.field, error.sentence);
    throw error;
  }
  // Only whoever runs the machine lets it ask what is private.
  if ("url" in issuer.keys && (issuer.keys.allowsPrivate || issuer.keys.url.protocol !== "https:"))
    throw invalid("jwks_url", "must be a public https:// address; another one is set by TOKEN_ISSUERS");
}

/** As it was given; without its secret where that can't be opened any more. */
function open(config: Core["config"], { name, setting: { sealed, ...fields } }: Row) {
  const secret = sealed === undefined ? undefined : unseal(config, sealedFor(name), sealed)?.text;
  return { ...fields, ...(secret !== undefined && { secret }) };
}

/** What tokens are checked by, and who they are of. */
const checksOf = ({ issuer, audience, jwks_url, public_key, secret, algorithms, claims }: Partial<IssuerUpdate>) => ({
  issuer,
  audience,
  jwks_url,
  public_key,
  secret,
  algorithms: algorithms?.toSorted(),
  id: claims?.id ?? "sub",
});

const toShown = ({ name, setting: { sealed, claims, create = true, ...fields }, updatedAt }: Row): Issuer => ({
  name,
  ...fields,
  ...(sealed !== undefined && { has_secret: true as const }),
  claims: { id: "sub", ...claims },
  create,
  updated_at: updatedAt,
});

function toFixed({ name, issuer, audience, algorithms, keys, claims, create }: TokenIssuer): Issuer {
  return { name, issuer, audience, algorithms, ...shownKeys(keys), claims, create, is_fixed: true };
}

function shownKeys(keys: TokenIssuer["keys"]) {
  if ("url" in keys) return { jwks_url: keys.url.href };
  if (keys.key.type === "secret") return { has_secret: true as const };
  return { public_key: String(keys.key.export({ type: "spki", format: "pem" })) };
}
