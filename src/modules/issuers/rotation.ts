// After a change of JWT_SECRET: the secrets of issuers are sealed with the present one, so that the former may go.
import { and, eq } from "drizzle-orm";
import type { Core } from "../../core.ts";
import { tokenIssuers } from "../../db/schema.ts";
import { seal, unseal } from "../../lib/sealed.ts";
import { sealedFor } from "./registry.ts";

/** Done at the start of a server that has a former secret, before it takes requests. */
export async function resealIssuers({ config, db }: Pick<Core, "config" | "db">): Promise<void> {
  for (const { name, setting, updatedAt } of await db.select().from(tokenIssuers)) {
    const opened = setting.sealed === undefined ? null : unseal(config, sealedFor(name), setting.sealed);
    if (!opened || opened.isCurrent) continue;
    const sealed = seal(config, sealedFor(name), opened.text);
    // Unless somebody has changed it meanwhile. (For whoever checks tokens it stays the same.)
    await db
      .update(tokenIssuers)
      .set({ setting: { ...setting, sealed } })
      .where(and(eq(tokenIssuers.name, name), eq(tokenIssuers.updatedAt, updatedAt)));
  }
}
