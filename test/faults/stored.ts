// The other side of the comparison: all events of a room, read from the server's database with plain SQL.
import postgres from "postgres";
import type { DatabaseTarget } from "../../src/db/client.ts";
import { PATIENCE_MS } from "../support/patience.ts";
import { eventWords, markOf, memberWords, messageWords, reactionWords } from "./entries.ts";
import type { Stored } from "./records.ts";

interface Row {
  id: string;
  room_id: string;
  seq: string;
  kind: string;
  actor_id: string;
  body: string | null;
  target_id: string | null;
  data:
    | ({ user_id: number; is_muted: boolean; name: string } & { message_id: number; emoji: string; count: number })
    | null;
  client_id: string | null;
  at: number;
}

export type Target = Exclude<DatabaseTarget, string>;

const RETRY_MS = 100;

/** A plain connection; nothing of the server's own code stands between the test and what is stored. */
export function connectTo(target: Target) {
  const { socket, ...login } = target;
  return postgres({ ...login, path: socket, max: 1, connect_timeout: 5, onnotice: () => {} });
}

/**
 * What `read` reads on a connection of its own: again, as long as it can't, for a database that was just killed or frozen may be late on a
 * busy machine.
 */
export async function readFrom<T>(
  target: Target,
  read: (sql: ReturnType<typeof connectTo>) => Promise<T>,
  patienceMs = PATIENCE_MS,
): Promise<T> {
  for (const deadline = performance.now() + patienceMs; ; await Bun.sleep(RETRY_MS)) {
    const sql = connectTo(target);
    try {
      return await read(sql);
    } catch (error) {
      if (performance.now() > deadline) throw error;
    } finally {
      await sql.end({ timeout: 1 });
    }
  }
}

/** The events of these rooms, by room id, in order of seq. */
export const readStored = (target: Target, roomIds: number[]): Promise<Map<number, Stored[]>> =>
  readFrom(target, async (sql) => {
    const rows = await sql<Row[]>`
      select id, room_id, seq, kind, actor_id, body, target_id, data, client_id,
             (extract(epoch from created_at) * 1000)::float8 as at
      from events where room_id = any (${roomIds}::bigint[]) order by room_id, seq, id`;
    const stored = new Map<number, Stored[]>(roomIds.map((roomId) => [roomId, []]));
    for (const row of rows) stored.get(Number(row.room_id))!.push(toStored(row));
    return stored;
  });

function toStored({ id, seq, kind, actor_id, body, target_id, data, client_id, at }: Row): Stored {
  const place = { id: Number(id), seq: Number(seq), at, kind, actorId: Number(actor_id) };
  if (kind === "message") {
    const mark = markOf(body);
    const what = messageWords(place.id, place.actorId, mark ?? client_id);
    return { ...place, what, clientId: client_id, mark, member: null };
  }
  const rest = { ...place, clientId: null, mark: null };
  if (kind.startsWith("reaction.")) return { ...rest, what: eventWords(kind, reactionWords(data!)), member: null };
  const member = kind.startsWith("member.") ? { userId: data!.user_id, isMuted: data!.is_muted } : null;
  const subject = member ? memberWords(member.userId, member.isMuted) : (data?.name ?? Number(target_id));
  return { ...rest, what: eventWords(kind, subject), member };
}
