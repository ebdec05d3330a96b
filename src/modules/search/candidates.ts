// Which messages may be what is searched for, newest first: asked of the index, block of ids after block, so that a word of half of all
// messages costs no more than a page of them. What a user may see is asked at that moment, of `members` and `events`.
import type { SqlClient } from "../../db/client.ts";
import { isDatabaseTimeout } from "../../db/errors.ts";
import {
  BLOCK,
  blockOf,
  blockToken,
  hasToken,
  monthToken,
  roomToken,
  senderToken,
  wordToken,
} from "../../feeds/search/tokens.ts";
import type { SearchHas } from "../../protocol/search.ts";

// How many blocks are asked at once, one step after the other; then all that is left.
const STEPS = [1, 4, 16];
const MAX_NAMED_BLOCKS = 32;
// Messages of a statement; a page and what was found in vain.
const CHUNK = 100;
// Beyond it, naming one's rooms costs the index more than it spares: each is looked for in each message.
const MAX_NAMED_ROOMS = 10;
// For a word that is in very many messages it still spares most of them.
const MAX_NAMED_FOR_COMMON = 300;
// So many messages are looked through one by one in some tens of milliseconds.
const FEW_MESSAGES = 20_000;
// Ids follow time, but for what was stored side by side, and by a clock that was wrong for as long as this at most, in milliseconds.
const CLOCK_SLACK = 24 * 3_600_000;
// A date is looked up to within so many ids.
const DATE_RESOLUTION = 4_096;
// Beyond it, months are left to the check of each message.
const MAX_MONTHS = 48;

export interface Wanted {
  userId: number;
  /** Of the terms, in PostgreSQL's notation. */
  tokens: string[];
  roomId: number | undefined;
  senderId: number | undefined;
  has: SearchHas | undefined;
  mentionsMe: boolean;
  /** Milliseconds since 1970: at this one or later, and before this one. */
  after: number | undefined;
  before: number | undefined;
}

export interface Candidate {
  id: number;
  /** As it stands. */
  body: string;
}

/** Time that is left of the database's, in milliseconds. */
export interface Budget {
  left: number;
}

/**
 * The messages with ids below `below` that may be wanted, in chunks, newest first. Ends early, with nothing left of the budget, where the
 * database takes too long.
 */
export async function* listCandidates(
  sql: SqlClient,
  wanted: Wanted,
  below: number | undefined,
  budget: Budget,
): AsyncGenerator<Candidate[]> {
  const start = await within(
    sql,
    budget,
    (tx) => tx<{ top: number | null; rooms: number[]; messages: number }[]>`
      select (select max(e.id) from events e) as top, array_agg(r.id) as rooms, sum(r.last_seq)::float8 as messages
      from (
        select m.room_id from members m
        where m.user_id = ${wanted.userId} and (${wanted.roomId ?? null}::bigint is null or m.room_id = ${wanted.roomId ?? null})
        limit ${MAX_NAMED_FOR_COMMON + 1}
      ) m join rooms r on r.id = m.room_id`,
  );
  if (!start?.[0]?.top || !start[0].rooms) return;
  const { top: newest, messages } = start[0];
  const rooms = start[0].rooms.map(Number);
  const named = rooms.length <= MAX_NAMED_ROOMS ? [oneOf(rooms.map(roomToken))] : [];
  // What begins so may be half of all that was ever said: the index gathers all of it first, unless it is asked for other things alone.
  const isFew = named.length > 0 && messages <= FEW_MESSAGES;
  const beginnings = isFew ? wanted.tokens.filter(isBeginning) : [];
  const common = [...wanted.tokens.filter((token) => !isFew || !isBeginning(token)), ...named, ...filtersOf(wanted)];
  const isCommon = !isFew && wanted.tokens.some(isShortBeginning);
  // (A sender is a rarer thing than one's rooms.)
  const ofCommon =
    isCommon && wanted.senderId === undefined && named.length === 0 && rooms.length <= MAX_NAMED_FOR_COMMON
      ? [oneOf(rooms.map(roomToken))]
      : [];
  const until = wanted.before === undefined ? newest : await lastIdBefore(sql, newest, wanted.before, budget);
  const since = wanted.after === undefined ? 0 : await lastIdBefore(sql, newest, wanted.after, budget, -1);
  let next = Math.min(below ?? Number.MAX_SAFE_INTEGER, until + 1);
  for (const [step, size] of (isFew ? [Number.POSITIVE_INFINITY] : [...STEPS, Number.POSITIVE_INFINITY]).entries()) {
    const top = blockOf(next - 1);
    const bottom = Math.max(0, top - size + 1);
    const isLast = bottom * BLOCK <= since;
    const blocks = !isFew && top - bottom < MAX_NAMED_BLOCKS ? [oneOf(range(bottom, top).map(blockToken))] : [];
    // Many words begin so: the newest block of one's rooms is looked through without the index, and nearly always fills the page.
    const isScan = step === 0 && isCommon;
    const query = [...common, ...blocks, ...(isScan ? [] : ofCommon)].join(" & ");
    for (let count = CHUNK; count === CHUNK; ) {
      const rows = await within(
        sql,
        budget,
        (tx) => tx<{ id: number; body: string | null; is_deleted: boolean }[]>`
        with hits as materialized (
          select s.room_id, s.event_id
          from ${
            isScan
              ? tx`
                  events o join members i on i.room_id = o.room_id and i.user_id = ${wanted.userId}
                  join search s on s.room_id = o.room_id and s.event_id = o.id`
              : tx`search s`
          }
          where ${isScan ? tx`o.id >= ${bottom * BLOCK} and o.id < ${next}` : tx`s.event_id < ${next}`}
            and ${query === "" ? tx`true` : isScan ? tx`ts_match_vq(s.words, ${query}::text::tsquery)` : tx`s.words @@ ${query}::text::tsquery`}
            and ${beginnings.length === 0 ? tx`true` : tx`ts_match_vq(s.words, ${beginnings.join(" & ")}::text::tsquery)`}
        )
        select c.event_id as id, e.body, e.deleted_at is not null as is_deleted
        from (
          select h.event_id from hits h
          join members m on m.room_id = h.room_id and m.user_id = ${wanted.userId}
          ${conditionsOf(tx, wanted)}
          order by h.event_id desc limit ${CHUNK}
        ) c
        join events e on e.id = c.event_id
        order by c.event_id desc`,
      );
      if (!rows) return;
      count = rows.length;
      if (count > 0) {
        next = rows.at(-1)!.id;
        yield rows.flatMap(({ id, body, is_deleted }) => (is_deleted ? [] : [{ id, body: body ?? "" }]));
      }
    }
    if (isLast) return;
    next = bottom * BLOCK;
  }
}

