// The messages that a search found, newest first; each leads to where it was said.
import { useEffect, useRef } from "preact/hooks";
import type { Account, Chat, RoomInfo, SearchResult } from "../../../../sdk/index.ts";
import { shortMoment } from "../../lib/time.ts";
import { useStore } from "../../lib/use-store.ts";
import { blockedIds } from "../../state/blocked.ts";
import { messageHref, messageVisit } from "../../state/route.ts";
import { Avatar } from "../../ui/avatar.tsx";
import { PersonAvatar, PersonName } from "../../ui/person.tsx";
import { useMarkedWords } from "./mark-words.ts";
import { SearchNote } from "./search-note.tsx";
import { Snippet } from "./snippet.tsx";
import { useMessageSearch, type Wanted } from "./use-message-search.ts";

/** The next page is read when its end is this near. */
const LOAD_MARGIN = "400px";

interface FoundMessagesProps {
  chat: Chat;
  me: Account;
  /** Null for nothing to look for. */
  wanted: Wanted | null;
  /** Whether no chats and people were found. */
  isAlone: boolean;
}

export function FoundMessages({ chat, me, wanted, isAlone }: FoundMessagesProps) {
  const search = useMessageSearch(chat, wanted);
  const { results, hasMore, isLoadingMore, error, loadMore } = search;
  useMarkedWords(results, me.id);

  // From the list: subscribing to a room would read its messages.
  const infos = new Map(useStore(chat.rooms).rooms.map((info) => [info.key, info]));
  const end = useRef<HTMLDivElement>(null);
  const latest = useRef(loadMore);
  latest.current = loadMore;
  const mayLoad = hasMore && !error && !isLoadingMore;
  useEffect(() => {
    if (!mayLoad) return;
    const observer = new IntersectionObserver(
      (entries) => entries.some(({ isIntersecting }) => isIntersecting) && void latest.current(),
      { rootMargin: LOAD_MARGIN },
    );
    observer.observe(end.current!);
    return () => observer.disconnect();
  }, [mayLoad, results.length]);

  if (!wanted) return null;
  return (
    <section class="found-messages" aria-label="Messages" aria-busy={search.isSearching || isLoadingMore}>
      {(!isAlone || results.length > 0) && <h2>Messages</h2>}
      <ul class="rows">
        {results.map((result) => (
          <FoundMessage key={result.message.id} me={me} result={result} info={infos.get(result.room)} />
        ))}
      </ul>
      <div ref={end} />
      {isLoadingMore && <p class="list-note">Loading…</p>}
      <SearchNote search={search} isAlone={isAlone} />
    </section>
  );
}

interface FoundMessageProps {
  me: Account;
  result: SearchResult;
  /** Undefined until the list has been read. */
  info: RoomInfo | undefined;
}

function FoundMessage({ me, result, info }: FoundMessageProps) {
  const { message, room, title } = result;
  const peer = info?.kind === "conversation" ? info.peer : null;
  const isOwn = message.sender_id === me.id;
  const isGroup = "group_id" in message;
  return (
    <li>
      <a
        class="row found-message"
        href={messageHref(room, message.id)}
        aria-current={messageVisit.value?.id === message.id ? "true" : undefined}
      >
        {peer ? (
          <PersonAvatar person={peer} />
        ) : (
          <Avatar id={Number(room.split(":")[1])} name={title} isGroup={isGroup} />
        )}
        <span class="row-text">
          <span class="row-top">
            <bdi class="row-title">{info?.title ?? title}</bdi>
            <time class="row-time" dateTime={message.created_at}>
              {shortMoment(message.created_at)}
            </time>
          </span>
          <span class="found-text" dir="auto">
            {isOwn ? (
              "You: "
            ) : isGroup ? (
              <>
                <PersonName person={{ id: message.sender_id, username: message.sender_name }} />:{" "}
              </>
            ) : null}
            {isGroup && blockedIds.value.has(message.sender_id) ? (
              <em>Message from someone you blocked</em>
            ) : (
              <Snippet result={result} />
            )}
          </span>
        </span>
      </a>
    </li>
  );
}
