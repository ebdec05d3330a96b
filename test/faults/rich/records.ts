// What the checker of rich messages compares: what clients were told of reactions, quotes and files, and what they were shown.

/** Whether somebody put an emoji on a message or took it back, and what they heard of it. */
export interface ReactionCall {
  room: string;
  userId: number;
  messageId: number;
  emoji: string;
  isOn: boolean;
  /** Null when nobody knows what became of it; `mine` as the answer says. */
  answer: { mine: boolean } | "refused" | null;
}

/** A file of a message, asked for by somebody who had seen it. Times in ms since 1970. */
export interface Download {
  room: string;
  messageId: number;
  fileId: number;
  userId: number;
  startedAt: number;
  endedAt: number;
  isFound: boolean;
}

/** A file that its author has asked to be taken out of a message by an edit; perhaps in vain. */
export interface Drop {
  fileId: number;
  startedAt: number;
  /** Once it was acknowledged; null when that is not known. */
  endedAt: number | null;
}

/** A message that quotes another one, as somebody was shown it. */
export interface QuoteShown {
  room: string;
  /** Of the event that brought it; null in a page. */
  seq: number | null;
  quoted: { id: number; seq: number; senderId: number; mark: string | null; isDeleted: boolean };
  /** Read by the server after this moment. Null when that is not known, as of live events. */
  readAfter: number | null;
}

/** The reactions of a message as a page showed them to somebody. */
export interface ReactionsShown {
  room: string;
  messageId: number;
  userId: number;
  reactions: { emoji: string; count: number; user_ids: number[]; mine?: boolean }[];
  readAfter: number;
}

/** All of it, of all clients. */
export class RichRecords {
  readonly reactionCalls: ReactionCall[] = [];
  readonly downloads: Download[] = [];
  readonly drops: Drop[] = [];
  readonly quotes: QuoteShown[] = [];
  readonly reactions: ReactionsShown[] = [];
  /** What was wrong at sight, in words, by kind of fault. */
  readonly flaws = { wrongExtras: [] as string[], wrongFiles: [] as string[], wrongReactions: [] as string[] };
}
