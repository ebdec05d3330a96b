// The reactions of a message, as events change them. Their counts are absolute, so that an event may come twice.
import { REACTION_USERS_LIMIT } from "../../protocol/limits.ts";
import type { Reaction, ReactionChange } from "../wire.ts";

/** What `reactions` are after a change; undefined when none are left. */
export function withReaction(
  reactions: readonly Reaction[] = [],
  { emoji, count, user_id }: Pick<ReactionChange, "emoji" | "count" | "user_id">,
  isAdded: boolean,
  meId: number,
): readonly Reaction[] | undefined {
  const at = reactions.findIndex((reaction) => reaction.emoji === emoji);
  const before = reactions[at];
  const others = (before?.user_ids ?? []).filter((id) => id !== user_id);
  const user_ids = isAdded ? [...others, user_id].sort((a, b) => a - b).slice(0, REACTION_USERS_LIMIT) : others;
  const isMine = user_id === meId ? isAdded : before?.mine;
  const after: Reaction[] = count > 0 ? [{ emoji, count, user_ids, ...(isMine && { mine: true }) }] : [];
  const all = reactions.toSpliced(at < 0 ? reactions.length : at, at < 0 ? 0 : 1, ...after);
  return all.length > 0 ? all : undefined;
}
