// The selection of several messages. It begins with one of them, and Escape ends it.
import { useCallback, useEffect, useState } from "preact/hooks";
import type { RoomMessage, RoomStore, StoredMessage } from "../../../../sdk/index.ts";
import { isComposing } from "../../lib/composing.ts";
import { toast } from "../../state/toasts.ts";

/** Enough for what people pick by hand: each is deleted by a call of its own. */
const MAX_SELECTED = 100;

export interface Selection {
  /** By message id. Messages that are no longer in memory stay as they were. */
  messages: ReadonlyMap<number, StoredMessage>;
  /** Where a range starts: the message that was selected last. */
  anchorId: number;
}

export interface SelectionActions {
  /** Selects a message or no longer does; with `isRange` all up to it from the one that was selected last. */
  toggle(message: RoomMessage, isRange?: boolean): void;
  /** Ends the selection. */
  end(): void;
  keep(ids: ReadonlySet<number>): void;
}

export const isSelectable = (message: RoomMessage): message is StoredMessage =>
  message.id !== null && !message.deleted_at;

/** Null while nothing is selected. */
export function useSelection(room: RoomStore): [Selection | null, SelectionActions] {
  const [selection, setSelection] = useState<Selection | null>(null);
  const isOn = selection !== null;

  const toggle = useCallback(
    (message: RoomMessage, isRange = false) =>
      setSelection((now) => {
        if (!isSelectable(message)) return now;
        const messages = new Map(now?.messages);
        if (isRange && now) for (const one of rangeOf(room, now.anchorId, message.id)) messages.set(one.id, one);
        else if (!messages.delete(message.id)) messages.set(message.id, message);
        if (messages.size > MAX_SELECTED) {
          toast(`You can select up to ${MAX_SELECTED} messages.`);
          return now;
        }
        return messages.size > 0 ? { messages, anchorId: message.id } : null;
      }),
    [room],
  );
  const end = useCallback(() => setSelection(null), []);
  const keep = useCallback(
    (ids: ReadonlySet<number>) =>
      setSelection((now) => {
        const messages = new Map([...(now?.messages ?? [])].filter(([id]) => ids.has(id)));
        return now && messages.size > 0 ? { ...now, messages } : null;
      }),
    [],
  );

  useEffect(end, [room]);
  useEffect(() => {
    if (!isOn) return;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || isComposing(event) || document.querySelector("dialog[open], :popover-open")) return;
      event.preventDefault();
      end();
    };
    // Before the page's own Escape, which would close the room.
    addEventListener("keydown", onKeyDown, { capture: true });
    return () => removeEventListener("keydown", onKeyDown, { capture: true });
  }, [isOn]);

  // What was deleted meanwhile is no longer selected.
  const gone =
    isOn &&
    room.getSnapshot().messages.some(({ id, deleted_at }) => id !== null && deleted_at && selection.messages.has(id));
  useEffect(() => {
    if (!gone) return;
    const deleted = new Set(room.getSnapshot().messages.flatMap(({ id, deleted_at }) => (deleted_at ? [id] : [])));
    keep(new Set([...selection!.messages.keys()].filter((id) => !deleted.has(id))));
  }, [gone]);

  return [selection, { toggle, end, keep }];
}

/** What can be selected between two messages, these included. */
function rangeOf(room: RoomStore, fromId: number, toId: number): StoredMessage[] {
  const { messages } = room.getSnapshot();
  const at = [fromId, toId].map((wanted) => messages.findIndex(({ id }) => id === wanted));
  const end = messages[Math.max(...at)];
  // The one that was selected last may no longer be in memory.
  if (at.includes(-1)) return end && isSelectable(end) ? [end] : [];
  return messages.slice(Math.min(...at), Math.max(...at) + 1).filter(isSelectable);
}
