import { useEffect, useReducer } from "preact/hooks";
import { nameOf, type RoomStore } from "../../../../../../sdk/index.ts";
import { Icon } from "../../../../ui/icons.tsx";
import { PersonAvatar } from "../../../../ui/person.tsx";
import { EVERYONE, mentionOptions } from "./mention-options.ts";
import { OPTIONS_LIMIT, type Option } from "./option.ts";

/** Pages of members that are read for what is typed: in a huge group, names are found by their beginning in the first ones alone. */
const PAGES_LIMIT = 20;

/** The people whose names begin so; none while `text` is null. Reads the rest of a large group until there are enough. */
export function useMentionOptions(room: RoomStore, meId: number, text: string | null): Option[] {
  const [, rerender] = useReducer<number, void>((count) => count + 1, 0);
  const isOpen = text !== null;
  useEffect(() => (isOpen ? room.subscribe(() => rerender()) : undefined), [isOpen, room]);
  const snapshot = room.getSnapshot();
  const found = isOpen ? mentionOptions(snapshot, meId, text, OPTIONS_LIMIT) : [];
  const isShort = isOpen && snapshot.hasMoreMembers && found.length < OPTIONS_LIMIT;
  const pages = Math.ceil(snapshot.members.length / 100);
  useEffect(() => {
    // (What could not be read is read with the next letter.)
    if (isShort && pages < PAGES_LIMIT) room.loadMembers().catch(() => {});
  }, [isShort, pages, text]);
  return found.map((member) =>
    member === EVERYONE
      ? {
          key: EVERYONE,
          insert: `@${EVERYONE}`,
          content: (
            <>
              <span class="completion-icon">
                <Icon name="people" size={18} />
              </span>
              <span class="completion-name">@all</span>
              <span class="completion-note">everyone in the group</span>
            </>
          ),
        }
      : {
          key: String(member.user_id),
          insert: `@${member.username}`,
          content: (
            <>
              <PersonAvatar person={{ id: member.user_id, ...member }} size="small" />
              <bdi class="completion-name">{nameOf(member)}</bdi>
              {member.display_name !== undefined && <bdi class="completion-note">@{member.username}</bdi>}
            </>
          ),
        },
  );
}
