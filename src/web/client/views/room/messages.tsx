// The messages of a room as a virtualized list: only a window of the messages that the store holds is rendered. It moves with the
// scroll position, and whatever changes above, visible messages stay in place.
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import type { RoomSnapshot, RoomStore } from "../../../../sdk/index.ts";
import { namesakesIn } from "../../lib/namesakes.ts";
import { isPageFocused } from "../../state/page-focus.ts";
import { leaveMessage } from "../../state/route.ts";
import { errorText } from "../../state/toasts.ts";
import { Badge } from "../../ui/badge.tsx";
import { Icon } from "../../ui/icons.tsx";
import { listenToSwipes } from "../../ui/swipe.ts";
import type { MessageActions } from "./message-actions.ts";
import { rowsOf } from "./message-rows.tsx";
import { selectionHandlers } from "./selection-handlers.ts";
import { useFirstUnread } from "./use-first-unread.ts";
import type { Jump } from "./use-jump.ts";
import { useMessageWindow } from "./use-message-window.ts";
import { useRowFocus } from "./use-row-focus.ts";

interface MessagesProps {
  room: RoomStore;
  snapshot: RoomSnapshot;
  meId: number;
  isGroup: boolean;
  /** Whose messages the user may delete. */
  mayDelete: "all" | "own" | "none";
  /** Whether the user may write here. */
  mayWrite: boolean;
  /** By id; null while none are. */
  selected: ReadonlyMap<number, unknown> | null;
  /** The message to scroll to. */
  jump: Jump | null;
  isJumping: boolean;
  actions: MessageActions;
}

export function Messages(props: MessagesProps) {
  const { room, snapshot, meId, isGroup, mayDelete, mayWrite, selected, jump, isJumping, actions } = props;
  const { messages, events, hasOlder, isLoadingOlder, isLoadingNewer, status, info, error } = snapshot;
  // A room that is opened at a message shows nothing else before.
  const hasShown = useRef(false);
  const isOpening = isJumping && !hasShown.current;
  const namesakes = useMemo(() => namesakesIn(snapshot.members), [snapshot.members]);
  const firstUnread = useFirstUnread(room, snapshot, meId, !isOpening);
  const list = useMessageWindow(room, snapshot, firstUnread, jump);
  const { scroller, start, shown, isAtEnd, onScroll } = list;
  if (shown.length > 0) hasShown.current = true;
  const scrollToEnd = () => {
    leaveMessage();
    list.scrollToEnd();
  };
  const { currentKey, onKeyDown, onFocusIn } = useRowFocus({ scroller, messages, shown, start, scrollToEnd });
  const selecting = selected && selectionHandlers(shown, actions);
  const unread = info?.unread_count ?? 0;

  // Drawn aside by a finger, a message is replied to.
  const latest = useRef(messages);
  latest.current = messages;
  useEffect(
    () =>
      listenToSwipes(scroller.current!, {
        rows: '.message[data-may-reply="true"]',
        except: "input, video, code.block, .tiles.album",
        onSwipe(row) {
          const message = latest.current.find(({ key }) => key === row.dataset.key);
          if (message) actions.reply(message);
        },
      }),
    [actions],
  );

  // The newest message in view of a focused page is read.
  const newestShown = shown.at(-1);
  useLayoutEffect(() => {
    if (isPageFocused.value && isAtEnd && unread > 0) room.markRead();
  }, [isPageFocused.value, isAtEnd, unread, newestShown]);

  const isEmpty = status === "ready" && messages.length === 0 && events.length === 0;
  return (
    <div class="messages-frame">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: keys walk between the messages in it. */}
      <div
        class="messages"
        ref={scroller}
        data-selecting={selected !== null}
        onScroll={onScroll}
        onKeyDownCapture={selecting?.onKeyDown}
        onClickCapture={selecting?.onClick}
        onKeyDown={onKeyDown}
        onFocusIn={onFocusIn}
      >
        <div class="older" aria-hidden={!isLoadingOlder}>
          {start === 0 &&
            !isEmpty &&
            (isLoadingOlder || firstUnread === undefined || status === "loading"
              ? "Loading…"
              : !hasOlder && "This is the beginning of the chat.")}
        </div>
        <ol aria-label="Messages">
          {rowsOf({
            namesakes,
            shown,
            before: messages[start - 1],
            after: messages[start + shown.length],
            events,
            firstUnread,
            currentKey,
            meId,
            isGroup,
            mayEdit: mayWrite,
            mayDelete,
            selected,
            actions,
          })}
        </ol>
        {isEmpty && (
          <div class="empty-state">
            <Icon name="chats" size={40} />
            <h2>No messages yet</h2>
            {mayWrite && <p>Send the first one.</p>}
          </div>
        )}
        {status === "failed" && error && (
          <div class="empty-state">
            <Icon name="alert" size={40} />
            <h2>Couldn’t load messages</h2>
            <p>{errorText(error)}</p>
            <button type="button" class="button" onClick={() => room.reload()}>
              Try again
            </button>
          </div>
        )}
      </div>
      {(isLoadingNewer || isJumping) && <p class="loading-newer">Loading…</p>}
      {isAtEnd === false && (
        <button
          type="button"
          class="scroll-to-end"
          onClick={scrollToEnd}
          // It covers the messages, which should scroll all the same.
          onWheel={({ deltaY }) => scroller.current!.scrollBy(0, deltaY)}
        >
          <Icon name="down" />
          <span class="visually-hidden">Scroll to latest message </span>
          <Badge count={unread} label="unread" />
        </button>
      )}
    </div>
  );
}
