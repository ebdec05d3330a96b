// Keeps what is typed into the field as the room's draft, and shows the draft that another tab writes.
import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { RoomKey } from "../../../../../sdk/index.ts";
import { onDraft, readDraft, writeDraft } from "../../../state/drafts.ts";

const DRAFT_DELAY_MS = 300;

interface DraftOptions {
  field: RefObject<HTMLTextAreaElement | null>;
  meId: number;
  roomKey: RoomKey;
  /** Changes with the message being edited, whose text is no draft; undefined while there is none. */
  editedId: number | null | undefined;
  /** Shows a text in the field. */
  show(text: string): void;
}

export function useDraft({ field, meId, roomKey, editedId, show }: DraftOptions) {
  const saving = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  /** The draft as this tab last read or wrote it; another tab may have changed it since. */
  const known = useRef("");
  /** Whether the text was typed here rather than taken from storage. */
  const isTyped = useRef(false);

  function showDraft(text: string) {
    known.current = text;
    isTyped.current = false;
    show(text);
  }

  function save(text = field.current!.value) {
    clearTimeout(saving.current);
    saving.current = undefined;
    // An empty field must not delete a draft that another tab has written since.
    if (text.trim() === "" && readDraft(meId, roomKey) !== known.current) return;
    writeDraft(meId, roomKey, text);
    known.current = text;
  }

  useLayoutEffect(() => {
    if (editedId !== undefined) return;
    const { current } = field;
    showDraft(readDraft(meId, roomKey));
    const saveNow = () => saving.current !== undefined && save(current!.value);
    addEventListener("pagehide", saveNow);
    // Text that was typed here stays; otherwise all tabs show the same draft.
    const stopFollowing = onDraft(meId, roomKey, (text) => {
      if (!isTyped.current || current!.value.trim() === "") showDraft(text);
    });
    return () => {
      removeEventListener("pagehide", saveNow);
      stopFollowing();
      saveNow();
    };
  }, [editedId, roomKey, meId]);

  return {
    /** Call it at each input. */
    onTyped() {
      isTyped.current = true;
      saving.current ??= setTimeout(() => save(), DRAFT_DELAY_MS);
    },
    /** Saves the text of the field at once. */
    save: () => save(),
  };
}
