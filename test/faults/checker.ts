// Compares what clients were told and shown with what is stored. Knows nothing of servers or sockets: the campaign feeds it,
// and its own test feeds it histories with each fault in them.
import type { Entry, Reading, RoomRecord, Shown, Stored, Visit } from "./records.ts";
import { RICH_FAULTS } from "./rich/checker.ts";
import { type Absence, absences, NEVER, type Silence, silences, spokenWithoutRight } from "./rights.ts";

export const FAULTS = {
  acknowledgedButLost: "acknowledged, but not stored at that place",
  seenButLost: "shown to somebody, but not stored at that place",
  doubled: "stored twice, or shown twice to the same client",
  outOfOrder: "shown after something with a higher seq",
  gaps: "a place that is empty, or that a client was not shown",
  differingOrders: "shown, or stored, in another order than the history's",
  sendersOrderBroken: "stored in another order than the one in which a client sent it",
  seenByOutsiders: "shown to somebody who was not in the room",
  sessionsOutlived: "written after a session had ended and shown to it, or let in with it",
  spokenWithoutRight: "stored though its sender was muted, or not in the room",
  wrongPresence: "a friend's picture of who is online that stays wrong in quiet",
  wrongDeliveries: "marked delivered though nobody was there, or not though somebody was",
  leftovers: "events and rooms of deleted groups that stay stored in quiet",
  wrongIndex:
    "a message that was not found by its words, or by words that were edited or deleted, and stays so in quiet",
  needlessResyncs: "sent to read the history with 1,000 changes or fewer missed",
  ...RICH_FAULTS,
} as const;

export type Fault = keyof typeof FAULTS;

/** How much was compared, and how often each fault was found; every one must be 0. */
export interface Verdict {
  stored: number;
  acknowledged: number;
  shown: number;
  faults: Record<Fault, number>;
  /** The first few that were found, in words, to look further into. */
  examples: string[];
}

const EXAMPLES = 20;
// Two clocks are compared, one that counts whole milliseconds and one with microseconds.
const CLOCK_STEP_MS = 2;
// A statement takes the time it writes before it commits, and PostgreSQL may be frozen in between for some seconds.
const COMMIT_DELAY_MS = 8_000;
// Up to this many missed changes are replayed; the protocol's number.
const REPLAY_LIMIT = 1_000;

/** The sums over all rooms. */
export function check(rooms: RoomRecord[]): Verdict {
  const faults = Object.fromEntries(Object.keys(FAULTS).map((fault) => [fault, 0])) as Record<Fault, number>;
  const verdict: Verdict = { stored: 0, acknowledged: 0, shown: 0, faults, examples: [] };
  for (const room of rooms) new RoomCheck(room, verdict).run();
  return verdict;
}

class RoomCheck {
  private readonly bySeq: Map<number, Stored>;
  private readonly rankOf: Map<string, number>;
  private readonly absences: Map<number, Absence[]>;
  private readonly silences: Map<number, Silence[]>;

  constructor(
    private readonly room: RoomRecord,
    private readonly verdict: Verdict,
  ) {
    this.bySeq = new Map(room.stored.map((stored) => [stored.seq, stored]));
    this.rankOf = new Map(room.stored.flatMap(({ what, kind }, i) => (kind === "message" ? [[what, i]] : [])));
    this.silences = silences(room);
    this.absences = room.isGroup ? absences(room) : new Map(room.founders.map((userId) => [userId, []]));
  }

  run() {
    const { acknowledged, visits, resyncs } = this.room;
    this.checkHistory();
    this.verdict.acknowledged += acknowledged.length;
    this.count("acknowledgedButLost", acknowledged.filter((entry) => !this.isStored(entry)).length);
    for (const visit of visits) this.checkVisit(visit);
    for (const resync of resyncs) this.checkResync(resync);
    this.checkEnds();
    const late = this.room.shownAfterEnd.filter(
      ({ seq, endedAt }) => (this.bySeq.get(seq)?.at ?? 0) > endedAt + CLOCK_STEP_MS,
    );
    this.count("sessionsOutlived", late.length, { late: late.slice(0, 3) });
  }

  private count(fault: Fault, times: number, where: object = {}) {
    this.verdict.faults[fault] += times;
    const { examples } = this.verdict;
    if (times > 0 && examples.length < EXAMPLES) examples.push(`${fault} ${times} ${JSON.stringify(where)}`);
  }

  private isStored({ seq, what, clientId }: Entry): boolean {
    const stored = this.bySeq.get(seq);
    return stored?.what === what && stored.clientId === clientId;
  }

  private checkHistory() {
    const { stored } = this.room;
    this.verdict.stored += stored.length;
    const messages = stored.filter(({ kind }) => kind === "message");
    const repeats = (key: (message: Stored) => string) => messages.length - new Set(messages.map(key)).size;
    // A server that forgets its clients' ids stores the same text under different ones.
    const byClientId = repeats(({ actorId, clientId }) => `${actorId} ${clientId}`);
    const byText = repeats(({ actorId, mark, clientId }) => `${actorId} ${mark ?? clientId}`);
    this.count("doubled", Math.max(byClientId, byText) + stored.length - this.bySeq.size);
    this.count("gaps", highest(this.bySeq.keys()) - this.bySeq.size);
    this.count("differingOrders", fallingSteps(stored.map(({ id }) => id)));
    const places = new Map(messages.map((message) => [message.clientId, message]));
    for (const written of this.room.written) {
      const own = written.flatMap((clientId) => places.get(clientId) ?? []);
      // One that was refused for good stands behind nothing; its client may not have heard that, and sent it again.
      const heard = own.filter((message) => !this.wasRefused(message));
      const late = heard.filter(({ seq }, i) => seq > (heard[i + 1]?.seq ?? seq));
      const around = late.flatMap((message) => {
        const at = own.indexOf(message);
        return own.slice(Math.max(0, at - 2), at + 4).map(({ seq, at, clientId }) => ({
          seq,
          at,
          trail: this.room.trails?.get(clientId ?? ""),
        }));
      });
      this.count("sendersOrderBroken", late.length, { around });
    }
    if (this.room.isGroup) this.count("spokenWithoutRight", spokenWithoutRight(this.room));
  }

