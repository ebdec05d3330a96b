// A message that waits for the write path, and its copies: what a client sends again while it waits shares its outcome.
import type { NewMessage } from "./append.ts";
import type { MessageRow } from "./message-row.ts";

export type Appended = { message: MessageRow; repeated: boolean };

/** A message without an outcome. */
export interface PendingMessage {
  draft: NewMessage;
  /** By the monotonic clock; each of the copies has its own. */
  deadline: number;
  /** Set once an attempt failed with its outcome unknown. */
  retried: boolean;
  /** Set by `Queue.settle` once its outcome is known. */
  settled: boolean;
  resolve(appended: Appended): void;
  reject(error: unknown): void;
  /** The copies that wait for it, oldest first, once it was sent again; `resolve` and `reject` then settle all of them. */
  copies: Copy[] | null;
  /** The next older one in its bucket of the PendingIndex. */
  next: PendingMessage | null;
}

/** One of several sendings of the same message. */
export type Copy = Pick<PendingMessage, "deadline" | "resolve" | "reject"> & { socket: object | undefined };

/** Makes the outcome of a message settle all its copies, which it returns. */
export function shareOutcome(entry: PendingMessage): Copy[] {
  const copies = copiesOf(entry);
  entry.copies = copies;
  entry.resolve = (appended) => {
    for (const [i, copy] of copies.entries()) copy.resolve(i === 0 ? appended : { ...appended, repeated: true });
  };
  entry.reject = (error) => {
    for (const copy of copies) copy.reject(error);
  };
  return copies;
}

export const copiesOf = ({ copies, deadline, resolve, reject, draft }: PendingMessage): Copy[] =>
  copies ?? [{ deadline, resolve, reject, socket: draft.socket }];

/** Whether two drafts are copies of the same message. */
export const isSame = (a: NewMessage, b: NewMessage) =>
  a.clientId === b.clientId && a.roomId === b.roomId && a.senderId === b.senderId && a.kind === b.kind;
