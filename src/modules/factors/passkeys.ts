// Passkeys (WebAuthn): added, removed, and logged in with. Loaded when somebody uses one.
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from "@simplewebauthn/server";
import { decodeAttestationObject, isoBase64URL } from "@simplewebauthn/server/helpers";
import { and, eq, lt, or, sql } from "drizzle-orm";
import type { Core } from "../../core.ts";
import { passkeys, users } from "../../db/schema.ts";
import { networkOf } from "../../http/client-address.ts";
import type { RelyingParty } from "../../http/relying-party.ts";
import { ChatError, invalid } from "../../lib/errors.ts";
import { safeError } from "../../lib/log.ts";
import { logSecurity } from "../../lib/security-log.ts";
import { trimmedText } from "../../lib/validation.ts";
import type { Passkey, PasskeyLogin, PasskeyRegistration } from "../../protocol/factors.ts";
import { PASSKEY_NAME_LIMIT, PASSKEYS_LIMIT } from "../../protocol/limits.ts";
import { notFound, passkeyRefused, tooManyPasskeys } from "../../protocol/refusals.ts";
import type { Session } from "../../sessions/sessions.ts";
import { confirmOwner, type OwnerProof, requireStillOwner } from "../accounts/confirm.ts";
import { type LogInClient, startSession } from "../accounts/log-in.ts";
import { requireWayIn } from "../accounts/ways-in.ts";
import { isChallenge, issueChallenge, takeChallenge } from "./challenges.ts";
import { passkeyAddedLetter, passkeyRemovedLetter } from "./letters.ts";
import { toPasskey } from "./passkey.ts";
import { tell } from "./service.ts";

/** What devices show beside the username. */
const RP_NAME = "Chat";
/** How long browsers show the prompt: people look for a security key. */
const PROMPT_MS = 5 * 60_000;

type Owner = Pick<typeof users.$inferSelect, "id" | "createdAt">;

/** What authenticators know a user by: the same for all of their passkeys, and nothing that is shown elsewhere. */
const userHandleOf = ({ id, createdAt }: Owner) =>
  new Uint8Array(new Bun.CryptoHasher("sha256").update(`passkeys of ${id} since ${createdAt}`).digest());

/** What a browser needs to make a passkey. Throws what `confirmOwner` does, `quota`. */
export async function startRegistration(core: Core, session: Session, proof: OwnerProof, rp: RelyingParty) {
  const user = await confirmOwner(core, session, proof);
  const known = await core.db.select().from(passkeys).where(eq(passkeys.userId, user.id));
  if (known.length >= PASSKEYS_LIMIT) throw new ChatError(tooManyPasskeys(PASSKEYS_LIMIT));
  return generateRegistrationOptions({
    rpName: RP_NAME,
    rpID: rp.id,
    userName: user.username,
    userDisplayName: user.displayName ?? user.username,
    userID: userHandleOf(user),
    challenge: issueChallenge(core.config, `register ${session.id}`),
    timeout: PROMPT_MS,
    attestationType: "none",
    excludeCredentials: known.map(({ credentialId, transports }) => ({ id: credentialId, transports })),
    authenticatorSelection: { residentKey: "required", userVerification: "required" },
  });
}

/** Adds the passkey that a browser has made. Throws `invalid` for one that was not asked for here, `quota`. */
export async function finishRegistration(
  core: Core,
  session: Session,
  { name: text, credential }: PasskeyRegistration,
  rp: RelyingParty,
): Promise<Passkey> {
  const { userId } = session;
  // It stands in mails and in the log of nobody: no characters that hide, or break lines.
  const name = trimmedText("name", text, PASSKEY_NAME_LIMIT, { as: "name" });
  let challenge = "";
  const made = await verifyNew(core, session, credential, rp, (text) => {
    challenge = text;
  });
  const added = await core.db.transaction(async (tx) => {
    // Others of the user's wait for this one, so that the limit holds.
    await requireStillOwner(tx, session);
    if (!(await takeChallenge(tx, challenge))) throw notAskedFor();
    if ((await tx.$count(passkeys, eq(passkeys.userId, userId))) >= PASSKEYS_LIMIT)
      throw new ChatError(tooManyPasskeys(PASSKEYS_LIMIT));
    const [row] = await tx
      .insert(passkeys)
      .values({
        userId,
        credentialId: made.credential.id,
        publicKey: isoBase64URL.fromBuffer(made.credential.publicKey),
        counter: made.credential.counter,
        transports: credential.response.transports ?? [],
        name,
        isSynced: made.credentialBackedUp,
      })
      .onConflictDoNothing()
      .returning();
    if (!row) throw notAskedFor();
    return row;
  });
  logSecurity(core.log, "passkey_added", { user: userId, session: session.id });
  tell(core, userId, passkeyAddedLetter(name));
  return toPasskey(added);
}

const notAskedFor = () => invalid("credential", "is not one that was asked for, or has expired; try again");