/**
 * An id that what was stored before this moment does not lie above (`side` 1), or what was stored after it not below (-1), as close as the
 * clock's slack allows. So a date far back costs no walk through all that was said since.
 */
async function lastIdBefore(sql: SqlClient, newest: number, at: number, budget: Budget, side: 1 | -1 = 1) {
  const moment = new Date(at + side * CLOCK_SLACK).toISOString();
  const rows = await within(
    sql,
    budget,
    (tx) => tx<{ low: number; high: number }[]>`
      with recursive halves (low, high) as (
        select 0::bigint, ${newest}::bigint
        union all
        select case when e.created_at < ${moment}::timestamptz then (low + high) / 2 else low end,
          case when e.created_at < ${moment}::timestamptz then high else (low + high) / 2 end
        from halves, lateral (select created_at from events where id > (low + high) / 2 order by id limit 1) e
        where high - low > ${DATE_RESOLUTION}
      )
      select low, high from halves order by high - low limit 1`,
  );
  if (!rows?.[0]) return side === 1 ? newest : 0;
  return side === 1 ? rows[0].high : rows[0].low;
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const quoted = (token: string) => `'${token}'`;
const oneOf = (tokens: string[]) => `(${tokens.map(quoted).join(" | ")})`;

// As long as the commonest words.
const SHORT = 3;
const isShortBeginning = (token: string) =>
  isBeginning(token) && [...token].length <= `'${wordToken("")}':*`.length + SHORT;
const isBeginning = (token: string) => token.endsWith(":*");

function filtersOf({ senderId, has, after, before }: Wanted): string[] {
  return [
    ...(senderId === undefined ? [] : [quoted(senderToken(senderId))]),
    ...(has === undefined ? [] : [quoted(hasToken(has))]),
    ...monthsOf(after, before),
  ];
}

/** The months between two moments, or to this one; nothing where there is no beginning, or too many. */
function monthsOf(after: number | undefined, before = Date.now()): string[] {
  if (after === undefined) return [];
  const monthOf = (at: number) => {
    const date = new Date(at);
    return date.getUTCFullYear() * 12 + date.getUTCMonth();
  };
  // A clock may have been ahead.
  const [first, last] = [monthOf(after), monthOf(before) + 1];
  if (last < first || last - first > MAX_MONTHS) return [];
  const toToken = (month: number) =>
    monthToken(`${String(Math.floor(month / 12)).padStart(4, "0")}${String((month % 12) + 1).padStart(2, "0")}`);
  return [oneOf(range(first, last).map(toToken))];
}

/** What the index does not know. */
function conditionsOf(sql: SqlClient, { userId, mentionsMe, after, before }: Wanted) {
  const moment = (at: number | undefined) => (at === undefined ? null : new Date(at).toISOString());
  return sql`
    ${
      after === undefined && before === undefined
        ? sql``
        : sql`
            join events e on e.id = h.event_id
              and (${moment(after)}::timestamptz is null or e.created_at >= ${moment(after)}::timestamptz)
              and (${moment(before)}::timestamptz is null or e.created_at < ${moment(before)}::timestamptz)`
    }
    ${
      mentionsMe
        ? sql`
            where exists (
              select from mentions t
              where t.room_id = h.room_id and t.event_id = h.event_id and t.actor_id <> ${userId} and t.user_id in (${userId}, 0)
                and (t.user_id <> 0 or (select o.created_at from events o where o.id = t.event_id) >= m.joined_at))`
        : sql``
    }`;
}

/** Null when the database took longer than what was left. */
async function within<Rows>(
  sql: SqlClient,
  budget: Budget,
  query: (tx: SqlClient) => Promise<Rows>,
): Promise<Rows | null> {
  if (budget.left < 1) return null;
  const startedAt = performance.now();
  try {
    const result = await sql.begin("read only", async (tx) => {
      const [, rows] = await Promise.all([
        tx`select set_config('statement_timeout', ${`${Math.ceil(budget.left)}ms`}, true), set_config('enable_seqscan', 'off', true)`,
        query(tx as unknown as SqlClient),
      ]);
      return rows;
    });
    return result as Rows;
  } catch (error) {
    if (!isDatabaseTimeout(error)) throw error;
    budget.left = 0;
    return null;
  } finally {
    budget.left -= performance.now() - startedAt;
  }
}
