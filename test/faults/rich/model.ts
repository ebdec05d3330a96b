// What the stored events of a room say about its messages: who has reacted, what is deleted, who is mentioned. From plain rows, without the
// tables that the server keeps beside them.
import { markOf } from "../entries.ts";
import { type Absence, absences, NEVER } from "../rights.ts";
import { saidIn } from "./text.ts";

/** An event as it is stored. */
export interface RichRow {
  id: number;
  seq: number;
  kind: string;
  actorId: number;
  targetId: number | null;
  body: string | null;
  data: Record<string, unknown> | null;
  clientId: string | null;
  /** When it was written, ms since 1970. */
  at: number;
}

export interface ModelMessage {
  id: number;
  seq: number;
  actorId: number;
  mark: string | null;
  /** Null once deleted. */
  body: string | null;
  data: Record<string, unknown> | null;
  /** Of the event that deleted it. */
  deleted: { seq: number; at: number } | null;
  /** Of the event that gave it the text that it has. */
  writtenSeq: number;
  /** People by emoji, as they are in the end. */
  reactions: Map<string, Set<number>>;
  /** The same after each change of them, with its seq. */
  states: { seq: number; reactions: [emoji: string, people: number[]][] }[];
}

interface ReactionData {
  message_id: number;
  user_id: number;
  emoji: string;
  count: number;
}

export class RoomModel {
  readonly messages = new Map<number, ModelMessage>();
  /** What the events themselves have wrong, in words. */
  readonly flaws: string[] = [];
  private readonly absences: Map<number, Absence[]> | null;

  /** `rows` in order of seq; `founders` were there from the beginning. */
  constructor(rows: RichRow[], founders: number[], isGroup: boolean) {
    this.absences = isGroup ? absences({ founders, stored: rows.map(withMember) as never }) : null;
    for (const row of rows) this.apply(row);
  }

  isMemberAt(userId: number, seq: number): boolean {
    return !this.absencesOf(userId).some(({ left, joined }) => seq > left && seq < joined.seq);
  }

  /** None of somebody who was never there has an end. */
  absencesOf = (userId: number): Absence[] =>
    this.absences ? (this.absences.get(userId) ?? [{ left: 0, joined: NEVER }]) : [];

  /**
   * Whether they may have been outside at some time of this stretch (ms since 1970): an event is committed between the time that it bears
   * and `knownAt`.
   */
  mayBeAway(userId: number, from: number, to: number, knownAt: (seq: number) => number): boolean {
    return this.absencesOf(userId).some(
      ({ left, joined }) => this.atOf(left) <= to && (joined === NEVER || knownAt(joined.seq) >= from),
    );
  }

  /** How many unread messages are for this member. */
  mentionsOf(userId: number, readSeq: number): number {
    return [...this.messages.values()].filter((message) => message.seq > readSeq && this.isFor(userId, message)).length;
  }

  private isFor(userId: number, { actorId, body, writtenSeq, data }: ModelMessage): boolean {
    if (body === null || actorId === userId || !data) return false;
    const { entities = [], reply_to } = saidIn(body);
    const named = (entities as { type: string; user_id?: number }[]).some(({ type, user_id }) => {
      return type === "mention" && user_id === userId;
    });
    const isAnswered = reply_to !== undefined && this.messages.get(reply_to)?.actorId === userId;
    if ((named || isAnswered) && this.isMemberAt(userId, writtenSeq)) return true;
    return (entities as { type: string }[]).some(({ type }) => type === "mention_all");
  }

  private readonly times = new Map<number, number>([[0, 0]]);
  private atOf = (seq: number) => this.times.get(seq) ?? 0;

  private apply(row: RichRow) {
    this.times.set(row.seq, row.at);
    const { kind, targetId, seq, at } = row;
    if (kind === "message") {
      const { id, actorId, body, data, clientId } = row;
      const mark = markOf(body) ?? clientId;
      const rest = { deleted: null, writtenSeq: seq, reactions: new Map(), states: [{ seq, reactions: [] }] };
      this.messages.set(id, { id, seq, actorId, mark, body: body || null, data, ...rest });
      return;
    }
    const message = targetId === null ? undefined : this.messages.get(targetId);
    if (kind === "message.updated" && message) message.writtenSeq = seq;
    if (kind === "message.deleted" && message) {
      message.deleted = { seq, at };
      message.reactions.clear();
      message.states.push({ seq, reactions: [] });
    }
    if (kind.startsWith("reaction.")) this.react(row, row.data as unknown as ReactionData);
  }

  private react({ kind, seq, actorId }: RichRow, { message_id, user_id, emoji, count }: ReactionData) {
    const message = this.messages.get(message_id);
    const where = `at ${seq}, ${emoji} on ${message_id} by ${user_id}`;
    if (!message || user_id !== actorId) return void this.flaws.push(`a reaction of nobody's or to nothing: ${where}`);
    if (message.deleted) this.flaws.push(`a reaction to a deleted message: ${where}`);
    const people = message.reactions.get(emoji) ?? new Set();
    const isChange = kind === "reaction.added" ? !people.has(user_id) : people.delete(user_id);
    if (!isChange) this.flaws.push(`${kind} though it had been: ${where}`);
    if (kind === "reaction.added") people.add(user_id);
    if (people.size > 0) message.reactions.set(emoji, people);
    else message.reactions.delete(emoji);
    const reactions = [...message.reactions].map(([of, those]): [string, number[]] => [of, [...those]]);
    message.states.push({ seq, reactions });
    if (count !== people.size) this.flaws.push(`${where} counts ${count}, not ${people.size}`);
  }
}

const withMember = (row: RichRow) => ({
  ...row,
  member: row.kind.startsWith("member.")
    ? { userId: row.data!.user_id as number, isMuted: row.data!.is_muted as boolean }
    : null,
});
