// The Activity tab: messages that mention the user or reply to them, and reactions to theirs, newest first.
import { useRef, useState } from "preact/hooks";
import type { Account, Chat } from "../../../../sdk/index.ts";
import { useStore } from "../../lib/use-store.ts";
import { errorText } from "../../state/toasts.ts";
import { Icon } from "../../ui/icons.tsx";
import { ActivityRow } from "./activity-row.tsx";
import { type ActivityKind, useActivity } from "./use-activity.ts";

const KINDS: [ActivityKind | undefined, string, string][] = [
  [undefined, "All", "Mentions of you, replies and reactions to your messages appear here."],
  ["mention", "Mentions", "Messages that mention you appear here."],
  ["reply", "Replies", "Replies to your messages appear here."],
  ["reaction", "Reactions", "Reactions to your messages appear here."],
];

/** The next page is read when the scroll position is this near to the end. */
const LOAD_PX = 400;

export function Activity({ chat, me }: { chat: Chat; me: Account }) {
  const [kind, setKind] = useState<ActivityKind | undefined>(undefined);
  const pane = useRef<HTMLDivElement>(null);
  const { items, isLoaded, isLoadingMore, hasMore, error, loadMore, reload } = useActivity(chat, me.id, kind);
  const { rooms } = useStore(chat.rooms);
  const roomOf = new Map(rooms.map((info) => [info.key, info]));

  function onKeyDown(event: KeyboardEvent) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const links = [...pane.current!.querySelectorAll<HTMLElement>("a.row")];
    const at = links.indexOf(document.activeElement as HTMLElement);
    if (!step || at + step < 0) return;
    event.preventDefault();
    links[at + step]?.focus();
  }

  function onScroll({ currentTarget }: Event) {
    const { scrollTop, clientHeight, scrollHeight } = currentTarget as HTMLElement;
    if (scrollTop + clientHeight > scrollHeight - LOAD_PX && !error) loadMore();
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: arrow keys walk between the links, which work without them.
    <div class="list-pane activity" ref={pane} onKeyDown={onKeyDown}>
      <fieldset class="filter-row" aria-label="Show">
        {KINDS.map(([value, label]) => (
          <button key={label} type="button" class="filter" aria-pressed={value === kind} onClick={() => setKind(value)}>
            {label}
          </button>
        ))}
      </fieldset>
      <div class="scroll" onScroll={onScroll}>
        <ul class="rows">
          {items.map((item) => (
            <ActivityRow
              key={`${item.room} ${item.message.id}`}
              item={item}
              meId={me.id}
              info={roomOf.get(item.room)}
              isUnread={item.kind !== "reaction" && !chat.room(item.room).isRead(item.message)}
            />
          ))}
        </ul>
        {!isLoaded && !error && (
          <div class="skeleton" role="status" aria-label="Loading">
            {[1, 2, 3, 4].map((row) => (
              <div key={row} />
            ))}
          </div>
        )}
        {error && (
          <div class="list-note">
            <p>Couldn’t load this. {errorText(error)}</p>
            <button type="button" class="link" onClick={isLoaded ? loadMore : reload}>
              Try again
            </button>
          </div>
        )}
        {hasMore && !error && (
          <button type="button" class="button plain wide" aria-busy={isLoadingMore} onClick={loadMore}>
            {isLoadingMore ? "Loading…" : "Show more"}
          </button>
        )}
        {isLoaded && items.length === 0 && !error && (
          <div class="empty-state">
            <Icon name="activity" size={40} />
            <h2>Nothing here yet</h2>
            <p>{KINDS.find(([value]) => value === kind)![2]}</p>
          </div>
        )}
      </div>
    </div>
  );
}
