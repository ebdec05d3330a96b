// Who has read a message, and who has put which emoji on it.
import { useId, useRef, useState } from "preact/hooks";
import type { Chat, RoomMessage, RoomStore } from "../../../../../sdk/index.ts";
import { useStore } from "../../../lib/use-store.ts";
import { Dialog } from "../../../ui/dialog.tsx";
import { Reactors } from "./reactors.tsx";
import { Readers, readersOf } from "./readers.tsx";

/** `reads`, an emoji, or null for all reactions. */
export type InfoTab = "reads" | string | null;

interface MessageInfoProps {
  chat: Chat;
  room: RoomStore;
  meId: number;
  messageId: number;
  initialTab: InfoTab;
  onClose: () => void;
}

export function MessageInfo({ chat, room, meId, messageId, initialTab, onClose }: MessageInfoProps) {
  const id = useId();
  const snapshot = useStore(room);
  const known = useRef<RoomMessage | undefined>(undefined);
  // It may leave the memory while new ones come in.
  const message = snapshot.messages.find((one) => one.id === messageId) ?? known.current;
  known.current = message;
  const [chosen, setChosen] = useState(initialTab);
  const reactions = message?.reactions ?? [];
  const tabs: { value: InfoTab; label: string; count: number }[] = [];
  if (reactions.length > 1)
    tabs.push({ value: null, label: "All", count: reactions.reduce((sum, { count }) => sum + count, 0) });
  for (const { emoji, count } of reactions) tabs.push({ value: emoji, label: emoji, count });
  if (room.kind === "group" && message?.seq != null)
    tabs.push({ value: "reads", label: "Read", count: readersOf(message, snapshot.members, meId).read.length });
  // An emoji that the last person has taken back is shown no longer.
  const current = tabs.find(({ value }) => value === chosen) ?? tabs[0];

  function onKeyDown(event: KeyboardEvent & { currentTarget: HTMLElement }) {
    const buttons = [...event.currentTarget.querySelectorAll("button")];
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const button = buttons.at(to % buttons.length)!;
    button.focus();
    button.click();
  }

  if (!message || !current)
    return (
      <Dialog title="Reactions" onClose={onClose}>
        <p class="list-note">
          {message ? "Nobody reacts to this message any more." : "This message is no longer here."}
        </p>
      </Dialog>
    );
  const content =
    current.value === "reads" ? (
      <Readers chat={chat} room={room} message={message} members={snapshot.members} meId={meId} />
    ) : (
      <Reactors
        key={current.value}
        room={room}
        message={message}
        emoji={current.value}
        meId={meId}
        count={current.count}
      />
    );
  return (
    <Dialog title={current.value === "reads" ? "Read by" : "Reactions"} onClose={onClose}>
      {reactions.length === 0 ? (
        content
      ) : (
        <>
          <div class="info-tabs" role="tablist" aria-label="About this message" onKeyDown={onKeyDown}>
            {tabs.map(({ value, label, count }) => (
              <button
                key={value}
                type="button"
                role="tab"
                id={`${id}-${value}`}
                class="filter"
                aria-selected={value === current.value}
                aria-controls={`${id}-panel`}
                tabIndex={value === current.value ? 0 : -1}
                onClick={() => setChosen(value)}
              >
                {label} <span class="info-count">{count}</span>
              </button>
            ))}
          </div>
          <div class="info-panel" role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${current.value}`}>
            {content}
          </div>
        </>
      )}
    </Dialog>
  );
}
