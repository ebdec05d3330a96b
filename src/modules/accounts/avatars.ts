// Pictures of people: the thumbnail of an image that its owner has uploaded, shown at an address that is new with each one.
import { and, eq, isNull, sql } from "drizzle-orm";
import type { Core } from "../../core.ts";
import type { Transaction } from "../../db/client.ts";
import { files, users } from "../../db/schema.ts";
import { THUMBNAIL_OBJECT } from "../../files/attachment.ts";
import { PROTECTION } from "../../files/protection.ts";
import { ChatError } from "../../lib/errors.ts";
import type { Account } from "../../protocol/account.ts";
import { fileNotReady, notAnImage, notFound } from "../../protocol/refusals.ts";
import { toAccount } from "./account.ts";
import { publishProfile } from "./publish.ts";

const YEAR_SECONDS = 365 * 24 * 3600;
/** How long an address in a bucket is good for, and a little less: how long it is remembered. */
const ADDRESS_SECONDS = 3600;
const ADDRESS_KEPT_SECONDS = 3000;

/**
 * Shows an image that `uploaderId` has uploaded, and that no message may have then: it is the user's from here on. The same one again
 * changes nothing. Null when there is no such user any more. Throws `not_found`, `not_ready`, `unsupported` for a file that is no image.
 */
export const setAvatar = (core: Core, userId: number, fileId: number, uploaderId = userId): Promise<Account | null> =>
  replaceAvatar(core, userId, async (tx, before) => {
    if (before.avatarFileId === fileId) return before;
    await takeImage(tx, { fileId, uploaderId, userId });
    return { avatar: newName(), avatarFileId: fileId };
  });

/** Shows none. Null as above. */
export const removeAvatar = (core: Core, userId: number): Promise<Account | null> =>
  replaceAvatar(core, userId, () => Promise.resolve({ avatar: null, avatarFileId: null }));

/** A picture for whoever knows its name; it never changes. Throws `not_found`, `unavailable`. */
export async function serveAvatar(core: Core, userId: number, avatar: string): Promise<Response> {
  const [file] = await core.db
    .select({ key: files.key })
    .from(users)
    .innerJoin(files, eq(files.id, users.avatarFileId))
    .where(and(eq(users.id, userId), eq(users.avatar, avatar)));
  if (!file) throw new ChatError(notFound("picture"));
  const store = await core.files.store();
  const about = { mime: "image/webp", disposition: "inline", seconds: ADDRESS_SECONDS };
  const location = store.addressOf(file.key, THUMBNAIL_OBJECT, about);
  if (location) {
    const headers = { location, "cache-control": `public, max-age=${ADDRESS_KEPT_SECONDS}` };
    return new Response(null, { status: 302, headers });
  }
  const bytes = store.object(file.key, THUMBNAIL_OBJECT);
  const { size } = await bytes.stat();
  return new Response(bytes.stream(), {
    headers: {
      ...PROTECTION,
      "content-type": about.mime,
      "content-disposition": about.disposition,
      "content-length": String(size),
      "cache-control": `public, max-age=${YEAR_SECONDS}, immutable`,
    },
  });
}

type Avatar = Pick<typeof users.$inferSelect, "avatar" | "avatarFileId">;

/** The picture before goes with its file. */
async function replaceAvatar(
  core: Core,
  userId: number,
  choose: (tx: Transaction, before: Avatar) => Promise<Avatar>,
): Promise<Account | null> {
  const { account, isOther } = await core.db.transaction(async (tx) => {
    const [before] = await tx.select().from(users).where(eq(users.id, userId)).for("no key update", { noWait: true });
    if (!before || before.deletedAt) return { account: null, isOther: false };
    const { avatar, avatarFileId } = await choose(tx, before);
    if (avatar === before.avatar) return { account: toAccount(before), isOther: false };
    await tx.update(users).set({ avatar, avatarFileId }).where(eq(users.id, userId));
    if (before.avatarFileId !== null) {
      const deleted = { state: "deleted", touchedAt: sql`clock_timestamp()` } as const;
      await tx.update(files).set(deleted).where(eq(files.id, before.avatarFileId));
    }
    return { account: toAccount({ ...before, avatar }), isOther: true };
  });
  if (isOther) publishProfile(core, userId);
  return account;
}

/** As messages take one: it is used once, and the sweeper leaves it alone from here on. */
async function takeImage(
  tx: Transaction,
  { fileId, uploaderId, userId }: { fileId: number; uploaderId: number; userId: number },
) {
  const isOwn = and(eq(files.id, fileId), eq(files.ownerId, uploaderId));
  const [taken] = await tx
    .update(files)
    .set({
      usedAt: sql`clock_timestamp()`,
      touchedAt: sql`clock_timestamp()`,
      // What its uploader calls it is unique among their files alone.
      ...(userId !== uploaderId && { ownerId: userId, clientId: null }),
    })
    .where(and(isOwn, eq(files.kind, "image"), eq(files.state, "ready"), isNull(files.usedAt)))
    .returning({ id: files.id });
  if (taken) return;
  const [file] = await tx.select({ kind: files.kind, state: files.state }).from(files).where(isOwn);
  if (!file || file.state === "deleted") throw new ChatError(notFound("file"));
  if (file.state === "uploading" || file.state === "checking") throw new ChatError(fileNotReady);
  if (file.kind !== "image" || file.state === "refused") throw new ChatError(notAnImage);
  throw new ChatError(notFound("file"));
}

/** 16 characters that nobody guesses. */
const newName = () => Buffer.from(crypto.getRandomValues(new Uint8Array(12))).toString("base64url");