  private checkVisit(visit: Visit) {
    const { from, shown, early, promised } = visit;
    const seqs = new Set(shown.map(({ seq }) => seq).filter((seq) => seq > from));
    const named = shown.filter(({ clientId }) => clientId !== null);
    const where = { ...visit, early: early.map(({ seq }) => seq), shown: stretchesOf(shown.map(({ seq }) => seq)) };
    this.verdict.shown += shown.length + early.length;
    // The second showing of a message counts once, whether it stands at the same place or at another one.
    const repeatedPlaces = shown.length - seqs.size;
    const repeatedMessages = named.length - new Set(named.map(({ clientId }) => clientId)).size;
    this.count("doubled", Math.max(repeatedPlaces, repeatedMessages), where);
    this.count("outOfOrder", fallingSteps(shown.map(({ seq }) => seq)), where);
    this.count("gaps", Math.max(from, promised ?? 0, highest(seqs)) - from - seqs.size, where);
    this.count("differingOrders", fallingSteps(shown.flatMap(({ what }) => this.rankOf.get(what) ?? [])), where);
    // What happened before the client called can't have reached it live.
    const isLive = ({ seq }: Shown) => !visit.announced && this.writtenAt(seq) >= visit.calledAt - COMMIT_DELAY_MS;
    this.count("doubled", early.filter((event) => !isLive(event)).length, where);
    this.count("gaps", this.jumped(visit), where);
    this.checkShown(visit.userId, [...early, ...shown]);
  }

  /** Places that a client was told to pass over though it did not join there. */
  private jumped({ userId, joinedAfter, from }: Visit): number {
    if (joinedAfter === null || joinedAfter >= from) return 0;
    const joined = this.room.stored.some(
      ({ seq, kind, member }) =>
        kind === "member.joined" && member?.userId === userId && seq > joinedAfter && seq <= from + 1,
    );
    return joined ? 0 : from - joinedAfter;
  }

  private checkResync({ userId, from, to, read }: Reading) {
    if (to >= from && to - from <= REPLAY_LIMIT) this.count("needlessResyncs", 1);
    if (!read) return;
    const { after, reached, messages } = read;
    const seqs = new Set(messages.map(({ seq }) => seq));
    const missing = this.room.stored.filter(
      ({ kind, seq }) => kind === "message" && seq > after && seq <= reached && !seqs.has(seq),
    );
    this.count("gaps", missing.length, { userId, from, to, missing });
    this.count("doubled", messages.length - seqs.size);
    this.count("outOfOrder", fallingSteps(messages.map(({ seq }) => seq)));
    this.checkShown(userId, messages);
  }

  private checkShown(userId: number, shown: Shown[]) {
    this.count("seenButLost", shown.filter((entry) => !this.isStored(entry)).length);
    const away = this.absences.get(userId) ?? [{ left: 0, joined: NEVER }];
    // Who is back in the room may read what was said while they were away.
    const secret = ({ seq, at }: Shown) =>
      away.some(({ left, joined }) => seq > left && seq < joined.seq && at < joined.at - CLOCK_STEP_MS);
    this.count("seenByOutsiders", shown.filter(secret).length);
  }

  private checkEnds() {
    const top = highest(this.bySeq.keys());
    for (const { userId, position } of this.room.ends) {
      const away = this.absences.get(userId)?.some(({ joined }) => joined === NEVER) ?? true;
      if (!away) this.count("gaps", Math.max(0, top - position), { userId, position, top });
    }
  }

  /** Whether its sender was muted or outside at some time between its first sending and when it was stored. */
  private wasRefused({ actorId, clientId, at }: Stored): boolean {
    const sentAt = this.room.trails?.get(clientId ?? "")?.[0]?.at;
    if (sentAt === undefined) return false;
    return (this.silences.get(actorId) ?? []).some(({ from, to }) => from < at && to > sentAt - CLOCK_STEP_MS);
  }

  private writtenAt = (seq: number) => this.bySeq.get(seq)?.at ?? Number.POSITIVE_INFINITY;
}

/** `3-7, 9`: the numbers as they came, runs put together. */
function stretchesOf(numbers: number[]): string {
  const runs: [number, number][] = [];
  for (const number of numbers) {
    const last = runs.at(-1);
    if (last && number === last[1] + 1) last[1] = number;
    else runs.push([number, number]);
  }
  return runs.map(([from, to]) => (from === to ? from : `${from}-${to}`)).join(", ");
}

const fallingSteps = (numbers: number[]) => numbers.filter((number, i) => i > 0 && number < numbers[i - 1]!).length;

// (Handing them all to Math.max at once overflows the stack.)
function highest(numbers: Iterable<number>): number {
  let top = 0;
  for (const number of numbers) top = Math.max(top, number);
  return top;
}
