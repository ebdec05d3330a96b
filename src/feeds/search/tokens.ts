// What a message is found by, as PostgreSQL stores it. Each token says of what kind it is, so that nobody's word is taken for a filter.
import type { FeedMessage } from "../feed.ts";
import { pairsOf, textOf, wordsOf } from "./words.ts";

/** Messages in a row that are looked through together, by their ids. */
export const BLOCK = 65_536;
export const blockOf = (messageId: number) => Math.floor(messageId / BLOCK);

/** `lexeme:*` of a `tsquery` finds what begins so. No token holds a quote or a backslash. */
export const wordToken = (word: string) => `w:${word}`;
export const roomToken = (roomId: number) => `r:${roomId}`;
export const senderToken = (userId: number) => `f:${userId}`;
export const blockToken = (block: number) => `b:${block}`;
/** `month` as in `202601`. */
export const monthToken = (month: string) => `m:${month}`;
export const hasToken = (what: string) => `h:${what}`;

const LINK = /\bhttps?:\/\/[^\s/$.?#].\S/i;

/** As PostgreSQL reads a `tsvector`. */
export function toVector(roomId: number, message: FeedMessage): string {
  const { id, senderId, body, createdAt } = message;
  const tokens = new Set([
    roomToken(roomId),
    senderToken(senderId),
    blockToken(blockOf(id)),
    monthToken(createdAt.slice(0, 4) + createdAt.slice(5, 7)),
  ]);
  for (const what of whatItHas(message)) tokens.add(hasToken(what));
  for (const word of wordsOf(body ?? "")) {
    if (word.kind === "pair") for (const pair of pairsOf(word)) tokens.add(wordToken(pair));
    else tokens.add(wordToken(textOf(word)));
  }
  return Array.from(tokens, (token) => `'${token}'`).join(" ");
}

/** `link`, and the kinds of its attachments. */
function whatItHas({ body, data }: FeedMessage): Set<string> {
  const has = new Set<string>();
  if (body && LINK.test(body)) has.add("link");
  if (typeof data !== "object" || data === null) return has;
  const { entities, attachments } = data as { entities?: unknown; attachments?: unknown };
  for (const entity of listOf(entities)) if (entity.type === "link") has.add("link");
  for (const { kind } of listOf(attachments)) if (typeof kind === "string" && /^[a-z]+$/.test(kind)) has.add(kind);
  return has;
}

const listOf = (value: unknown): { type?: unknown; kind?: unknown }[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === "object" && one !== null) : [];
