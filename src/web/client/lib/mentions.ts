// Mentions in a text that is about to be sent.
import type { Entity, RoomMember, RoomMessage } from "../../../sdk/index.ts";
import { lengthOf } from "./text.ts";

const NAME = /(?<![\p{L}\p{N}._-])@([\p{L}\p{N}._-]+)/gu;
// What may end a sentence is no part of a name at its end.
const SENTENCE_END = /[.-]+$/;

/** `@name` of a member, however it is capitalised, and `@all`. */
export function mentionsIn(text: string, members: readonly RoomMember[]): Entity[] {
  const ids = new Map(members.map(({ user_id, username }) => [username.toLowerCase(), user_id]));
  return [...text.matchAll(NAME)].flatMap(({ 1: name, index }): Entity[] => {
    const found = [name!, name!.replace(SENTENCE_END, "")].find((one) => ids.has(one.toLowerCase()) || one === "all");
    if (!found) return [];
    const range = { offset: lengthOf(text.slice(0, index)), length: lengthOf(found) + 1 };
    const user_id = ids.get(found.toLowerCase());
    return [user_id === undefined ? { type: "mention_all", ...range } : { type: "mention", ...range, user_id }];
  });
}

/** An unchanged text keeps the formatting that another client gave it. */
export const editedEntities = (message: RoomMessage, text: string, mentions: Entity[]): readonly Entity[] =>
  text === message.body ? (message.entities ?? []) : mentions;
