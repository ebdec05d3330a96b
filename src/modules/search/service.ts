// Search through the messages of one's rooms. Loaded by the first search.
import type { Core } from "../../core.ts";
import { SEARCH_FEED } from "../../feeds/search/feed.ts";
import { ChatError, invalid } from "../../lib/errors.ts";
import { FairQueue } from "../../lib/fair-queue.ts";
import { trimmedText } from "../../lib/validation.ts";
import { SEARCH_PAGE, SEARCH_QUERY_LIMIT, SEARCH_SECONDS } from "../../protocol/limits.ts";
import { serverBusy } from "../../protocol/refusals.ts";
import { isRoomKey, type RoomKind, roomTopic } from "../../protocol/rooms.ts";
import type { SearchPage, SearchQuery, SearchResult } from "../../protocol/search.ts";
import { toMessage } from "../../timeline/events.ts";
import { findMessages } from "../../timeline/history.ts";
import { listCandidates } from "./candidates.ts";
import { type Place, placesOf, type Term, termsOf } from "./terms.ts";

// Of the pool's connections, so that however hard searches are, others find one; and of those who search, whoever has searched least
// comes first.
const AT_ONCE = 2;
const MAX_WAITING = 50;
const queue = new FairQueue(AT_ONCE, MAX_WAITING, () => new ChatError(serverBusy));

interface Found {
  id: number;
  /** The text in which the places are. */
  body: string;
  highlights: Place[];
}

/**
 * A page of the messages that fit, newest first, in rooms that are the user's at this moment. Throws `invalid` for a query that looks for
 * nothing, `slow_down` where too many wait.
 */
export const searchMessages = (core: Core, userId: number, query: SearchQuery): Promise<SearchPage> =>
  queue.run({ party: String(userId), isKnown: true }, () => search(core, userId, query));

async function search(core: Core, userId: number, query: SearchQuery): Promise<SearchPage> {
  const { from: senderId, has, mentions, cursor } = query;
  const text = query.query === undefined ? null : trimmedText("query", query.query, SEARCH_QUERY_LIMIT);
  const terms = text === null ? [] : termsOf(text);
  if (text !== null && terms.length === 0) throw invalid("query", "must contain a letter, a digit or an emoji");
  if (text === null && senderId === undefined && has === undefined && mentions === undefined)
    throw invalid("query", "is required without from, has or mentions");
  const roomId = query.room === undefined ? undefined : await findRoom(core, userId, query.room);
  if (roomId === null) return { data: [], next_cursor: null, complete: true };
  const momentOf = (moment: string | undefined) => (moment === undefined ? undefined : Date.parse(moment));
  const wanted = {
    ...{ userId, senderId, has, roomId },
    tokens: terms.flatMap(({ tokens }) => tokens),
    mentionsMe: mentions === "me",
    after: momentOf(query.after),
    before: momentOf(query.before),
  };
  const budget = { left: SEARCH_SECONDS * 1_000 };
  const found: Found[] = [];
  for await (const candidates of listCandidates(core.sql, wanted, cursor, budget)) {
    for (const { id, body } of candidates) {
      const highlights = placesOf(terms, body);
      if (highlights) found.push({ id, body, highlights });
      if (found.length > SEARCH_PAGE) break;
    }
    if (found.length > SEARCH_PAGE) break;
  }
  const inTime = budget.left >= 1;
  const page = found.slice(0, SEARCH_PAGE);
  // Where time was up, the next page goes on with what it was spent on.
  const hasMore = found.length > page.length || (!inTime && page.length > 0);
  return {
    data: await toResults(core, userId, terms, page),
    next_cursor: hasMore ? String(page.at(-1)!.id) : null,
    complete: inTime && !(await isBehind(core, userId)),
  };
}

/** The messages as they are now, of the rooms that are still the user's. */
async function toResults(core: Core, userId: number, terms: Term[], page: Found[]): Promise<SearchResult[]> {
  if (page.length === 0) return [];
  const messages = await findMessages(
    core.db,
    page.map(({ id }) => id),
    userId,
  );
  const rows = new Map(messages.map((row) => [row.id, row]));
  const rooms = await readRooms(core, userId, [...new Set(messages.map(({ roomId }) => roomId))]);
  return page.flatMap(({ id, body, ...found }): SearchResult[] => {
    const row = rows.get(id);
    const room = row && rooms.get(row.roomId);
    if (!room || row.deletedAt !== null) return [];
    // Edited since.
    const highlights = row.body === body ? found.highlights : placesOf(terms, row.body ?? "");
    if (!highlights) return [];
    return [
      { message: toMessage(room.kind, row), room: roomTopic(room.kind, row.roomId), title: room.title, highlights },
    ];
  });
}

/** Null for a room that is not the user's. */
async function findRoom(core: Core, userId: number, key: string): Promise<number | null> {
  if (!isRoomKey(key)) return null;
  const id = Number(key.slice(key.indexOf(":") + 1));
  const room = (await readRooms(core, userId, [id])).get(id);
  return room && roomTopic(room.kind, id) === key ? id : null;
}

/** The kinds and titles of those of these rooms that are the user's. */
async function readRooms({ sql }: Core, userId: number, roomIds: number[]) {
  if (roomIds.length === 0) return new Map<number, { kind: RoomKind; title: string }>();
  const rows = await sql<{ id: number; kind: RoomKind; title: string }[]>`
    select r.id, r.kind, coalesce(g.name, u.display_name, u.username) as title
    from members m
    join rooms r on r.id = m.room_id
    left join groups g on g.room_id = r.id
    left join conversations c on c.room_id = r.id
    left join users u on u.id = case c.user_low when ${userId} then c.user_high else c.user_low end
    where m.user_id = ${userId} and m.room_id = any (${roomIds}::bigint[])`;
  return new Map(rows.map(({ id, kind, title }) => [id, { kind, title }]));
}

/** Whether anything said in the user's rooms has waited for longer than a second to be found. */
async function isBehind({ sql }: Core, userId: number): Promise<boolean> {
  const [row] = await sql<{ behind: boolean }[]>`
    select exists (
      select from members m
      join rooms r on r.id = m.room_id
      left join feeds f on f.room_id = m.room_id and f.feed = ${SEARCH_FEED}
      cross join lateral (
        select e.created_at from events e where e.room_id = m.room_id and e.seq > coalesce(f.seq, 0) order by e.seq limit 1
      ) e
      where m.user_id = ${userId} and r.last_seq > coalesce(f.seq, 0)
        and e.created_at < clock_timestamp() - interval '1 second'
    ) as behind`;
  return row!.behind;
}
