// Compares what clients were told and shown of reactions, quotes, mentions and files with what is stored. As the checker beside it, it knows
// nothing of servers or sockets.
import { isDeepStrictEqual } from "node:util";
import { type ModelMessage, type RichRow, RoomModel } from "./model.ts";
import type { Download, QuoteShown, ReactionCall, ReactionsShown, RichRecords } from "./records.ts";

export const RICH_FAULTS = {
  wrongExtras: "formatting, mentions, replies or files of a message that are not those that it was sent with",
  wrongReactions: "a reaction that was stored twice, lost, or counted otherwise than its events say",
  wrongQuotes: "a quote of another message than the one that is answered, or of a deleted text",
  wrongMentions: "a number of unread mentions that is not that of the messages",
  wrongFiles: "a file with other bytes, in two messages or in none of its own, or refused to somebody who may read it",
  filesOutlived: "a file read after its message was deleted, or by somebody who was removed from the room",
} as const;

export type RichFault = keyof typeof RICH_FAULTS;

/** A page as a member reads it when nothing happens any more. */
export interface FreshPage {
  userId: number;
  messages: {
    id: number;
    body: string;
    deleted_at: string | null;
    reactions?: { emoji: string; count: number; user_ids: number[]; mine?: boolean }[];
    reply_to?: { id: number; body: string };
  }[];
  mentionCount: number;
  readSeq: number;
}

export interface RichRoom {
  key: string;
  isGroup: boolean;
  founders: number[];
  rows: RichRow[];
  pages: FreshPage[];
  /** By when (ms since 1970) everything up to this seq was certainly committed, as somebody had been shown it. */
  knownAt(seq: number): number;
}

/** A file that a message has, by the table of them. */
export interface FileUse {
  messageId: number;
  fileId: number;
}

/** What is stored of files. */
export interface StoredFiles {
  uses: FileUse[];
  /** By owner. */
  owners: Map<number, number>;
}

const QUOTE_LIMIT = 200;
const USERS_SHOWN = 10;
const MENTIONS_LIMIT = 100;
const EXAMPLES = 5;
// A clock that counts whole milliseconds, and one with microseconds.
const CLOCK_STEP_MS = 2;

export interface RichVerdict {
  faults: Record<RichFault, number>;
  examples: string[];
}

export function checkRich(rooms: RichRoom[], files: StoredFiles, records: RichRecords): RichVerdict {
  const faults = Object.fromEntries(Object.keys(RICH_FAULTS).map((fault) => [fault, 0])) as Record<RichFault, number>;
  const examples: string[] = [];
  const count = (fault: RichFault, what: string) => {
    faults[fault]++;
    if (examples.length < EXAMPLES * Object.keys(RICH_FAULTS).length && faults[fault] <= EXAMPLES)
      examples.push(`${fault}: ${what}`);
  };
  for (const [fault, flaws] of Object.entries(records.flaws)) for (const flaw of flaws) count(fault as RichFault, flaw);
  const check = new RichCheck(rooms, files, records, count);
  check.run();
  return { faults, examples };
}

class RichCheck {
  private readonly models: Map<string, RoomModel>;
  private readonly byKey: Map<string, RichRoom>;

  constructor(
    private readonly rooms: RichRoom[],
    private readonly files: StoredFiles,
    private readonly records: RichRecords,
    private readonly count: (fault: RichFault, what: string) => void,
  ) {
    this.byKey = new Map(rooms.map((room) => [room.key, room]));
    this.models = new Map(
      rooms.map(({ key, rows, founders, isGroup }) => [key, new RoomModel(rows, founders, isGroup)]),
    );
  }

  run() {
    for (const room of this.rooms) this.checkRoom(room, this.models.get(room.key)!);
    for (const quote of this.records.quotes) this.checkQuote(quote);
    for (const shown of this.records.reactions) this.checkReactionsShown(shown);
    this.checkReactionCalls();
    this.checkUses();
    for (const download of this.records.downloads) this.checkDownload(download);
  }

