// The user's conversations and groups, latest activity first.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { type Account, type Chat, nameOf, type RoomInfo } from "../../../../sdk/index.ts";
import { lazy } from "../../lib/lazy.tsx";
import { memo } from "../../lib/memo.ts";
import { summaryOf } from "../../lib/message-text.ts";
import { keysOf } from "../../lib/shortcuts.ts";
import { shortMoment } from "../../lib/time.ts";
import { useEnter } from "../../lib/use-enter.ts";
import { useStore } from "../../lib/use-store.ts";
import { blockedIds } from "../../state/blocked.ts";
import { readDraft } from "../../state/drafts.ts";
import { openPerson } from "../../state/person.ts";
import { focusSearch, go, messageVisit, openRoom, roomHref, tabHref } from "../../state/route.ts";
import { errorText } from "../../state/toasts.ts";
import { Avatar } from "../../ui/avatar.tsx";
import { Badge } from "../../ui/badge.tsx";
import { DeliveryStatus } from "../../ui/delivery-status.tsx";
import { Icon } from "../../ui/icons.tsx";
import { PersonAvatar, PersonName, StatusEmoji, usePerson } from "../../ui/person.tsx";
import { SearchField } from "../../ui/search-field.tsx";
import { PersonRow } from "../people/person-row.tsx";
import { usePeopleSearch } from "../people/use-people-search.ts";
import { hasFilters, NO_FILTERS, wantedOf } from "../search/filters.ts";

const SearchFilters = lazy(async () => (await import("../search/search-filters.tsx")).SearchFilters);
const FoundMessages = lazy(async () => (await import("../search/found-messages.tsx")).FoundMessages);

// Rows are rendered in steps of a screenful or two: a user may have a thousand rooms.
const STEP = 60;

export function ChatList({ chat, me }: { chat: Chat; me: Account }) {
  const { rooms, isLoaded, error } = useStore(chat.rooms);
  const presence = useStore(chat.presence);
  const [query, setQuery] = useState("");
  const [filters, setFilters] = useState(NO_FILTERS);
  const [isFiltering, setFiltering] = useState(false);
  const [shown, setShown] = useState(STEP);
  const pane = useRef<HTMLDivElement>(null);
  // Filters are for messages alone.
  const isFiltered = hasFilters(filters);
  const search = usePeopleSearch(chat, isFiltered ? "" : query);
  const wanted = query.trim().toLowerCase();
  const found = isFiltered ? [] : wanted ? rooms.filter((info) => isFound(info, wanted)) : rooms;
  const wantedMessages = useMemo(() => wantedOf(query, filters), [query, filters]);
  const peers = new Set(found.map((info) => (info.kind === "conversation" ? info.peer.id : 0)));
  const others = search.people.filter(({ id }) => id !== me.id && !peers.has(id));
  /** Opens a result and shows the whole list again. */
  const open = (work: () => void) => {
    endSearch();
    work();
  };
  function endSearch() {
    setQuery("");
    setFilters(NO_FILTERS);
    setFiltering(false);
  }
  // Not when a message was opened: one may look at the next.
  useEffect(() => {
    if (!messageVisit.peek()) endSearch();
  }, [openRoom.value]);
  const onEnter = useEnter(query, search.isSearching && found.length === 0, () => {
    const [room] = found;
    const [person] = others;
    if (room) open(() => go(roomHref(room.key)));
    else if (person) open(() => openPerson(chat, person));
    else pane.current!.querySelector<HTMLElement>(".found-message")?.click();
  });

  function onKeyDown(event: KeyboardEvent) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || (event.target as Element).closest(".search-filters")) return;
    const links = [...pane.current!.querySelectorAll<HTMLElement>("a.row, .row-open")];
    const at = links.indexOf(document.activeElement as HTMLElement);
    event.preventDefault();
    if (at + step < 0) document.querySelector<HTMLInputElement>("#search")?.focus();
    else links[at + step]?.focus();
  }

  function onScroll({ currentTarget }: Event) {
    const { scrollTop, clientHeight, scrollHeight } = currentTarget as HTMLElement;
    if (scrollTop + clientHeight > scrollHeight - 400 && shown < found.length) setShown(shown + STEP);
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: arrow keys walk between the links, which work without them.
    <div class="list-pane" ref={pane} onKeyDown={onKeyDown}>
      <div class="search-row">
        <SearchField
          list="chats"
          label="Search"
          shortcut={keysOf("search").join(" ")}
          value={query}
          onChange={setQuery}
          onEnter={onEnter}
        />
        <button
          type="button"
          class="icon-button filter-toggle"
          aria-label="Search filters"
          aria-expanded={isFiltering}
          data-set={isFiltered}
          onClick={() => {
            setFiltering(!isFiltering);
            if (isFiltering) setFilters(NO_FILTERS);
          }}
        >
          <Icon name="filter" />
        </button>
      </div>
      {isFiltering && (
        <SearchFilters chat={chat} me={me} filters={filters} room={openRoom.value} onChange={setFilters} />
      )}
      <div class="scroll" onScroll={onScroll}>
        {wanted && found.length > 0 && <h2>Chats</h2>}
        <ul class="rows">
          {found.slice(0, shown).map((info) => (
            <Row
              key={info.key}
              info={info}
              meId={me.id}
              isOpen={openRoom.value === info.key}
              isOnline={info.kind === "conversation" && presence[info.peer.id]?.online === true}
              draft={openRoom.value === info.key ? "" : readDraft(me.id, info.key)}
            />
          ))}
        </ul>
        {!isLoaded && !error && <Skeleton />}
        {error && !isLoaded && <p class="list-note">Couldn’t load your chats. {errorText(error)}</p>}
        {wanted && others.length > 0 && (
          <section aria-label="People">
            <h2>People</h2>
            <ul class="rows">
              {others.map((person) => (
                <PersonRow
                  key={person.id}
                  person={person}
                  isOnline={presence[person.id]?.online === true}
                  onOpen={() => open(() => openPerson(chat, person))}
                />
              ))}
            </ul>
          </section>
        )}
        {isLoaded && rooms.length === 0 && !wanted && !isFiltered && (
          <div class="empty-state">
            <Icon name="chats" size={40} />
            <h2>No chats yet</h2>
            <p>Find someone to message, or create a group.</p>
            <a class="button primary" href={tabHref("people")} onClick={() => focusSearch("people")}>
              Find people
            </a>
          </div>
        )}
        {wanted && search.error && <p class="list-note">{search.error}</p>}
        {(wanted || isFiltered) && (
          <FoundMessages
            chat={chat}
            me={me}
            wanted={wantedMessages}
            isAlone={!isFiltered && isLoaded && !search.isSearching && found.length + others.length === 0}
          />
        )}
        {isFiltered && !wantedMessages && <p class="list-note">Type a word to search for.</p>}
      </div>
    </div>
  );
}

