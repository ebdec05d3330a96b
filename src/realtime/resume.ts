// Replays what a connection has missed, from the database alone, and joins it to the live events without a seam: the rooms
// are held back first, then read, and what has come meanwhile follows, without what the replay held already.

import { ChatError } from "../lib/errors.ts";
import type { AccountResume, ResumeCommand, RoomResume } from "../protocol/commands.ts";
import type { Standing } from "../protocol/events.ts";
import { REPLAY_LIMIT, RESUMED_ROOMS } from "../protocol/limits.ts";
import { resumeUnderWay } from "../protocol/refusals.ts";
import { type RoomTopic, roomIdField, roomTopic } from "../protocol/rooms.ts";
import { toFrame } from "../timeline/events.ts";
import type { RoomState, SeqRange } from "../timeline/replay-reader.ts";
import type { Connection, Realtime } from "./connection.ts";

// Events read at a time for one connection: at their longest, 1.6 MB.
const REPLAY_PIECE = 100;

interface Followed {
  id: number;
  topic: RoomTopic;
  key: { conversation_id?: number; group_id?: number };
  /** The client's position; null for a room that it did not name. */
  after: number | null;
}

/** The command. Throws `slow_down`, `unavailable`; whatever happens, live events go on, after the refusal if it is one. */
export async function resume({ core }: Realtime, connection: Connection, frame: ResumeCommand) {
  if (connection.isResuming) throw new ChatError(resumeUnderWay);
  core.limits.resume(connection.session!.userId);
  const { scope } = connection;
  const named = namedIn(connection, frame);
  const rooms = scope.rooms.map(({ kind, id }): Followed => {
    const topic = roomTopic(kind, id);
    return { id, topic, key: roomIdField({ kind, id }), after: named.get(topic) ?? null };
  });
  rooms.sort((a, b) => Number(a.after === null) - Number(b.after === null));
  // All that the client named at once, before anything is awaited: from here on nothing of them passes it by.
  connection.isResuming = true;
  connection.holdBack(rooms.flatMap(({ topic, after }) => (after === null ? [] : topic)));
  connection.stopAwaitingResume();
  try {
    await core.timeline.epoch.verified();
    // Whenever it changes from here on, this connection is ended.
    const epoch = core.timeline.epoch.current;
    const isSameHistory = frame.epoch === undefined || frame.epoch === epoch;
    let start = 0;
    do {
      const some = rooms.slice(start, start + RESUMED_ROOMS);
      start += RESUMED_ROOMS;
      const standings = await replay({ core }, connection, some, isSameHistory);
      // (A room that was left in this very moment has no standing, and its own socket is about to be closed.)
      if (connection.isEnded || (scope.kind !== "account" && Object.keys(standings).length === 0)) return;
      const isLast = start >= rooms.length;
      const data =
        scope.kind === "account"
          ? { rooms: standings, lost: isLast ? lostOf(connection, named.keys()) : [], more: !isLast, epoch }
          : { ...rooms[0]?.key, ...Object.values(standings)[0], epoch };
      connection.send(JSON.stringify({ type: "resumed", data }));
      const seen = new Map(some.map(({ topic }) => [topic, standings[topic]?.seq ?? null]));
      connection.letGo(
        some.map(({ topic }) => topic),
        seen,
      );
    } while (start < rooms.length);
  } finally {
    connection.isResuming = false;
    // After the refusal, so that nobody takes what has waited for the end of a replay; unless they ask again at once.
    setImmediate(() => {
      if (!connection.isResuming) connection.letGo(connection.hold?.topics ?? [], new Map());
    });
  }
}

/** The rooms that the command names, with the client's positions; which form it has was checked by the kind of socket. */
function namedIn({ scope }: Connection, frame: ResumeCommand): Map<RoomTopic, number> {
  if (scope.kind === "account") return new Map(Object.entries((frame as AccountResume).rooms) as [RoomTopic, number][]);
  const { after_seq } = frame as RoomResume;
  return new Map(scope.rooms.map(({ kind, id }) => [roomTopic(kind, id), after_seq]));
}

/** Those of the named rooms that are not the user's now; one that they were added back to meanwhile is. */
function lostOf({ scope }: Connection, named: Iterable<RoomTopic>): RoomTopic[] {
  const followed = new Set(scope.rooms.map(({ kind, id }) => roomTopic(kind, id)));
  return [...named].filter((topic) => !followed.has(topic));
}

/** Sends what was missed in these rooms, and answers how they stand; what comes after that stays held back. */
async function replay(
  { core }: Pick<Realtime, "core">,
  connection: Connection,
  rooms: Followed[],
  isSameHistory: boolean,
) {
  // Those left since the command came are not to be followed again.
  const followed = new Set(connection.scope.rooms.map(({ id }) => id));
  connection.holdBack(rooms.flatMap(({ id, topic }) => (followed.has(id) ? topic : [])));
  const ids = rooms.map(({ id }) => id);
  const read = await core.replayReader.roomStatesOf(connection.session!.userId, ids);
  // What was read may not have been published yet; once it is, it has passed through the hold and can be told from news.
  await core.timeline.flushed();
  const standings: Record<RoomTopic, Standing> = {};
  const ranges: SeqRange[] = [];
  for (const { id, topic, key, after } of rooms) {
    const standing = read.get(id);
    // Left in this very moment; `room.left` is on its way.
    if (!standing) continue;
    const { seq } = standing;
    standings[topic] = toStanding(standing);
    if (after === null || (isSameHistory && after === seq)) continue;
    if (!isSameHistory || after > seq || seq - after > REPLAY_LIMIT) {
      connection.send(JSON.stringify({ type: "resync", data: { room: topic, ...key, seq } }));
      continue;
    }
    ranges.push({ roomId: id, after, to: seq });
  }
  for (const piece of piecesOf(ranges)) {
    // Read only once the client has taken what came before, so that one who takes nothing holds little of our memory.
    for (const event of await core.replayReader.listEvents(piece)) {
      if (connection.isEnded) return standings;
      await connection.sendPaced(toFrame(event));
    }
  }
  return standings;
}

/** The same ranges in the same order, put together and cut so that each piece has at most REPLAY_PIECE events. */
function* piecesOf(ranges: SeqRange[]): Generator<SeqRange[]> {
  let piece: SeqRange[] = [];
  let room = REPLAY_PIECE;
  for (const { roomId, after, to } of ranges) {
    for (let from = after; from < to; ) {
      const upTo = Math.min(to, from + room);
      piece.push({ roomId, after: from, to: upTo });
      room -= upTo - from;
      from = upTo;
      if (room > 0) continue;
      yield piece;
      piece = [];
      room = REPLAY_PIECE;
    }
  }
  if (piece.length > 0) yield piece;
}

const toStanding = ({ seq, unread, members }: RoomState): Standing => ({
  seq,
  unread_count: unread,
  members,
});
