// One message, with its actions.
import { useState } from "preact/hooks";
import type { RoomMessage } from "../../../../sdk/index.ts";
import { avatarColorOf } from "../../lib/avatar-color.ts";
import { lazy } from "../../lib/lazy.tsx";
import { memo } from "../../lib/memo.ts";
import { isEmojiOnly } from "../../lib/text.ts";
import { fullTimeOf, timeOf } from "../../lib/time.ts";
import { blockedIds } from "../../state/blocked.ts";
import { currentNameOf, showProfile } from "../../state/person.ts";
import { errorText } from "../../state/toasts.ts";
import { DeliveryStatus } from "../../ui/delivery-status.tsx";
import { opensMenu } from "../../ui/long-press.ts";
import { PersonAvatar, PersonName } from "../../ui/person.tsx";
import { Attachments, mediaOf } from "./attachments/attachments.tsx";
import { FoldedMessage } from "./folded-message.tsx";
import { FormattedText } from "./formatted-text.tsx";
import { type MessageActions, type MessageRights, onMessageKey } from "./message-actions.ts";
import { MessageToolbar } from "./message-toolbar.tsx";
import { Quote } from "./quote.tsx";
import { Reactions } from "./reactions.tsx";

const Uploads = lazy(async () => (await import("./uploads.tsx")).Uploads);

interface MessageProps extends Omit<MessageRights, "hasReaders"> {
  message: RoomMessage;
  isOwn: boolean;
  isGroup: boolean;
  meId: number;
  /** Continues a group of messages from the same sender. */
  isFollowUp: boolean;
  /** Whether somebody else here shows the sender's name as well. */
  hasNamesake: boolean;
  /** Whether it is the tab stop of the list. */
  isCurrent: boolean;
  /** Null while no messages are being selected. */
  isSelected: boolean | null;
  actions: MessageActions;
}

export const Message = memo((props: MessageProps) => {
  const {
    message,
    isOwn,
    isGroup,
    meId,
    mayReply,
    mayEdit,
    mayDelete,
    isFollowUp,
    hasNamesake,
    isCurrent,
    isSelected,
    actions,
  } = props;
  const { key, sender_id, sender_name, body, created_at, deleted_at, edited_at, state } = message;
  const sender = { id: sender_id, username: sender_name };
  const hasSender = isGroup && !isOwn && !isFollowUp;
  const [isUnfolded, setUnfolded] = useState(false);
  const isFolded = isGroup && !deleted_at && !isUnfolded && blockedIds.value.has(sender_id);
  const isActionable = !deleted_at && !isFolded && message.id !== null;
  const hasMenu = isActionable && isSelected === null;
  const target = { message, hasReaders: isGroup, mayReply, mayEdit, mayDelete };
  return (
    <li
      class="message"
      {...(hasMenu && opensMenu((at) => actions.openMenu({ ...target, at })))}
      onKeyDown={hasMenu ? (event) => onMessageKey(event, target, actions) : undefined}
      data-key={key}
      data-may-reply={hasMenu && mayReply}
      data-own={isOwn}
      data-follow-up={isFollowUp}
      data-state={state}
      data-selected={isSelected === true}
      data-emoji={!deleted_at && !isFolded && !message.attachments && !message.uploads && isEmojiOnly(body)}
      // Arrow keys move through the messages; the list has one tab stop.
      tabIndex={isCurrent ? 0 : -1}
    >
      {isActionable && isSelected !== null && (
        <input
          type="checkbox"
          class="select-mark"
          tabIndex={isCurrent ? 0 : -1}
          checked={isSelected}
          aria-label={`Select message from ${isOwn ? "you" : sender_name}`}
        />
      )}
      {isGroup && !isOwn && (
        <span class="message-avatar">
          {hasSender && (
            // A short cut for pointers: by keys, members are reached in the details.
            <button
              type="button"
              class="avatar-button"
              tabIndex={-1}
              aria-label={`Profile of ${currentNameOf(sender)}`}
              onClick={() => showProfile(sender)}
            >
              <PersonAvatar person={sender} size="small" />
            </button>
          )}
        </span>
      )}
      <div class="bubble" data-media={isFolded ? undefined : mediaOf(message)}>
        {hasSender ? (
          <>
            <PersonName class="sender" person={sender} data-avatar-color={avatarColorOf(sender_id)} />
            {hasNamesake && (
              <bdi class="sender-username" dir="ltr">
                @{sender_name}
              </bdi>
            )}
          </>
        ) : (
          <span class="visually-hidden">{isOwn ? "You" : <PersonName person={sender} />}: </span>
        )}
        {message.reply_to && !isFolded && (
          <Quote
            quote={message.reply_to}
            meId={meId}
            isFolded={isGroup && blockedIds.value.has(message.reply_to.sender_id)}
            tabIndex={isCurrent ? 0 : -1}
            onOpen={() => actions.show(message.reply_to!.id)}
          />
        )}
        {message.attachments && !isFolded && !deleted_at && (
          <Attachments message={message} tabIndex={isCurrent ? 0 : -1} />
        )}
        {message.uploads && <Uploads message={message} tabIndex={isCurrent ? 0 : -1} />}
        {/* In the direction of the text; the time floats at the end of the last line. */}
        <div class="text" dir="auto">
          {deleted_at ? (
            <span class="body deleted">This message was deleted.</span>
          ) : isFolded ? (
            <FoldedMessage isCurrent={isCurrent} onShow={() => setUnfolded(true)} />
          ) : (
            <span class="body">
              <FormattedText message={message} meId={meId} tabIndex={isCurrent ? 0 : -1} />
            </span>
          )}
          <span class="meta">
            {edited_at && !deleted_at && <span>edited</span>}
            <time dir="ltr" dateTime={created_at} title={fullTimeOf(created_at)}>
              {timeOf(created_at)}
            </time>
            {isOwn &&
              !deleted_at &&
              (isGroup && hasMenu ? (
                <button
                  type="button"
                  class="status-button"
                  tabIndex={isCurrent ? 0 : -1}
                  aria-haspopup="dialog"
                  aria-label="Read by"
                  onClick={() => actions.showInfo(message, "reads")}
                >
                  <DeliveryStatus state={state} />
                </button>
              ) : (
                <DeliveryStatus state={state} />
              ))}
          </span>
        </div>
      </div>
      {state === "failed" ? (
        <Failure {...props} />
      ) : (
        hasMenu && <MessageToolbar target={target} isCurrent={isCurrent} actions={actions} />
      )}
      {message.reactions && !isFolded && (
        <Reactions message={message} mayReact={mayReply} tabIndex={isCurrent ? 0 : -1} actions={actions} />
      )}
    </li>
  );
});

const Failure = ({ message, actions }: MessageProps) => (
  <p class="failure">
    Not sent{message.error ? `: ${errorText(message.error)}` : "."}
    <button type="button" class="link" onClick={() => actions.retry(message)}>
      Try again
    </button>
    <button type="button" class="link" onClick={() => actions.discard(message)}>
      Discard
    </button>
  </p>
);