async function verifyNew(
  { config, log }: Core,
  session: Session,
  credential: PasskeyRegistration["credential"],
  rp: RelyingParty,
  onChallenge: (challenge: string) => void,
) {
  try {
    // Certificates name addresses, which verifying them would fetch; without asking for an attestation browsers send none.
    const attestation = decodeAttestationObject(isoBase64URL.toBuffer(credential.response.attestationObject));
    if (attestation.get("attStmt").get("x5c") !== undefined || !["none", "packed"].includes(attestation.get("fmt")))
      throw new Error("an attestation");
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: { ...credential, clientExtensionResults: {}, response: credential.response as never },
      expectedChallenge(challenge) {
        onChallenge(challenge);
        return isChallenge(config, `register ${session.id}`, challenge);
      },
      expectedOrigin: rp.origins,
      expectedRPID: rp.id,
    });
    if (verified) return registrationInfo;
  } catch (error) {
    log.debug({ error: safeError(error) }, "a new passkey was refused");
  }
  throw notAskedFor();
}

/** Throws `invalid`, `not_found`. */
export async function renamePasskey(core: Core, userId: number, passkeyId: number, text: string): Promise<Passkey> {
  const name = trimmedText("name", text, PASSKEY_NAME_LIMIT, { as: "name" });
  const [renamed] = await core.db
    .update(passkeys)
    .set({ name })
    .where(and(eq(passkeys.id, passkeyId), eq(passkeys.userId, userId)))
    .returning();
  if (!renamed) throw new ChatError(notFound("passkey"));
  return toPasskey(renamed);
}

/** Throws what `confirmOwner` does, `not_found`, `last_way_in`. */
export async function removePasskey(core: Core, session: Session, passkeyId: number, proof: OwnerProof): Promise<void> {
  const confirmed = await confirmOwner(core, session, proof);
  const name = await core.db.transaction(async (tx) => {
    const user = await requireStillOwner(tx, session, confirmed);
    const [removed] = await tx
      .delete(passkeys)
      .where(and(eq(passkeys.id, passkeyId), eq(passkeys.userId, session.userId)))
      .returning({ name: passkeys.name });
    if (!removed) throw new ChatError(notFound("passkey"));
    await requireWayIn(core, tx, user);
    return removed.name;
  });
  logSecurity(core.log, "passkey_removed", { user: session.userId, session: session.id });
  tell(core, session.userId, passkeyRemovedLetter(name));
}

/** What a browser needs to ask for any passkey of this server. */
export const startLogIn = ({ config }: Core, rp: RelyingParty) =>
  generateAuthenticationOptions({
    rpID: rp.id,
    challenge: issueChallenge(config, "log in"),
    timeout: PROMPT_MS,
    userVerification: "required",
  });

/** A new session, as `POST /login` gives it. Throws `bad_credentials`, `slow_down`. */
export async function logInWithPasskey(
  core: Core,
  credential: PasskeyLogin["credential"],
  client: LogInClient,
  rp: RelyingParty,
) {
  // Nobody guesses a signature; this bounds what a network has checked.
  const account = `passkey ${Bun.hash(credential.id).toString(36)}`;
  let userId: number | null = null;
  await core.limits.passwordAttempt({ account, network: networkOf(client.address), device: null }, async () => {
    userId = await verifyLogIn(core, credential, rp);
    return userId !== null;
  });
  const session = userId === null ? null : await startSession(core, userId, { ...client, proof: "passkey" });
  if (session) return session;
  logSecurity(core.log, "log_in_failed", { user: userId ?? undefined, address: client.address, proof: "passkey" });
  throw new ChatError(passkeyRefused);
}

/** Whose passkey has signed a challenge of this server, which is used up; null for anything else. */
async function verifyLogIn(
  core: Core,
  credential: PasskeyLogin["credential"],
  rp: RelyingParty,
): Promise<number | null> {
  const { db, config, log } = core;
  const [found] = await db
    .select({ passkey: passkeys, owner: { id: users.id, createdAt: users.createdAt } })
    .from(passkeys)
    .innerJoin(users, eq(users.id, passkeys.userId))
    .where(eq(passkeys.credentialId, credential.id));
  if (!found || credential.response.userHandle !== isoBase64URL.fromBuffer(userHandleOf(found.owner))) return null;
  const { passkey } = found;
  let challenge = "";
  const signed = await verifyAuthenticationResponse({
    response: { ...credential, clientExtensionResults: {} },
    expectedChallenge(text) {
      challenge = text;
      return isChallenge(config, "log in", text);
    },
    expectedOrigin: rp.origins,
    expectedRPID: rp.id,
    credential: {
      id: passkey.credentialId,
      publicKey: isoBase64URL.toBuffer(passkey.publicKey),
      counter: passkey.counter,
    },
  }).catch((error) => {
    log.debug({ error: safeError(error) }, "a log-in with a passkey was refused");
    return null;
  });
  if (!signed?.verified) return null;
  const { newCounter, credentialBackedUp } = signed.authenticationInfo;
  return db.transaction(async (tx) => {
    if (!(await takeChallenge(tx, challenge))) return null;
    const used = await tx
      .update(passkeys)
      .set({ counter: newCounter, isSynced: credentialBackedUp, lastUsedAt: sql`now()` as never })
      // Of two copies of a key that counts, the second is refused.
      .where(
        and(
          eq(passkeys.id, passkey.id),
          or(lt(passkeys.counter, newCounter), and(eq(passkeys.counter, 0), sql`${newCounter}::bigint = 0`)),
        ),
      )
      .returning({ userId: passkeys.userId });
    return used[0]?.userId ?? null;
  });
}
