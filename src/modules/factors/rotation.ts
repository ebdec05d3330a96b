// After a change of JWT_SECRET: what the former one has sealed is sealed with the present one, so that the former may go.
import { and, asc, eq, gt } from "drizzle-orm";
import type { Core } from "../../core.ts";
import { totp } from "../../db/schema.ts";
import { seal, unseal } from "../../lib/sealed.ts";

const PAGE = 500;

/** Done at the start of a server that has a former secret, before it takes requests. */
export async function resealSecrets({ config, db, log }: Pick<Core, "config" | "db" | "log">): Promise<void> {
  let resealed = 0;
  for (let last = 0; ; ) {
    const rows = await db.select().from(totp).where(gt(totp.userId, last)).orderBy(asc(totp.userId)).limit(PAGE);
    if (rows.length === 0) break;
    for (const { userId, secret } of rows) {
      const opened = unseal(config, userId, secret);
      if (!opened || opened.isCurrent) continue;
      // Unless somebody has set up another one meanwhile.
      await db
        .update(totp)
        .set({ secret: seal(config, userId, opened.text) })
        .where(and(eq(totp.userId, userId), eq(totp.secret, secret)));
      resealed++;
    }
    last = rows.at(-1)!.userId;
  }
  if (resealed > 0) log.info({ resealed }, "secrets of second factors were encrypted with the new JWT_SECRET");
}
