// A conversation or a group: its head, its messages, and the place to write.
import { useCallback, useEffect, useMemo, useState } from "preact/hooks";
import {
  type Account,
  type Chat,
  can,
  type Person,
  type RoomKey,
  type RoomMessage,
  type RoomSnapshot,
} from "../../../../sdk/index.ts";
import { eventText } from "../../lib/event-text.ts";
import { isolate } from "../../lib/text.ts";
import { lastSeen, untilOf } from "../../lib/time.ts";
import { useStore } from "../../lib/use-store.ts";
import { type Edit, readEdit, writeEdit } from "../../state/edits.ts";
import { closeDetails, goBack, hasDetails, listHref, openDetails, tab } from "../../state/route.ts";
import { toast, withErrorToast } from "../../state/toasts.ts";
import { Avatar } from "../../ui/avatar.tsx";
import { ContextMenu } from "../../ui/context-menu.tsx";
import { Confirm } from "../../ui/dialog.tsx";
import { Icon } from "../../ui/icons.tsx";
import { GroupDetails } from "../groups/group-details.tsx";
import { ConversationDetails } from "../people/conversation-details.tsx";
import { Composer } from "./composer.tsx";
import type { MenuTarget, MessageActions } from "./message.tsx";
import { Messages } from "./messages.tsx";

interface RoomProps {
  chat: Chat;
  me: Account;
  roomKey: RoomKey;
}

export function RoomView({ chat, me, roomKey }: RoomProps) {
  const room = chat.room(roomKey);
  const snapshot = useStore(room);
  const { isLoaded: areRoomsLoaded } = useStore(chat.rooms);
  const [edited, setEdited] = useState(() => readEdit(me.id, roomKey));
  const [deleted, setDeleted] = useState<RoomMessage | null>(null);
  const [menu, setMenu] = useState<MenuTarget | null>(null);
  const { info, status, error } = snapshot;
  const isModerator = info?.kind === "group" && can(info.role, "deleteOthersMessage");
  const readOnlyReason = useReadOnlyReason(chat, snapshot);

  function beginEdit(edit: Edit | null) {
    writeEdit(me.id, roomKey, edit);
    setEdited(edit);
  }

  const actions = useMemo<MessageActions>(
    () => ({
      edit: (message) => beginEdit({ message, text: message.body }),
      remove: setDeleted,
      openMenu: setMenu,
      retry: ({ key }) => room.retry(key),
      discard: ({ key }) => void room.discard(key),
      copy: ({ body }) => {
        // Only pages that came over HTTPS have one, or from this very machine.
        const { clipboard } = navigator as Partial<Navigator>;
        if (clipboard) void withErrorToast(() => clipboard.writeText(body), "Copied to clipboard.");
        else toast("Copying needs a secure (HTTPS) connection.", true);
      },
    }),
    [room],
  );
  const stopEditing = useCallback(() => beginEdit(null), [roomKey]);
  // Kept outside of what is drawn: the text lives in the field.
  const keepEdit = useCallback(
    (text: string) => {
      const edit = readEdit(me.id, roomKey);
      if (edit) writeEdit(me.id, roomKey, { ...edit, text });
    },
    [me.id, roomKey],
  );
  const editLast = useCallback(() => {
    const last = room.getSnapshot().messages.findLast((m) => m.sender_id === me.id && m.id !== null && !m.deleted_at);
    if (last) beginEdit({ message: last, text: last.body });
  }, [room, me.id]);

  // What was begun is not to come back when one may write again.
  useEffect(() => {
    if (readOnlyReason) beginEdit(null);
  }, [readOnlyReason]);
  // A message that was deleted meanwhile can't be edited any more.
  const isEditedGone =
    edited !== null && snapshot.messages.some(({ id, deleted_at }) => id === edited.message.id && deleted_at);
  useEffect(() => {
    if (isEditedGone) beginEdit(null);
  }, [isEditedGone]);

  if ((status === "failed" && error?.code === "not_found") || (!info && areRoomsLoaded && status === "failed"))
    return <Missing />;

  return (
    <>
      <section class="room" aria-label={info?.title ?? "Chat"}>
        <header class="bar">
          <a
            class="icon-button back"
            href={listHref(tab.value)}
            aria-label="Back to chats"
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
              <Avatar
                id={info.kind === "group" ? info.id : info.peer.id}
                name={info.title}
                isGroup={info.kind === "group"}
              />
              <span class="room-name">
                <bdi title={info.title}>{info.title}</bdi>
                <span class="room-status">
                  {info.kind === "group" ? (
                    <>
                      {info.member_count} {info.member_count === 1 ? "member" : "members"}
                    </>
                  ) : (
                    <PresenceLine chat={chat} userId={info.peer.id} />
                  )}
                </span>
              </span>
              <span class="visually-hidden">: details</span>
              <Icon name="info" />
            </button>
          )}
        </header>
        <Messages
          room={room}
          snapshot={snapshot}
          meId={me.id}
          isGroup={room.kind === "group"}
          isModerator={isModerator}
          mayEdit={readOnlyReason === null}
          actions={actions}
        />
        <Typists people={snapshot.typing} hasSender={room.kind === "group"} />
        {readOnlyReason ? (
          <ReadOnlyFooter chat={chat} meId={me.id} snapshot={snapshot} readOnlyReason={readOnlyReason} />
        ) : (
          <Composer
            room={room}
            meId={me.id}
            edited={edited}
            onEditInput={keepEdit}
            onEdited={stopEditing}
            onEditLast={editLast}
          />
        )}
      </section>
      {hasDetails.value && info?.kind === "group" && status !== "gone" && (
        <GroupDetails chat={chat} me={me} group={info} snapshot={snapshot} onClose={closeDetails} />
      )}
      {hasDetails.value && info?.kind === "conversation" && (
        <ConversationDetails chat={chat} peer={info.peer} onClose={closeDetails} />
      )}
      {menu && (
        <ContextMenu
          label="Message actions"
          at={menu.at}
          items={[
            { label: "Copy text", onSelect: () => actions.copy(menu.message) },
            ...(menu.mayEdit ? [{ label: "Edit", onSelect: () => actions.edit(menu.message) }] : []),
            ...(menu.mayDelete
              ? [{ label: "Delete", onSelect: () => actions.remove(menu.message), isDanger: true }]
              : []),
          ]}
          onClose={() => setMenu(null)}
        />
      )}
      {deleted && (
        <Confirm
          title="Delete this message?"
          text="It is deleted for everyone and can’t be restored."
          action="Delete"
          onConfirm={() => void withErrorToast(() => room.delete(deleted.id!))}
          onClose={() => setDeleted(null)}
        />
      )}
    </>
  );
}

