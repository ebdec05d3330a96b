// Starting a session for a user who has proved who they are, by whatever means.

import type { Static } from "@sinclair/typebox";
import { eq } from "drizzle-orm";
import type { Core } from "../../core.ts";
import { isBanned } from "../../db/bans.ts";
import { users } from "../../db/schema.ts";
import { ChatError } from "../../lib/errors.ts";
import { logSecurity } from "../../lib/security-log.ts";
import { isoFromMillis } from "../../lib/time.ts";
import type { AccessToken } from "../../protocol/account.ts";
import { accountBanned } from "../../protocol/refusals.ts";
import { issueDeviceToken } from "./device-tokens.ts";

/** From where somebody logs in. */
export interface LogInClient {
  /** What the client calls itself. */
  device: string;
  /** Its network address. */
  address: string;
  /** The token of a device that is known already: it keeps that, and with it its count of failures. */
  deviceToken?: string | undefined;
  /** What was proved, for the log; a password when left out. */
  proof?: string;
}

/**
 * A new session as `POST /login` gives it; null for a user who is gone or deleted, or of whom something that was proved has changed
 * meanwhile (`isUnchanged`). Throws `account_banned`: by then it is the owner who is told.
 */
export async function startSession(
  core: Core,
  userId: number,
  { device, address, deviceToken, proof = "password" }: LogInClient,
  isUnchanged: (user: typeof users.$inferSelect) => boolean = () => true,
): Promise<Static<typeof AccessToken> | null> {
  const started = await core.db.transaction(async (tx) => {
    // A change of the password waits for this lock, and then ends this session with the others.
    const [found] = await tx
      .select({ user: users, isBanned })
      .from(users)
      .where(eq(users.id, userId))
      .for("share", { noWait: true });
    if (!found || found.user.deletedAt || !isUnchanged(found.user)) return null;
    const { user } = found;
    if (found.isBanned) return { user, session: null };
    return { user, session: await core.sessions.create(user.id, device, { address, db: tx }) };
  });
  if (!started) return null;
  if (!started.session) {
    logSecurity(core.log, "log_in_failed", { user: userId, address, proof, banned: true });
    throw new ChatError(accountBanned(started.user.bannedUntil, started.user.banReason ?? ""));
  }
  logSecurity(core.log, "logged_in", { user: userId, address, proof });
  return {
    access_token: started.session.token,
    token_type: "bearer",
    expires_at: isoFromMillis(started.session.expiresAt),
    device_token: deviceToken ?? issueDeviceToken(core.config.jwtSecret, started.user),
  };
}
