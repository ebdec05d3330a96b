// The rows of `files`, and how they change. Each change says what it expects the row to be, so that two servers, or a server and the
// sweeper, can't both make it.
import type { TransactionSql } from "postgres";
import type { SqlClient } from "../db/client.ts";
import { ChatError } from "../lib/errors.ts";
import type { FileDetails, FileKind, FileState } from "../protocol/files.ts";
import { UNFINISHED_FILES_LIMIT } from "../protocol/limits.ts";
import { fileQuota, notLoggedIn, tooManyUploads } from "../protocol/refusals.ts";

type Transaction = TransactionSql<{ bigint: number }>;

export interface FileRecord {
  id: number;
  owner_id: number;
  client_id: string | null;
  key: string;
  kind: FileKind;
  name: string;
  mime: string;
  size: number;
  received: number;
  /** The objects whose bytes, one after the other, are the file's; one of them once it is complete. */
  parts: string[];
  state: FileState | "deleted";
  meta: FileDetails;
}

/** What whoever uploads says of a file before it is there. */
export interface FileDraft {
  kind: FileKind;
  /** For people; 1 to 255 characters. */
  name: string;
  /** In bytes. */
  size: number;
  clientId: string | null;
  meta: FileDetails;
}

const columns = (sql: Pick<SqlClient, "unsafe">) =>
  sql.unsafe(
    "f.id, f.owner_id, f.client_id, f.key, f.kind, f.name, f.mime, f.size, f.received, f.parts, f.state, f.meta",
  );

/** A file of any state but `deleted`; null when there is none. */
export async function findFile(sql: SqlClient, id: number): Promise<FileRecord | null> {
  const [row] = await sql<
    FileRecord[]
  >`select ${columns(sql)} from files f where f.id = ${id} and f.state <> 'deleted'`;
  return row ?? null;
}

/** A file that a user may read: their own, or one of a message that stands in a room of theirs. Null for all others. */
export async function findReadable(sql: SqlClient, id: number, userId: number): Promise<FileRecord | null> {
  const [row] = await sql<FileRecord[]>`
    select ${columns(sql)} from files f
    where f.id = ${id} and f.state = 'ready' and (f.owner_id = ${userId} or exists (
      select 1 from file_uses u
      join members m on m.room_id = u.room_id and m.user_id = ${userId}
      join events e on e.id = u.event_id and e.deleted_at is null
      where u.file_id = f.id))`;
  return row ?? null;
}

/** Registers an upload; the same `clientId` once more is the same one. Throws `quota`, `slow_down`. */
export async function insertFile(
  sql: SqlClient,
  ownerId: number,
  draft: FileDraft,
  quota: number,
): Promise<FileRecord> {
  return sql.begin(async (tx) => {
    await lockFilesOf(tx, ownerId);
    const known = draft.clientId === null ? null : await takeClientId(tx, ownerId, draft.clientId);
    if (known) return known;
    const [used] = await tx<{ bytes: number; unfinished: number }[]>`
      select coalesce(sum(size), 0)::bigint as bytes, count(*) filter (where state = 'uploading')::int as unfinished
      from files where owner_id = ${ownerId} and state not in ('refused', 'deleted')`;
    if (used!.unfinished >= UNFINISHED_FILES_LIMIT) throw new ChatError(tooManyUploads(UNFINISHED_FILES_LIMIT));
    if (used!.bytes + draft.size > quota) throw new ChatError(fileQuota);
    // A deletion of the account waits for this lock, or is seen.
    const [row] = await tx<FileRecord[]>`
      with owner as (select id from users where id = ${ownerId} and deleted_at is null for key share)
      insert into files as f (owner_id, client_id, key, kind, name, size, meta)
      select id, ${draft.clientId}::uuid, ${newKey()}, ${draft.kind}, ${draft.name}, ${draft.size}::bigint, ${JSON.stringify(draft.meta)}::text::jsonb
      from owner
      returning ${columns(sql)}`;
    if (!row) throw new ChatError(notLoggedIn);
    return row;
  });
}

/** Ends an upload where it is; the file of the same `clientId`, if there is another one. Null when it was taken away meanwhile. */
export async function describeFile(
  sql: SqlClient,
  ownerId: number,
  id: number,
  { kind, name, clientId, meta }: Omit<FileDraft, "size">,
): Promise<FileRecord | null> {
  return sql.begin(async (tx) => {
    await lockFilesOf(tx, ownerId);
    const known = clientId === null ? null : await takeClientId(tx, ownerId, clientId);
    if (known) return known;
    const [row] = await tx<FileRecord[]>`
      update files f set kind = ${kind}, name = ${name}, client_id = ${clientId}, meta = ${JSON.stringify(meta)}::text::jsonb, size = received
      where id = ${id} and state = 'uploading'
      returning ${columns(sql)}`;
    return row ?? null;
  });
}

/** One change of somebody's files after the other, so that two can't each fit into what is left. */
const lockFilesOf = (tx: Transaction, ownerId: number) =>
  tx`select pg_advisory_xact_lock(hashtextextended(${`files of ${ownerId}`}, 0))`;

/** The file that has this id of its owner's own; one that is gone or refused gives it up, and counts as none. */
async function takeClientId(tx: Transaction, ownerId: number, clientId: string): Promise<FileRecord | null> {
  const [known] = await tx<FileRecord[]>`
    select ${columns(tx)} from files f where f.owner_id = ${ownerId} and f.client_id = ${clientId}`;
  if (!known) return null;
  if (known.state !== "deleted" && known.state !== "refused") return known;
  await tx`update files set client_id = null where id = ${known.id}`;
  return null;
}

/** Takes over a part that has arrived. False when the upload was no longer where the part begins. */
export async function addPart(sql: SqlClient, { id }: FileRecord, offset: number, part: string, bytes: number) {
  const { count } = await sql`
    update files set parts = parts || ${part}::text, received = received + ${bytes}, touched_at = clock_timestamp()
    where id = ${id} and state = 'uploading' and received = ${offset} and received + ${bytes} <= size`;
  return count > 0;
}

/** Changes a row of this state, and returns it; null when it has another one by now. */
export async function changeFile(
  sql: SqlClient,
  id: number,
  state: FileRecord["state"],
  change: Partial<Pick<FileRecord, "state" | "name" | "mime" | "size" | "received" | "parts" | "meta">>,
): Promise<FileRecord | null> {
  const { meta, ...values } = change;
  const newMeta = meta ? JSON.stringify(meta) : null;
  const [row] = await sql<FileRecord[]>`
    update files f
    set ${sql({ ...values, state: values.state ?? state })}, meta = coalesce(${newMeta}::text::jsonb, f.meta), touched_at = clock_timestamp()
    where f.id = ${id} and f.state = ${state}
    returning ${columns(sql)}`;
  return row ?? null;
}

const newKey = () => Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("hex");