const Missing = () => (
  <section class="room empty">
    <div class="empty-state">
      <Icon name="alert" size={40} />
      <h2>Chat not found</h2>
      <p>It may have been deleted, or you may no longer be a member.</p>
      <button type="button" class="button" onClick={goBack}>
        Back to chats
      </button>
    </div>
  </section>
);

function PresenceLine({ chat, userId }: { chat: Chat; userId: number }) {
  const presence = useStore(chat.presence)[userId];
  // Nothing is told of people who are not friends.
  if (!presence) return null;
  if (presence.online) return <span class="online">online</span>;
  return <>{presence.last_seen_at ? `last seen ${lastSeen(presence.last_seen_at)}` : "offline"}</>;
}

/** Takes its line whether somebody types or not, so that nothing moves. */
function Typists({ people, hasSender }: { people: readonly Person[]; hasSender: boolean }) {
  const names = people.map(({ username }) => isolate(username));
  const words =
    names.length === 0
      ? ""
      : !hasSender
        ? "typing"
        : names.length === 1
          ? `${names[0]} is typing`
          : names.length === 2
            ? `${names[0]} and ${names[1]} are typing`
            : `${names.length} people are typing`;
  return (
    <p class="typing" data-active={words !== ""}>
      {words}
      {words && (
        <span class="dots" aria-hidden="true">
          <i />
          <i />
          <i />
        </span>
      )}
    </p>
  );
}

type ReadOnlyReason = "gone" | "muted" | "blocked";

/** Why one can't write here; null when one can. */
function useReadOnlyReason(chat: Chat, { info, status }: RoomSnapshot): ReadOnlyReason | null {
  const blocked = useStore(chat.blocks).items;
  if (status === "gone") return "gone";
  if (info?.kind === "group") return info.is_muted ? "muted" : null;
  return info && blocked.some(({ id }) => id === info.peer.id) ? "blocked" : null;
}

interface ReadOnlyFooterProps {
  chat: Chat;
  meId: number;
  snapshot: RoomSnapshot;
  readOnlyReason: ReadOnlyReason;
}

/** Says why one can't write, in the place where one would. */
function ReadOnlyFooter({ chat, meId, snapshot: { info, events }, readOnlyReason }: ReadOnlyFooterProps) {
  if (readOnlyReason === "muted" && info?.kind === "group") {
    const until = info.muted_until ? ` until ${untilOf(info.muted_until)}` : "";
    return (
      <p class="read-only-footer">
        <Icon name="muted" size={16} /> You’re muted in this group{until}. You can still read messages.
      </p>
    );
  }
  if (readOnlyReason === "blocked" && info?.kind === "conversation") {
    return (
      <p class="read-only-footer">
        <span>
          You blocked <bdi>{info.peer.username}</bdi>.
        </span>
        <button type="button" class="link" onClick={() => void withErrorToast(() => chat.blocks.remove(info.peer.id))}>
          Unblock
        </button>
      </p>
    );
  }
  const end = events.findLast(({ user }) => user?.id === meId);
  const isRemoved = end?.kind === "removed" || end?.kind === "banned";
  const why =
    end?.kind === "left"
      ? "You left this group"
      : isRemoved
        ? `${eventText(end, meId)} from this group`
        : "This chat has ended";
  return <p class="read-only-footer">{why}. You can still read what’s here.</p>;
}
