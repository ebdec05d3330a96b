// The groups that anyone may join: the newest, or those with such a name; and a card of each.
import { useEffect, useRef, useState } from "preact/hooks";
import type { Chat, Group } from "../../../../sdk/index.ts";
import { useStore } from "../../lib/use-store.ts";
import { go, roomHref } from "../../state/route.ts";
import { errorText, withErrorToast } from "../../state/toasts.ts";
import { Avatar } from "../../ui/avatar.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Icon } from "../../ui/icons.tsx";
import { SearchField } from "../../ui/search-field.tsx";
import { useEnter } from "../people/use-people-search.ts";

// A pause in typing.
const PAUSE_MS = 250;

interface Found {
  query: string;
  groups: readonly Group[];
  /** Where the next page begins; null when there is none. */
  cursor: string | null;
  error: string;
}

export function FindGroups({ chat, onClose }: { chat: Chat; onClose: () => void }) {
  const [query, setQuery] = useState("");
  const [found, setFound] = useState<Found | null>(null);
  const [shown, setShown] = useState<Group | null>(null);
  const mine = new Set(useStore(chat.rooms).rooms.map(({ key }) => key));
  const wanted = query.trim();
  const latest = useRef(wanted);
  latest.current = wanted;

  /** Reads a page, the first one without `before`; an answer that comes too late is left out. */
  async function read(of: string, before: Found | null) {
    const cursor = before?.cursor ?? null;
    try {
      const page = await (of ? chat.groups.searchPublic(of, cursor) : chat.groups.listPublic(cursor));
      if (latest.current !== of) return;
      const groups = [...(before?.groups ?? []), ...page.data];
      setFound({ query: of, groups, cursor: page.next_cursor, error: "" });
    } catch (error) {
      if (latest.current !== of) return;
      setFound({ query: of, groups: before?.groups ?? [], cursor, error: errorText(error) });
    }
  }
  useEffect(() => {
    const timer = setTimeout(() => void read(wanted, null), wanted ? PAUSE_MS : 0);
    return () => clearTimeout(timer);
  }, [wanted]);

  const isMine = (group: Group) => mine.has(`group:${group.id}`);
  const open = (group: Group) =>
    withErrorToast(async () => {
      if (!isMine(group)) await chat.groups.join(group.id);
      onClose();
      go(roomHref(`group:${group.id}`));
    });
  const press = (group: Group) => (isMine(group) ? void open(group) : setShown(group));
  const groups = found?.groups ?? [];
  const isSearching = found?.query !== wanted;
  const onEnter = useEnter(query, isSearching, () => groups[0] && press(groups[0]));

  if (shown) {
    return (
      <Dialog title="Public group" onClose={onClose} onBack={() => setShown(null)}>
        <div class="portrait">
          <Avatar id={shown.id} name={shown.name} isGroup size="large" />
          <h3>
            <bdi>{shown.name}</bdi>
          </h3>
          <p class="text-muted">
            <Icon name="people" size={16} /> {membersOf(shown)}
          </p>
          {shown.description && <p dir="auto">{shown.description}</p>}
        </div>
        <div class="stack">
          <button type="button" class="button primary" onClick={() => void open(shown)}>
            {isMine(shown) ? "Open" : "Join group"}
          </button>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog title="Public groups" onClose={onClose}>
      <div class="pick">
        <SearchField label="Search public groups" autofocus value={query} onChange={setQuery} onEnter={onEnter} />
        <ul class="rows">
          {groups.map((group) => (
            <li key={group.id} class="row person">
              <button type="button" class="row-open" onClick={() => press(group)}>
                <Avatar id={group.id} name={group.name} isGroup />
                <span class="row-text">
                  <bdi class="row-title">{group.name}</bdi>
                  <span class="row-note">
                    {membersOf(group)}
                    {group.description && (
                      <>
                        {" · "}
                        <bdi>{group.description}</bdi>
                      </>
                    )}
                  </span>
                </span>
              </button>
              <button
                type="button"
                class={isMine(group) ? "button small" : "button small primary"}
                aria-label={`${isMine(group) ? "Open" : "Join"} ${group.name}`}
                onClick={() => void open(group)}
              >
                {isMine(group) ? "Open" : "Join"}
              </button>
            </li>
          ))}
        </ul>
        {found?.error && <p class="list-note">{found.error}</p>}
        {found && !found.error && !isSearching && groups.length === 0 && (
          <p class="list-note">{wanted ? "No public groups found." : "There are no public groups yet."}</p>
        )}
        {found?.cursor && !isSearching && (
          <button type="button" class="button wide" onClick={() => void read(wanted, found)}>
            Show more
          </button>
        )}
      </div>
    </Dialog>
  );
}

const membersOf = ({ member_count }: Group) => `${member_count} ${member_count === 1 ? "member" : "members"}`;
