// The messages of a room as a list that scrolls for ever. Of what the room's store holds only a stretch is in the page; it
// moves along as one scrolls, and whatever changes above, what one looks at stays where it is.
import { useLayoutEffect } from "preact/hooks";
import type { RoomSnapshot, RoomStore } from "../../../../sdk/index.ts";
import { isPageFocused } from "../../state/page-focus.ts";
import { Icon } from "../../ui/icons.tsx";
import type { MessageActions } from "./message.tsx";
import { rowsOf } from "./message-rows.tsx";
import { useFirstUnread } from "./use-first-unread.ts";
import { useMessageWindow } from "./use-message-window.ts";
import { useRowFocus } from "./use-row-focus.ts";

interface MessagesProps {
  room: RoomStore;
  snapshot: RoomSnapshot;
  meId: number;
  isGroup: boolean;
  isModerator: boolean;
  /** One may write here. */
  mayEdit: boolean;
  actions: MessageActions;
}

export function Messages({ room, snapshot, meId, isGroup, isModerator, mayEdit, actions }: MessagesProps) {
  const { messages, events, hasOlder, isLoadingOlder, status, info, error } = snapshot;
  const firstUnread = useFirstUnread(room, snapshot, meId);
  const { scroller, start, shown, isAtEnd, onScroll, toEnd } = useMessageWindow(room, snapshot, firstUnread);
  const { currentKey, onKeyDown, onFocusIn } = useRowFocus({ scroller, messages, shown, start, toEnd });
  const unread = info?.unread_count ?? 0;

  // What is on the screen of somebody who looks is read.
  const newestShown = shown.at(-1);
  useLayoutEffect(() => {
    if (isPageFocused.value && isAtEnd && unread > 0) room.markRead();
  }, [isPageFocused.value, isAtEnd, unread, newestShown]);

  const isEmpty = status === "ready" && messages.length === 0 && events.length === 0;
  return (
    <div class="messages-frame">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: keys walk between the messages in it. */}
      <div class="messages" ref={scroller} onScroll={onScroll} onKeyDown={onKeyDown} onFocusIn={onFocusIn}>
        <div class="older" aria-hidden={!isLoadingOlder}>
          {start === 0 &&
            !isEmpty &&
            (isLoadingOlder || firstUnread === undefined || status === "loading"
              ? "Loading…"
              : !hasOlder && "This is the beginning of the conversation.")}
        </div>
        <ol aria-label="Messages">
          {rowsOf({
            shown,
            before: messages[start - 1],
            after: messages[start + shown.length],
            events,
            firstUnread,
            currentKey,
            meId,
            isGroup,
            mayEdit,
            mayDelete: status === "gone" ? "none" : isModerator ? "all" : "own",
            actions,
          })}
        </ol>
        {isEmpty && (
          <div class="empty-state">
            <Icon name="chats" size={40} />
            <h2>No messages yet</h2>
            <p>Write the first one.</p>
          </div>
        )}
        {status === "failed" && error && (
          <div class="empty-state">
            <Icon name="alert" size={40} />
            <h2>Messages couldn’t be loaded</h2>
            <p>{error.detail}</p>
            <button type="button" class="button" onClick={() => room.reload()}>
              Try again
            </button>
          </div>
        )}
      </div>
      {isAtEnd === false && (
        <button
          type="button"
          class="scroll-to-end"
          onClick={toEnd}
          // It lies over the messages, which are to scroll all the same.
          onWheel={({ deltaY }) => scroller.current!.scrollBy(0, deltaY)}
          aria-label="Scroll to newest message"
        >
          <Icon name="down" />
          {unread > 0 && <span class="badge">{unread > 99 ? "99+" : unread}</span>}
        </button>
      )}
    </div>
  );
}
