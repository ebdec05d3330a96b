// Who may be meant by what is typed behind `@`.
import { nameOf, type RoomMember, type RoomSnapshot } from "../../../../../../sdk/index.ts";
import { mayMentionAll } from "../../../../lib/mentions.ts";

export const EVERYONE = "all";

/** The best matches first; those who have written lately before others. */
export function mentionOptions(
  { members, messages, info }: RoomSnapshot,
  meId: number,
  text: string,
  limit: number,
): (RoomMember | typeof EVERYONE)[] {
  const query = text.toLowerCase();
  const lastWrote = new Map(messages.map(({ sender_id }, index) => [sender_id, index]));
  const ranked = members.flatMap((member) => {
    const rank = member.user_id === meId ? null : rankOf(member, query);
    return rank === null ? [] : { member, rank, last: lastWrote.get(member.user_id) ?? -1 };
  });
  ranked.sort(
    (a, b) => a.rank - b.rank || b.last - a.last || a.member.username.localeCompare(b.member.username, undefined),
  );
  const found: (RoomMember | typeof EVERYONE)[] = ranked.slice(0, limit).map(({ member }) => member);
  return mayMentionAll(info) && EVERYONE.startsWith(query) ? [...found.slice(0, limit - 1), EVERYONE] : found;
}

/** Null for no match; by the beginning of a name, else by that of a word in it. */
function rankOf(member: RoomMember, query: string): number | null {
  const username = member.username.toLowerCase();
  const shown = nameOf(member).toLowerCase();
  if (username.startsWith(query) || shown.startsWith(query)) return 0;
  return [username, shown].some((name) => name.split(/[\s._-]+/).some((word) => word.startsWith(query))) ? 1 : null;
}
