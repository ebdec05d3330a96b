// The picture that an issuer's token names: read by the guarded fetch, written anew like every picture, and shown. Nobody waits for it,
// and a failure costs nothing but the picture: a token that comes some minutes later tries again.

import { and, eq, sql } from "drizzle-orm";
import { LRUCache } from "lru-cache";
import pLimit from "p-limit";
import type { Core } from "../../core.ts";
import { identities } from "../../db/schema.ts";
import { guardedFetch } from "../../lib/guarded-fetch.ts";
import { safeError } from "../../lib/log.ts";
import type { TokenIssuer } from "../../lib/token-issuers.ts";
import { setAvatar } from "../accounts/avatars.ts";

const TIMEOUT_MS = 10_000;
/** Of a picture as it is fetched. */
const MAX_BYTES = 5 * 1024 * 1024;
const MAX_ADDRESS = 2_048;
/** At a time, and waiting: after a restart everybody comes with a token. */
const WIDTH = 4;
const QUEUE = 500;

/** How long one that could not be had is not asked for again, in milliseconds, and for how many people that is known. */
const RETRY_MS = 600_000;
const MAX_FAILED = 10_000;

const running = pLimit(WIDTH);
const underWay = new Set<string>();
/** Addresses, by who they are of. */
const failed = new LRUCache<string, string>({ max: MAX_FAILED, ttl: RETRY_MS });

/** In the background. */
export function showPicture(
  core: Core,
  { subject, userId }: { subject: string; userId: number },
  issuer: TokenIssuer,
  address: string,
): void {
  const id = `${issuer.name}:${subject}`;
  if (underWay.has(id) || failed.get(id) === address || running.pendingCount >= QUEUE) return;
  underWay.add(id);
  running(() => fetchPicture(core, issuer, subject, userId, address))
    .catch((error) => {
      failed.set(id, address);
      core.log.warn({ issuer: issuer.name, error: safeError(error) }, "a picture could not be fetched");
    })
    .finally(() => underWay.delete(id));
}

/**
 * Pictures come from public addresses: what a token names, a customer may have chosen. Only at the very origin of the issuer's keys, which
 * the operator named, those of a private network may be asked.
 */
export function picturePermission(issuer: TokenIssuer, address: string): { url: URL; allowsPrivate: boolean } | null {
  const url = address.length <= MAX_ADDRESS ? URL.parse(address) : null;
  if (!url || url.username || url.password) return null;
  const { keys } = issuer;
  if ("url" in keys && url.origin === keys.url.origin) return { url, allowsPrivate: keys.allowsPrivate };
  return url.protocol === "https:" ? { url, allowsPrivate: false } : null;
}

async function fetchPicture(core: Core, issuer: TokenIssuer, subject: string, userId: number, address: string) {
  const isIdentity = and(eq(identities.issuer, issuer.name), eq(identities.subject, subject));
  const isShown = async () => {
    const [known] = await core.db.select().from(identities).where(isIdentity);
    return !known || known.profile?.avatar === address;
  };
  const permission = picturePermission(issuer, address);
  // (It may have waited behind another server.)
  if (!permission || (await isShown())) return;
  const { url, allowsPrivate } = permission;
  const bytes = await guardedFetch(url, {
    allowsPrivate,
    timeoutMs: TIMEOUT_MS,
    maxBytes: MAX_BYTES,
    accept: "image/*",
  });
  const draft = { kind: "image", name: "picture", size: bytes.byteLength, clientId: null, meta: {} } as const;
  const file = await core.files.create(userId, draft);
  let isTaken = false;
  try {
    await core.files.receive(file, 0, once(bytes));
    await core.files.complete(file.id);
    isTaken = !(await isShown()) && (await setAvatar(core, userId, file.id)) !== null;
  } finally {
    if (!isTaken) await core.files.delete(userId, file.id).catch(() => {}); // Else the sweeper does.
  }
  await core.db
    .update(identities)
    .set({
      profile:
        sql`coalesce(${identities.profile}, '{}'::jsonb) || jsonb_build_object('avatar', ${address}::text)` as never,
    })
    .where(isIdentity);
}

async function* once(bytes: Uint8Array) {
  yield bytes;
}