  private checkRoom({ key, pages }: RichRoom, model: RoomModel) {
    for (const flaw of model.flaws) this.count("wrongReactions", `${key}: ${flaw}`);
    for (const { userId, messages, mentionCount, readSeq } of pages) {
      for (const message of messages) this.checkFresh(model, userId, message);
      const mentions = Math.min(MENTIONS_LIMIT, model.mentionsOf(userId, readSeq));
      if (mentions !== mentionCount)
        this.count("wrongMentions", `${key}: ${userId} has ${mentionCount}, not ${mentions} past ${readSeq}`);
    }
  }

  private checkFresh(
    model: RoomModel,
    userId: number,
    { id, reactions = [], reply_to }: FreshPage["messages"][number],
  ) {
    const [is, shouldBe] = [sorted(reactions), reactionsFor(userId, model.messages.get(id)?.states.at(-1))];
    if (!isDeepStrictEqual(is, shouldBe))
      this.count(
        "wrongReactions",
        `message ${id} for ${userId}: ${JSON.stringify(is)}, not ${JSON.stringify(shouldBe)}`,
      );
    if (!reply_to) return;
    const quoted = [...(model.messages.get(reply_to.id)?.body ?? "")].slice(0, QUOTE_LIMIT).join("");
    if (reply_to.body !== quoted) this.count("wrongQuotes", `message ${id} quotes ${reply_to.body}, not ${quoted}`);
  }

  private checkQuote({ room, seq, quoted, readAfter }: QuoteShown) {
    const message = this.models.get(room)!.messages.get(quoted.id);
    const wrong = (what: string) => this.count("wrongQuotes", `${room} at ${seq}: ${what} ${JSON.stringify(quoted)}`);
    if (!message || message.seq !== quoted.seq || message.actorId !== quoted.senderId) return wrong("no such message");
    if (quoted.isDeleted !== (quoted.mark === null)) return wrong("deleted, or not");
    if (quoted.isDeleted) return message.deleted ? undefined : wrong("not deleted");
    if (message.mark !== quoted.mark) return wrong("the text of another message");
    const { deleted } = message;
    if (!deleted) return;
    if (seq !== null && deleted.seq < seq) return wrong("deleted before");
    if (readAfter !== null && this.byKey.get(room)!.knownAt(deleted.seq) < readAfter) wrong("known to be deleted");
  }

  /** As they were after some change of them that no other one was known to have followed when they were asked for. */
  private checkReactionsShown({ room, messageId, userId, reactions, readAfter }: ReactionsShown) {
    const states = this.models.get(room)!.messages.get(messageId)?.states ?? [];
    const { knownAt } = this.byKey.get(room)!;
    const possible = states.filter((_, i) => i === states.length - 1 || knownAt(states[i + 1]!.seq) >= readAfter);
    const is = sorted(reactions);
    if (!possible.some((state) => isDeepStrictEqual(is, reactionsFor(userId, state))))
      this.count("wrongReactions", `message ${messageId} for ${userId} at ${readAfter}: ${JSON.stringify(is)}`);
  }

  /** The last one that was acknowledged decides, unless nobody knows what became of another one on the same place. */
  private checkReactionCalls() {
    const calls = Map.groupBy(this.records.reactionCalls, (call) => `${call.messageId} ${call.userId} ${call.emoji}`);
    for (const [place, [...list]] of calls) {
      if (list.some(({ answer }) => answer === null)) continue;
      const acknowledged = list.filter(
        (call): call is ReactionCall & { answer: { mine: boolean } } => call.answer !== "refused",
      );
      for (const { isOn, answer, room, messageId } of acknowledged) {
        // A deletion may have come in between.
        if (answer.mine !== isOn && !(isOn && this.models.get(room)!.messages.get(messageId)?.deleted))
          this.count("wrongReactions", `${place}: after ${isOn ? "PUT" : "DELETE"} mine is ${answer.mine}`);
      }
      const last = acknowledged.at(-1);
      if (!last) continue;
      const message = this.models.get(last.room)!.messages.get(last.messageId);
      const isThere = message?.reactions.get(last.emoji)?.has(last.userId) ?? false;
      if (isThere !== last.isOn && !message?.deleted)
        this.count("wrongReactions", `${place}: acknowledged as ${last.isOn}, stored as ${isThere}`);
    }
  }

