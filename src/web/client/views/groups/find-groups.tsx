// Public groups to join: the newest ones, or a search by name, with the details of each.
import { useEffect, useRef, useState } from "preact/hooks";
import type { Chat, Group } from "../../../../sdk/index.ts";
import { memberCountText } from "../../lib/text.ts";
import { useEnter } from "../../lib/use-enter.ts";
import { useStore } from "../../lib/use-store.ts";
import { go, roomHref } from "../../state/route.ts";
import { errorText, withErrorToast } from "../../state/toasts.ts";
import { Avatar } from "../../ui/avatar.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Icon } from "../../ui/icons.tsx";
import { SearchField } from "../../ui/search-field.tsx";
import { SEARCH_DELAY_MS } from "../people/use-people-search.ts";

interface Results {
  query: string;
  groups: readonly Group[];
  /** Of the next page; null when there is none. */
  cursor: string | null;
  error: string;
}

export function FindGroups({ chat, onClose }: { chat: Chat; onClose: () => void }) {
  const [query, setQuery] = useState("");
  const [found, setFound] = useState<Results | null>(null);
  const [shown, setShown] = useState<Group | null>(null);
  const joined = new Set(useStore(chat.rooms).rooms.map(({ key }) => key));
  const wanted = query.trim();
  const latest = useRef(wanted);
  latest.current = wanted;

  /** Loads the page after `before`, or the first one. A result for an outdated query is dropped. */
  async function load(of: string, before: Results | null) {
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
    const timer = setTimeout(() => void load(wanted, null), wanted ? SEARCH_DELAY_MS : 0);
    return () => clearTimeout(timer);
  }, [wanted]);

  const isJoined = (group: Group) => joined.has(`group:${group.id}`);
  const open = (group: Group) =>
    withErrorToast(async () => {
      if (!isJoined(group)) await chat.groups.join(group.id);
      onClose();
      go(roomHref(`group:${group.id}`));
    });
  const press = (group: Group) => (isJoined(group) ? void open(group) : setShown(group));
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
            <Icon name="people" size={16} /> {memberCountText(shown)}
          </p>
          {shown.description && <p dir="auto">{shown.description}</p>}
        </div>
        <div class="stack">
          <button type="button" class="button primary" onClick={() => void open(shown)}>
            {isJoined(shown) ? "Open" : "Join group"}
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
                    {memberCountText(group)}
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
                class={isJoined(group) ? "button small" : "button small primary"}
                aria-label={`${isJoined(group) ? "Open" : "Join"} ${group.name}`}
                onClick={() => void open(group)}
              >
                {isJoined(group) ? "Open" : "Join"}
              </button>
            </li>
          ))}
        </ul>
        {found?.error && <p class="list-note">{found.error}</p>}
        {found && !found.error && !isSearching && groups.length === 0 && (
          <p class="list-note">{wanted ? "No public groups found." : "There are no public groups yet."}</p>
        )}
        {found?.cursor && !isSearching && (
          <button type="button" class="button wide" onClick={() => void load(wanted, found)}>
            Show more
          </button>
        )}
      </div>
    </Dialog>
  );
}
