// What a campaign's rich messages are held against, once nothing happens any more: the rows that are stored, and fresh pages of every member.
import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import type { User } from "../../support/client.ts";
import { insist } from "../http.ts";
import { messagesPath, type Room } from "../rooms.ts";
import { readFrom, type Target } from "../stored.ts";
import type { FreshPage, StoredFiles } from "./checker.ts";
import type { RichRow } from "./model.ts";

interface Row {
  id: string;
  room_id: string;
  seq: string;
  kind: string;
  actor_id: string;
  target_id: string | null;
  body: string | null;
  data: Record<string, unknown> | null;
  client_id: string | null;
  at: number;
}

export const readRows = (target: Target, roomIds: number[]): Promise<Map<number, RichRow[]>> =>
  readFrom(target, async (sql) => {
    const rows = await sql<Row[]>`
      select id, room_id, seq, kind, actor_id, target_id, body, data, client_id, (extract(epoch from created_at) * 1000)::float8 as at
      from events where room_id = any (${roomIds}::bigint[]) order by room_id, seq, id`;
    const found = new Map<number, RichRow[]>(roomIds.map((id) => [id, []]));
    for (const { id, room_id, seq, kind, actor_id, target_id, body, data, client_id, at } of rows) {
      const ids = {
        id: Number(id),
        seq: Number(seq),
        actorId: Number(actor_id),
        targetId: target_id && Number(target_id),
      };
      found
        .get(Number(room_id))!
        .push({ ...ids, targetId: ids.targetId || null, kind, body, data, clientId: client_id, at });
    }
    return found;
  });

export const readFiles = (target: Target): Promise<StoredFiles> =>
  readFrom(target, async (sql) => {
    const uses = await sql<{ event_id: string; file_id: string }[]>`select event_id, file_id from file_uses`;
    const files = await sql<{ id: string; owner_id: string }[]>`select id, owner_id from files`;
    return {
      uses: uses.map(({ event_id, file_id }) => ({ messageId: Number(event_id), fileId: Number(file_id) })),
      owners: new Map(files.map(({ id, owner_id }) => [Number(id), Number(owner_id)])),
    };
  });

/** What is wrong with the bytes of files in this directory, in words: each has a row, and each row of a complete file has all of them. */
export const findStrayObjects = (target: Target, dir: string): Promise<string[]> =>
  readFrom(target, async (sql) => {
    const found = await readdir(dir, { recursive: true, withFileTypes: true }).catch(() => []);
    const rows = await sql<{ id: string; key: string; state: string; size: string; parts: string[] }[]>`
      select id, key, state, size, parts from files`;
    const keys = new Set(rows.map(({ key }) => key));
    // Beside the directories of the files is what tells the servers that they see the same ones.
    const strays = found.filter(
      (entry) => entry.isFile() && entry.parentPath !== dir && !keys.has(basename(entry.parentPath)),
    );
    const flaws = strays.map(({ parentPath, name }) => `an object of no file: ${basename(parentPath)}/${name}`);
    for (const { id, key, state, size, parts } of rows) {
      if (state !== "ready") continue;
      const stored = Bun.file(join(dir, key.slice(0, 2), key, parts[0]!)).size;
      if (stored !== Number(size)) flaws.push(`file ${id} has ${stored} bytes instead of ${size}`);
    }
    return flaws;
  });

// How far in front of the newest message members have read, so that counts of mentions are neither 0 nor at their limit.
const UNREAD_MESSAGES = 80;

/** The newest page of each member, and how many mentions they have not read. None of those who are not members. */
export async function readFresh(url: string, target: Target, room: Room): Promise<FreshPage[]> {
  const pages = await Promise.all(room.people.map((user) => readPage(url, room, user)));
  const rows = await readFrom(
    target,
    (sql) => sql<{ user_id: string; read_seq: string }[]>`
      select user_id, read_seq from members where room_id = ${room.id}`,
  );
  const readSeqs = new Map(rows.map(({ user_id, read_seq }) => [Number(user_id), Number(read_seq)]));
  return pages.flatMap((page) => (page ? { ...page, readSeq: readSeqs.get(page.userId) ?? 0 } : []));
}

async function readPage(url: string, room: Room, user: User): Promise<Omit<FreshPage, "readSeq"> | null> {
  const page = await insist(url, user.token, "GET", messagesPath(room));
  if (page.status !== 200) return null;
  const messages: FreshPage["messages"] = page.body.data;
  const read = messages.at(-UNREAD_MESSAGES);
  // (In conversations sockets alone tell of reading; the clients have.)
  if (read && room.kind === "group")
    await insist(url, user.token, "PUT", `/groups/${room.id}/members/me/read`, { last_message_id: read.id });
  return { userId: user.id, messages, mentionCount: await mentionsOf(url, room, user) };
}

async function mentionsOf(url: string, room: Room, user: User): Promise<number> {
  if (room.kind === "group")
    return (await insist(url, user.token, "GET", `/groups/${room.id}`)).body.data?.mention_count ?? 0;
  const list = await insist(url, user.token, "GET", "/conversations");
  const found = list.body.data?.find(({ id }: { id: number }) => id === room.id);
  return found?.mention_count ?? 0;
}
