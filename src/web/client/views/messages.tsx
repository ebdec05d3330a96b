// The messages of a room as a list that scrolls for ever. Of what the room's store holds only a stretch is in the page; it
// moves along as one scrolls, and whatever changes above, what one looks at stays where it is.
import { useLayoutEffect } from "preact/hooks";
import type { RoomMessage, RoomSnapshot, RoomStore } from "../../../sdk/index.ts";
import { dayOf, dayTitle } from "../lib/time.ts";
import { attended } from "../state/attention.ts";
import { Icon } from "../ui/icons.tsx";
import { useFirstUnread } from "./first-unread.ts";
import { Message, type MessageActions } from "./message.tsx";
import { useRowFocus } from "./row-focus.ts";
import { useStretch } from "./stretch.ts";

// Of the same person, within so long, they belong together.
const TOGETHER_MS = 5 * 60_000;

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
  const { messages, hasOlder, isLoadingOlder, status, info, error } = snapshot;
  const firstUnread = useFirstUnread(room, snapshot, meId);
  const { scroller, start, shown, isAtEnd, onScroll, toEnd } = useStretch(room, snapshot, firstUnread);
  const { currentKey, onKeyDown, onFocusIn } = useRowFocus({ scroller, messages, shown, start, toEnd });
  const unread = info?.unread_count ?? 0;

  // What is on the screen of somebody who looks is read.
  const newestShown = shown.at(-1);
  useLayoutEffect(() => {
    if (attended.value && isAtEnd && unread > 0) room.markRead();
  }, [attended.value, isAtEnd, unread, newestShown]);

  const isEmpty = status === "ready" && messages.length === 0;
  return (
    <div class="messages-frame">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: keys walk between the messages in it. */}
      <div class="messages" ref={scroller} onScroll={onScroll} onKeyDown={onKeyDown} onFocusIn={onFocusIn}>
        <div class="older" aria-hidden={!isLoadingOlder}>
          {start === 0 &&
            !isEmpty &&
            (isLoadingOlder || firstUnread === undefined || status === "loading"
              ? "Loading…"
              : !hasOlder && "This is where it began.")}
        </div>
        <ol aria-label="Messages">
          {rowsOf({
            shown,
            before: messages[start - 1],
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
            <h2>Nothing here yet</h2>
            <p>Write the first message.</p>
          </div>
        )}
        {status === "failed" && error && (
          <div class="empty-state">
            <Icon name="alert" size={40} />
            <h2>The messages could not be read</h2>
            <p>{error.detail}</p>
            <button type="button" class="button" onClick={() => room.reload()}>
              Try again
            </button>
          </div>
        )}
      </div>
      {isAtEnd === false && (
        <button type="button" class="to-end" onClick={toEnd} aria-label="To the newest message">
          <Icon name="down" />
          {unread > 0 && <span class="badge">{unread > 99 ? "99+" : unread}</span>}
        </button>
      )}
    </div>
  );
}

interface Rows extends Pick<MessagesProps, "meId" | "isGroup" | "mayEdit" | "actions"> {
  /** Whose messages one may delete. */
  mayDelete: "all" | "own" | "none";
  shown: readonly RoomMessage[];
  /** The message before them. */
  before: RoomMessage | undefined;
  firstUnread: string | null | undefined;
  currentKey: string | null | undefined;
}

function rowsOf({ shown, before: first, firstUnread, currentKey, meId, isGroup, mayEdit, mayDelete, actions }: Rows) {
  const rows = [];
  let before = first;
  for (const message of shown) {
    const { key, sender_id, created_at } = message;
    const isNewDay = !before || dayOf(before.created_at) !== dayOf(created_at);
    if (isNewDay) {
      rows.push(
        <li key={`day ${dayOf(created_at)}`} class="divider">
          <time dateTime={created_at}>{dayTitle(created_at)}</time>
        </li>,
      );
    }
    if (key === firstUnread) {
      rows.push(
        <li key="unread" class="divider unread">
          <span>New messages</span>
        </li>,
      );
    }
    const isOwn = sender_id === meId;
    const isNext =
      !isNewDay &&
      key !== firstUnread &&
      before?.sender_id === sender_id &&
      Date.parse(created_at) - Date.parse(before.created_at) < TOGETHER_MS;
    rows.push(
      <Message
        key={key}
        message={message}
        isOwn={isOwn}
        isGroup={isGroup}
        mayEdit={isOwn && mayEdit}
        mayDelete={mayDelete === "all" || (isOwn && mayDelete === "own")}
        isNext={isNext}
        isCurrent={key === currentKey}
        actions={actions}
      />,
    );
    before = message;
  }
  return rows;
}
