// The field to write or edit a message in. The text lives in the field alone: nothing that happens in the room re-renders it.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { BODY_LIMIT, type RoomMessage, type RoomStore } from "../../../../sdk/index.ts";
import { isComposing } from "../../lib/composing.ts";
import { memo } from "../../lib/memo.ts";
import { editedEntities, mentionsIn } from "../../lib/mentions.ts";
import { lengthOf } from "../../lib/text.ts";
import { onDraft, readDraft, writeDraft } from "../../state/drafts.ts";
import type { Edit } from "../../state/edits.ts";
import { withErrorToast } from "../../state/toasts.ts";
import { Icon } from "../../ui/icons.tsx";
import { Quote } from "./quote.tsx";

/** From this length on, the number of characters left is shown. */
const NEAR_LIMIT = BODY_LIMIT - 200;
const DRAFT_DELAY_MS = 300;

const characters = (count: number) => `${count} ${count === 1 ? "character" : "characters"}`;

interface ComposerProps {
  room: RoomStore;
  meId: number;
  /** The message being edited and its text so far; null while a new one is written. */
  edited: Edit | null;
  /** The message being replied to. */
  repliedTo: RoomMessage | null;
  onReplied: () => void;
  onEditInput: (text: string) => void;
  onEdited: () => void;
  /** Starts to edit the user's last message. */
  onEditLast: () => void;
}

export const Composer = memo((props: ComposerProps) => {
  const { room, meId, edited, repliedTo, onReplied, onEditInput, onEdited, onEditLast } = props;
  const field = useRef<HTMLTextAreaElement>(null);
  const saving = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  /** The draft as this tab last read or wrote it; another tab may have changed it since. */
  const knownDraft = useRef("");
  /** Whether the text was typed here rather than taken from storage. */
  const isTyped = useRef(false);
  const [length, setLength] = useState(0);
  const [isEmpty, setEmpty] = useState(true);

  function show(text: string) {
    field.current!.value = text;
    fit();
  }

  /** The style sheet sizes the field by a copy of its text: measuring it here would scroll the messages above. */
  function fit() {
    const { parentElement, value } = field.current!;
    parentElement!.dataset.text = value;
    setEmpty(value.trim() === "");
    setLength(value.length > NEAR_LIMIT ? lengthOf(value.trim()) : 0);
  }

  function showDraft(text: string) {
    knownDraft.current = text;
    isTyped.current = false;
    show(text);
  }

  function saveDraft(text = field.current!.value) {
    clearTimeout(saving.current);
    saving.current = undefined;
    // An empty field must not delete a draft that another tab has written since.
    if (text.trim() === "" && readDraft(meId, room.key) !== knownDraft.current) return;
    writeDraft(meId, room.key, text);
    knownDraft.current = text;
  }

  // Shows the message to edit, or else the draft.
  useLayoutEffect(() => {
    const { current } = field;
    if (edited) show(edited.text);
    else showDraft(readDraft(meId, room.key));
    if (edited || matchMedia("(hover: hover)").matches) current!.focus();
    if (edited) return;
    const saveNow = () => saving.current !== undefined && saveDraft(current!.value);
    addEventListener("pagehide", saveNow);
    // Text that was typed here stays; otherwise all tabs show the same draft.
    const stopFollowing = onDraft(meId, room.key, (text) => {
      if (!isTyped.current || current!.value.trim() === "") showDraft(text);
    });
    return () => {
      removeEventListener("pagehide", saveNow);
      stopFollowing();
      saveNow();
    };
  }, [edited?.message.id, room, meId]);

  useLayoutEffect(() => {
    if (repliedTo) field.current!.focus();
  }, [repliedTo]);

  // Typing while no field has the focus goes into the composer.
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const { key, ctrlKey, metaKey, altKey, defaultPrevented } = event;
      if (defaultPrevented || ctrlKey || metaKey || altKey || [...key].length !== 1 || key === " ") return;
      if (document.querySelector("dialog[open], :popover-open")) return;
      const { activeElement } = document;
      if (activeElement && activeElement !== document.body && !activeElement.matches(".message, .room a, a.row"))
        return;
      field.current!.focus();
    };
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, []);

  function onInput() {
    fit();
    if (edited) return onEditInput(field.current!.value);
    isTyped.current = true;
    if (field.current!.value.trim() === "") room.stopTyping();
    else room.startTyping();
    saving.current ??= setTimeout(() => saveDraft(), DRAFT_DELAY_MS);
  }

  async function submit() {
    const body = field.current!.value.trim();
    if (body === "" || lengthOf(body) > BODY_LIMIT) return;
    const entities = mentionsIn(body, room.getSnapshot().members);
    if (!edited) {
      const { id, seq } = repliedTo ?? {};
      room.send(body, { entities, ...(repliedTo && id && seq && { replyTo: { ...repliedTo, id, seq } }) });
      onReplied();
      show("");
      return saveDraft();
    }
    if (
      body === edited.message.body ||
      (await withErrorToast(() =>
        room.edit(edited.message.id!, body, { entities: editedEntities(edited.message, body, entities) }),
      ))
    )
      onEdited();
  }

  function onKeyDown(event: KeyboardEvent) {
    if (isComposing(event)) return;
    const isTouch = matchMedia("(pointer: coarse)").matches;
    if (event.key === "Enter" && !event.shiftKey && (!isTouch || event.ctrlKey)) {
      event.preventDefault();
      void submit();
    } else if (event.key === "Escape" && (edited || repliedTo)) {
      event.preventDefault();
      if (edited) onEdited();
      else onReplied();
    } else if (event.key === "ArrowUp" && !edited && field.current!.value === "") {
      event.preventDefault();
      onEditLast();
    }
  }

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      {edited && (
        <p class="editing">
          <Icon name="pencil" size={16} />
          Editing message
          <button type="button" class="link" onClick={onEdited}>
            Cancel
          </button>
        </p>
      )}
      {repliedTo && !edited && (
        <div class="replying">
          <Icon name="reply" size={16} />
          <Quote quote={quoteOf(repliedTo)} meId={meId} />
          <button type="button" class="icon-button" aria-label="Cancel reply" onClick={onReplied}>
            <Icon name="close" size={16} />
          </button>
        </div>
      )}
      {length > 0 && (
        <p class="count" data-over={length > BODY_LIMIT} role="status">
          {length > BODY_LIMIT
            ? `${characters(length - BODY_LIMIT)} over the limit`
            : `${characters(BODY_LIMIT - length)} left`}
        </p>
      )}
      <div class="composer-row">
        <div class="auto-grow">
          <textarea
            ref={field}
            rows={1}
            dir="auto"
            placeholder="Message"
            aria-label={edited ? "Edit message" : repliedTo ? `Reply to ${repliedTo.sender_name}` : "Message"}
            aria-invalid={length > BODY_LIMIT ? true : undefined}
            enterkeyhint={edited ? "done" : "send"}
            onInput={onInput}
            onKeyDown={onKeyDown}
            onBlur={() => {
              if (!edited) room.stopTyping();
            }}
          />
        </div>
        <button
          type="submit"
          class="send"
          aria-label={edited ? "Save" : "Send"}
          disabled={isEmpty || length > BODY_LIMIT}
        >
          <Icon name={edited ? "check" : "send"} />
        </button>
      </div>
    </form>
  );
});

const quoteOf = ({ id, seq, sender_id, sender_name, body, attachments }: RoomMessage) => {
  const kind = attachments?.[0]?.kind;
  return { id: id!, seq: seq!, sender_id, sender_name, body, ...(kind && { kind }) };
};