  /** Every message that stands has its files, and nothing else has any. */
  private checkUses() {
    const used = new Map<number, number>();
    for (const { fileId, messageId } of this.files.uses) {
      if (used.has(fileId)) this.count("wrongFiles", `file ${fileId} is in ${used.get(fileId)} and ${messageId}`);
      used.set(fileId, messageId);
    }
    const expected = new Map<number, number>();
    for (const model of this.models.values()) {
      for (const { id, data, body } of model.messages.values()) {
        if (body === null) continue;
        for (const { id: fileId } of (data?.attachments ?? []) as { id: number }[]) {
          if (expected.has(fileId)) this.count("wrongFiles", `file ${fileId} is shown in two messages`);
          expected.set(fileId, id);
          if (used.get(fileId) !== id) this.count("wrongFiles", `file ${fileId} is not used by message ${id}`);
        }
      }
    }
    for (const [fileId, messageId] of used)
      if (!expected.has(fileId)) this.count("wrongFiles", `file ${fileId} is used by message ${messageId} still`);
  }

  private checkDownload(download: Download) {
    const { room, messageId, fileId, userId, startedAt, endedAt, isFound } = download;
    const model = this.models.get(room)!;
    const { knownAt } = this.byKey.get(room)!;
    const deleted = model.messages.get(messageId)?.deleted ?? null;
    const drops = this.records.drops.filter((drop) => drop.fileId === fileId);
    const isOwner = this.files.owners.get(fileId) === userId;
    const where = JSON.stringify(download);
    if (isFound) {
      if (deleted && knownAt(deleted.seq) < startedAt) return this.count("filesOutlived", `deleted: ${where}`);
      if (drops.some((drop) => drop.endedAt !== null && drop.endedAt < startedAt))
        return this.count("filesOutlived", `taken out: ${where}`);
      if (!isOwner && this.wasKnownAway(model, knownAt, download)) this.count("filesOutlived", `removed: ${where}`);
      return;
    }
    const isGone = deleted !== null && deleted.at <= endedAt + CLOCK_STEP_MS;
    const isDropped = drops.some((drop) => drop.startedAt <= endedAt);
    const mayBeAway = !isOwner && model.mayBeAway(userId, startedAt - CLOCK_STEP_MS, endedAt + CLOCK_STEP_MS, knownAt);
    if (!isGone && !isDropped && !mayBeAway) this.count("wrongFiles", `refused: ${where}`);
  }

  /** Whether they had been removed before they asked, as was known, and were added again only after they had the answer. */
  private wasKnownAway(
    model: RoomModel,
    knownAt: RichRoom["knownAt"],
    { userId, startedAt, endedAt }: Download,
  ): boolean {
    return model
      .absencesOf(userId)
      .some(({ left, joined }) => left > 0 && knownAt(left) < startedAt && joined.at > endedAt + CLOCK_STEP_MS);
  }
}

type Shown = ReactionsShown["reactions"];

const sorted = (reactions: Shown): Shown => reactions.toSorted((a, b) => (a.emoji < b.emoji ? -1 : 1));

const reactionsFor = (userId: number, state?: ModelMessage["states"][number]): Shown =>
  sorted(
    (state?.reactions ?? []).map(([emoji, people]) => ({
      emoji,
      count: people.length,
      user_ids: people.toSorted((a, b) => a - b).slice(0, USERS_SHOWN),
      ...(people.includes(userId) && { mine: true }),
    })),
  );
