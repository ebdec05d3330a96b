// A conversation or a group: its header, messages and composer.
import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { type Account, type Chat, can, type RoomKey, type RoomMessage } from "../../../../sdk/index.ts";
import { copyText } from "../../lib/clipboard.ts";
import { lazy } from "../../lib/lazy.tsx";
import { mentionsIn } from "../../lib/mentions.ts";
import { memberCountText, namesText } from "../../lib/text.ts";
import { useStore } from "../../lib/use-store.ts";
import { type Edit, readEdit, writeEdit } from "../../state/edits.ts";
import { nameInText } from "../../state/person.ts";
import { closeDetails, goBack, hasDetails, listHref, messageUrl, openDetails, tab } from "../../state/route.ts";
import { withErrorToast } from "../../state/toasts.ts";
import { Avatar } from "../../ui/avatar.tsx";
import { ConfirmDialog } from "../../ui/dialog.tsx";
import { Icon } from "../../ui/icons.tsx";
import { Composer } from "./composer/composer.tsx";
import { withMarkdownOf } from "./composer/written.ts";
import type { MenuTarget, MessageActions } from "./message-actions.ts";
import type { InfoTab } from "./message-info/message-info.tsx";
import { Messages } from "./messages.tsx";
import { PeerTitle } from "./peer-title.tsx";
import { TypingIndicator } from "./typing-indicator.tsx";
import { useJump } from "./use-jump.ts";
import { useReadOnlyReason } from "./use-read-only-reason.ts";
import { useSelection } from "./use-selection.ts";
import { ViewerHost } from "./viewer/viewer-host.tsx";

const GroupDetails = lazy(async () => (await import("../groups/group-details.tsx")).GroupDetails);
const ConversationDetails = lazy(async () => (await import("../people/conversation-details.tsx")).ConversationDetails);

const MessageMenu = lazy(async () => (await import("./message-menu.tsx")).MessageMenu);
const MessageInfo = lazy(async () => (await import("./message-info/message-info.tsx")).MessageInfo);
const RoomSearch = lazy(async () => (await import("../search/room-search.tsx")).RoomSearch);
const ReadOnlyFooter = lazy(async () => (await import("./read-only-footer.tsx")).ReadOnlyFooter);
const ReactionPicker = lazy(async () => (await import("./reaction-picker.tsx")).ReactionPicker);
const SelectionBar = lazy(async () => (await import("./selection-bar.tsx")).SelectionBar);

interface RoomProps {
  chat: Chat;
  me: Account;
  roomKey: RoomKey;
}

