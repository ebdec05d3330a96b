// By what an account can be logged in to, so that nobody takes their last way in from themselves.
import { and, eq, inArray } from "drizzle-orm";
import type { Core } from "../../core.ts";
import type { Transaction } from "../../db/client.ts";
import { identities, passkeys, tokenIssuers, type users } from "../../db/schema.ts";
import { ChatError } from "../../lib/errors.ts";
import { spellingsOf } from "../../lib/oidc-providers.ts";
import { lastWayIn } from "../../protocol/refusals.ts";

/**
 * To be asked within the transaction that takes one away, when that is done and the account's row is locked: of two that are removed at
 * once the second one is seen to be the last. Throws `last_way_in`.
 */
export async function requireWayIn({ config }: Core, tx: Transaction, user: typeof users.$inferSelect): Promise<void> {
  if (user.passwordHash !== null) return;
  const added = await tx.select({ name: tokenIssuers.name }).from(tokenIssuers);
  const issuers = [
    ...config.oidcProviders.flatMap(spellingsOf),
    ...[...config.tokenIssuers, ...added].map(({ name }) => name),
  ];
  const isLinked = and(eq(identities.userId, user.id), inArray(identities.issuer, issuers));
  if ((await tx.$count(identities, isLinked)) > 0) return;
  if ((await tx.$count(passkeys, eq(passkeys.userId, user.id))) > 0) return;
  throw new ChatError(lastWayIn);
}
