// In place of the composer while messages are selected: how many, and what can be done with all of them.
import { useState } from "preact/hooks";
import type { RoomStore, StoredMessage } from "../../../../sdk/index.ts";
import { copyText } from "../../lib/clipboard.ts";
import { transcriptOf } from "../../lib/transcript.ts";
import { errorText, toast } from "../../state/toasts.ts";
import { ConfirmDialog } from "../../ui/dialog.tsx";
import { Icon } from "../../ui/icons.tsx";
import type { Selection, SelectionActions } from "./use-selection.ts";

interface SelectionBarProps {
  room: RoomStore;
  selection: Selection;
  mayDelete: (message: StoredMessage) => boolean;
  actions: SelectionActions;
  /** Ends the selection. */
  onClose: () => void;
}

const messagesText = (count: number) => `${count} ${count === 1 ? "message" : "messages"}`;

export function SelectionBar({ room, selection, mayDelete, actions, onClose }: SelectionBarProps) {
  const [isConfirming, setConfirming] = useState(false);
  const [deletedCount, setDeletedCount] = useState<number | null>(null);
  const messages = [...selection.messages.values()].sort((a, b) => a.seq - b.seq);
  const own = messages.filter(mayDelete);
  const kept = messages.length - own.length;

  async function copy() {
    if (await copyText(transcriptOf(messages), `${messagesText(messages.length)} copied.`)) onClose();
  }

  async function remove() {
    const failed = new Map<number, unknown>();
    for (const [index, { id }] of own.entries()) {
      setDeletedCount(index);
      await room.delete(id).catch((error) => failed.set(id, error));
    }
    setDeletedCount(null);
    const done = own.length - failed.size;
    if (failed.size === 0) toast(`${messagesText(done)} deleted.`);
    else {
      const [reason] = failed.values();
      toast(
        `${done} of ${messagesText(own.length)} deleted. ${messagesText(failed.size)} couldn’t be: ${errorText(reason)}`,
        true,
      );
    }
    // What could not be deleted stays selected, to be tried again.
    actions.keep(new Set(failed.keys()));
  }

  return (
    <div class="selection-bar" role="toolbar" aria-label="Selected messages">
      <button type="button" class="icon-button" aria-label="End selection" onClick={onClose}>
        <Icon name="close" />
      </button>
      <p role="status">
        {deletedCount === null ? `${messages.length} selected` : `Deleting ${deletedCount + 1} of ${own.length}…`}
      </p>
      <button type="button" class="button" onClick={() => void copy()}>
        <Icon name="copy" size={18} /> Copy
      </button>
      <button
        type="button"
        class="button danger-text"
        disabled={own.length === 0 || deletedCount !== null}
        title={own.length === 0 ? "You can’t delete these messages." : undefined}
        onClick={() => setConfirming(true)}
      >
        <Icon name="trash" size={18} /> Delete
      </button>
      {isConfirming && (
        <ConfirmDialog
          title={`Delete ${messagesText(own.length)}?`}
          text={`${own.length === 1 ? "It" : "They"} will be deleted for everyone. This can’t be undone.${
            kept > 0
              ? ` ${messagesText(kept)} of the ${messages.length} selected can only be deleted by others, and ${kept === 1 ? "stays" : "stay"}.`
              : ""
          }`}
          action="Delete"
          onConfirm={() => void remove()}
          onClose={() => setConfirming(false)}
        />
      )}
    </div>
  );
}