export function RoomView({ chat, me, roomKey }: RoomProps) {
  const room = chat.room(roomKey);
  const snapshot = useStore(room);
  const [edited, setEdited] = useState(() => readEdit(me.id, roomKey));
  const [deleted, setDeleted] = useState<RoomMessage | null>(null);
  const [repliedTo, setRepliedTo] = useState<RoomMessage | null>(null);
  const [menu, setMenu] = useState<MenuTarget | null>(null);
  const [picker, setPicker] = useState<MenuTarget | null>(null);
  const [shownInfo, setInfo] = useState<{ messageId: number; tab: InfoTab } | null>(null);
  const [selection, selecting] = useSelection(room);
  const [isSearching, setSearching] = useState(false);
  const searchButton = useRef<HTMLButtonElement>(null);
  const { jump, isPending: isJumping, jumpTo } = useJump(room);
  const { info, status, error } = snapshot;
  const isModerator = info?.kind === "group" && can(info.role, "deleteOthersMessage");
  const mayDelete = status === "gone" ? "none" : isModerator ? "all" : "own";
  const readOnlyReason = useReadOnlyReason(chat, snapshot);

  function updateEdit(edit: Edit | null) {
    writeEdit(me.id, roomKey, edit);
    setEdited(edit);
  }

  function startEdit(message: RoomMessage) {
    const load = async () => withMarkdownOf(message, mentionsIn(room), (text) => updateEdit({ message, text }));
    void withErrorToast(load);
  }

  const actions = useMemo<MessageActions>(
    () => ({
      reply: (message) => {
        updateEdit(null);
        setRepliedTo(message);
      },
      react: ({ id }, emoji, isOn) => void withErrorToast(() => room.react(id!, emoji, isOn)),
      show: (messageId) => void jumpTo(messageId),
      edit: (message) => {
        setRepliedTo(null);
        startEdit(message);
      },
      remove: setDeleted,
      openMenu: setMenu,
      openPicker: setPicker,
      retry: ({ key }) => room.retry(key),
      discard: ({ key }) => void room.discard(key),
      showInfo: (message, tab) => setInfo({ messageId: message.id!, tab }),
      nameReactors: ({ user_ids, count, mine }) => {
        const { members } = room.getSnapshot();
        const others = members.filter(({ user_id }) => user_id !== me.id && user_ids.includes(user_id));
        const names = others.map(({ user_id, username }) => nameInText({ id: user_id, username }));
        return namesText(mine ? ["You", ...names] : names, count);
      },
      copy: ({ body }) => void copyText(body),
      copyLink: ({ id }) => void copyText(messageUrl(roomKey, id!), "Link copied."),
      select: (message, isRange) => {
        selecting.toggle(message, isRange);
        // Keys go on from here: the composer, which may have had the focus, is not shown meanwhile.
        document
          .querySelector<HTMLElement>(`.message[data-key="${CSS.escape(message.key)}"]`)
          ?.focus({ preventScroll: true });
      },
    }),
    [room],
  );
  const showFound = useCallback((messageId: number) => void jumpTo(messageId, false), [jumpTo]);
  const stopReplying = useCallback(() => setRepliedTo(null), []);
  const stopEditing = useCallback(() => updateEdit(null), [roomKey]);
  // Not kept as component state: the text lives in the field.
  const keepEdit = useCallback(
    (text: string) => {
      const edit = readEdit(me.id, roomKey);
      if (edit) writeEdit(me.id, roomKey, { ...edit, text });
    },
    [me.id, roomKey],
  );
  const keepEditFiles = useCallback(
    (removed: readonly number[]) => {
      const edit = readEdit(me.id, roomKey);
      if (edit) updateEdit({ ...edit, removed });
    },
    [me.id, roomKey],
  );
  const editLast = useCallback(() => {
    room.showNewest();
    const last = room.getSnapshot().messages.findLast((m) => m.sender_id === me.id && m.id !== null && !m.deleted_at);
    if (last) startEdit(last);
  }, [room, me.id]);

  // An unfinished edit does not come back when the user may write again.
  useEffect(() => {
    if (readOnlyReason) updateEdit(null);
  }, [readOnlyReason]);
  useEffect(() => setRepliedTo(null), [roomKey]);
  // A message that was deleted meanwhile can no longer be edited.
  const isEditedGone =
    edited !== null && snapshot.messages.some(({ id, deleted_at }) => id === edited.message.id && deleted_at);
  useEffect(() => {
    if (isEditedGone) updateEdit(null);
  }, [isEditedGone]);
  const isRepliedToGone =
    repliedTo !== null && snapshot.messages.some(({ id, deleted_at }) => id === repliedTo.id && deleted_at);
  useEffect(() => {
    if (isRepliedToGone) setRepliedTo(null);
  }, [isRepliedToGone]);

  // An outsider of a public group is forbidden to read it. Any other failure is shown with the messages, and can be retried.
  if (status === "failed" && error && ["not_found", "forbidden"].includes(error.code)) return <RoomNotFound />;

  return (
    <>
      <section class="room" aria-label={info?.title ?? "Chat"}>
        <header class="bar" hidden={isSearching}>
          <a
            class="icon-button back"
            href={listHref(tab.value)}
            aria-label={`Back to ${tab.value}`}
            onClick={(event) => {
              event.preventDefault();
              goBack();
            }}
          >
            <Icon name="back" />
          </a>
          {info && (
            <button
              type="button"
              class="room-header"
              aria-expanded={hasDetails.value}
              onClick={hasDetails.value ? closeDetails : openDetails}
            >
              {info.kind === "group" ? (
                <>
                  <Avatar id={info.id} name={info.title} isGroup />
                  <span class="room-name">
                    <bdi title={info.title}>{info.title}</bdi>
                    <span class="room-status">{memberCountText(info)}</span>
                  </span>
                </>
              ) : (
                <PeerTitle chat={chat} peer={info.peer} />
              )}
              <span class="visually-hidden">: details</span>
              <Icon name="info" />
            </button>
          )}
          <button
            ref={searchButton}
            type="button"
            class="icon-button"
            aria-label="Search in this chat"
            onClick={() => setSearching(true)}
          >
            <Icon name="search" />
          </button>
        </header>
        {isSearching && (
          <RoomSearch
            chat={chat}
            me={me}
            room={room}
            onShow={showFound}
            onClose={() => {
              setSearching(false);
              // Once it is shown again.
              requestAnimationFrame(() => searchButton.current?.focus());
            }}
          />
        )}
        <Messages
          room={room}
          snapshot={snapshot}
          meId={me.id}
          isGroup={room.kind === "group"}
          mayDelete={mayDelete}
          mayWrite={readOnlyReason === null}
          selected={selection?.messages ?? null}
          jump={jump}
          isJumping={isJumping}
          actions={actions}
        />
        <TypingIndicator people={snapshot.typing} showNames={room.kind === "group"} />
        {selection && (
          <SelectionBar
            room={room}
            selection={selection}
            mayDelete={({ sender_id }) => mayDelete === "all" || (mayDelete === "own" && sender_id === me.id)}
            actions={selecting}
            onClose={selecting.end}
          />
        )}
        {/* It stays, with all that was begun in it. */}
        <div hidden={selection !== null}>
          {readOnlyReason ? (
            <ReadOnlyFooter chat={chat} meId={me.id} snapshot={snapshot} reason={readOnlyReason} />
          ) : (
            <Composer
              chat={chat}
              room={room}
              meId={me.id}
              edited={edited}
              repliedTo={repliedTo}
              onReplied={stopReplying}
              onEditInput={keepEdit}
              onEditFiles={keepEditFiles}
              onEdited={stopEditing}
              onEditLast={editLast}
            />
          )}
        </div>
      </section>
      {hasDetails.value && info?.kind === "group" && status !== "gone" && (
        <GroupDetails chat={chat} me={me} group={info} snapshot={snapshot} onClose={closeDetails} />
      )}
      {hasDetails.value && info?.kind === "conversation" && (
        <ConversationDetails chat={chat} peer={info.peer} onClose={closeDetails} />
      )}
      {menu && (
        <MessageMenu
          target={menu}
          isGroup={room.kind === "group"}
          meId={me.id}
          actions={actions}
          onClose={() => setMenu(null)}
        />
      )}
      {picker && <ReactionPicker target={picker} actions={actions} onClose={() => setPicker(null)} />}
      <ViewerHost room={room} meId={me.id} />
      {shownInfo && (
        <MessageInfo
          chat={chat}
          room={room}
          meId={me.id}
          messageId={shownInfo.messageId}
          initialTab={shownInfo.tab}
          onClose={() => setInfo(null)}
        />
      )}
      {deleted && (
        <ConfirmDialog
          title="Delete this message?"
          text="It will be deleted for everyone. This can’t be undone."
          action="Delete"
          onConfirm={() => void withErrorToast(() => room.delete(deleted.id!))}
          onClose={() => setDeleted(null)}
        />
      )}
    </>
  );
}

const RoomNotFound = () => (
  <section class="room empty">
    <div class="empty-state">
      <Icon name="alert" size={40} />
      <h2>Chat not found</h2>
      <p>It may have been deleted, or you may no longer be a member.</p>
      <button type="button" class="button" onClick={goBack}>
        {`Back to ${tab.value}`}
      </button>
    </div>
  </section>
);
