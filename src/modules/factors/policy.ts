// Whether an account has a second factor: asked with the account itself, so that those without one cost no statement more.
import { sql } from "drizzle-orm";

/** A column of a select from `users`. */
export const hasTotp = sql<boolean>`exists (select 1 from totp where totp.user_id = users.id and totp.enabled_at is not null)`;