const isFound = (info: RoomInfo, wanted: string) =>
  info.title.toLowerCase().includes(wanted) ||
  (info.kind === "conversation" && info.peer.username.toLowerCase().includes(wanted));

const Skeleton = () => (
  <div class="skeleton" role="status" aria-label="Loading">
    {[1, 2, 3, 4, 5, 6].map((row) => (
      <div key={row} />
    ))}
  </div>
);

interface RowProps {
  info: RoomInfo;
  meId: number;
  isOpen: boolean;
  isOnline: boolean;
  draft: string;
}

const Row = memo(({ info, meId, isOpen, isOnline, draft }: RowProps) => {
  const { key, unread_count, last_activity_at } = info;
  const peer = usePerson(info.kind === "conversation" ? info.peer : null);
  const title = peer ? nameOf(peer) : info.title;
  return (
    <li>
      <a class="row" href={roomHref(key)} aria-current={isOpen ? "page" : undefined} data-unread={unread_count > 0}>
        {peer ? <PersonAvatar person={peer} isOnline={isOnline} /> : <Avatar id={info.id} name={title} isGroup />}
        <span class="row-text">
          <span class="row-top">
            <span class="row-name">
              <bdi class="row-title">{title}</bdi>
              {peer && <StatusEmoji person={peer} />}
            </span>
            <time class="row-time" dateTime={last_activity_at}>
              {shortMoment(last_activity_at)}
            </time>
          </span>
          <span class="row-bottom">
            <span class="row-preview">
              {info.unsent.last !== null ? (
                <Unsent failed={info.unsent.failed} text={info.unsent.last} />
              ) : draft ? (
                <Draft text={draft} />
              ) : (
                <Preview info={info} meId={meId} />
              )}
            </span>
            {(info.mention_count ?? 0) > 0 && (
              <span class="badge mention-badge">
                @<span class="visually-hidden"> you are mentioned</span>
              </span>
            )}
            <Badge count={unread_count} label="unread" />
          </span>
        </span>
      </a>
    </li>
  );
});

/** Takes precedence over a draft, so that a failed message is not hidden by one. */
const Unsent = ({ failed, text }: { failed: number; text: string }) => (
  <>
    <DeliveryStatus state={failed > 0 ? "failed" : "sending"} />
    <bdi>{text.slice(0, 120)}</bdi>
  </>
);

const Draft = ({ text }: { text: string }) => (
  <>
    <span class="draft">Draft: </span>
    <bdi>{text.slice(0, 120)}</bdi>
  </>
);

function Preview({ info, meId }: { info: RoomInfo; meId: number }) {
  const last = info.last_message;
  if (!last) return <em>No messages yet</em>;
  const isOwn = last.sender_id === meId;
  return (
    <>
      {isOwn && !last.deleted_at && info.last_message_state && <DeliveryStatus state={info.last_message_state} />}
      {!isOwn && "sender_name" in last && (
        <>
          <PersonName person={{ id: last.sender_id, username: last.sender_name }} />:{" "}
        </>
      )}
      {last.deleted_at ? (
        <em>This message was deleted</em>
      ) : info.kind === "group" && blockedIds.value.has(last.sender_id) ? (
        <em>Message from someone you blocked</em>
      ) : (
        <bdi>{summaryOf(last).slice(0, 120)}</bdi>
      )}
    </>
  );
}
