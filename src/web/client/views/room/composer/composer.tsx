// Where a message is written or edited: the field, what stands above it, and the button that sends.
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { BODY_LIMIT, type RoomMessage, type RoomStore } from "../../../../../sdk/index.ts";
import { isComposing } from "../../../lib/composing.ts";
import { memo } from "../../../lib/memo.ts";
import { editedEntities, mentionsIn } from "../../../lib/mentions.ts";
import { lengthOf } from "../../../lib/text.ts";
import type { Edit } from "../../../state/edits.ts";
import { currentNameOf } from "../../../state/person.ts";
import { toast, withErrorToast } from "../../../state/toasts.ts";
import { Icon } from "../../../ui/icons.tsx";
import { useVoice } from "../voice/use-voice.tsx";
import { NO_FILES } from "./files.ts";
import { fitField, MessageField } from "./message-field.tsx";
import { EditStrip, LengthStrip, ReplyStrip } from "./strips.tsx";
import { useDraft } from "./use-draft.ts";
import { useTypingAnywhere } from "./use-typing-anywhere.ts";

/** From this length on, the number of characters left is shown. */
const NEAR_LIMIT = BODY_LIMIT - 200;

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
  const [length, setLength] = useState(0);
  const [isEmpty, setEmpty] = useState(true);
  const files = NO_FILES;
  const isTooLong = length > BODY_LIMIT;
  // An edit keeps the files of its message.
  const hasFiles = edited ? edited.message.attachments !== undefined : files.attachments.length > 0;
  const maySend = !isTooLong && (!isEmpty || hasFiles) && (edited !== null || !files.isWaiting);

  function show(text: string) {
    field.current!.value = text;
    onText();
  }

  function onText() {
    const { value } = field.current!;
    fitField(field.current!);
    setEmpty(value.trim() === "");
    setLength(value.length > NEAR_LIMIT ? lengthOf(value.trim()) : 0);
  }

  const draft = useDraft({ field, meId, roomKey: room.key, editedId: edited?.message.id, show });
  useTypingAnywhere(field);

  useLayoutEffect(() => {
    if (edited) show(edited.text);
    if (edited || matchMedia("(hover: hover)").matches) field.current!.focus();
  }, [edited?.message.id, room, meId]);

  useLayoutEffect(() => {
    if (repliedTo) field.current!.focus();
  }, [repliedTo]);

  function onInput() {
    onText();
    if (edited) return onEditInput(field.current!.value);
    if (field.current!.value.trim() === "") room.stopTyping();
    else room.startTyping();
    draft.onTyped();
  }

  const voice = useVoice(
    room.key,
    (upload) => {
      room.send("", { attachments: [upload], ...replyOf(repliedTo) });
      onReplied();
    },
    () => matchMedia("(hover: hover)").matches && field.current?.focus(),
  );

  async function submit() {
    const body = field.current!.value.trim();
    if (!edited && files.isWaiting) return toast("The message can be sent once its files are uploaded.");
    if (!maySend || lengthOf(body) > BODY_LIMIT) return;
    const entities = mentionsIn(body, room.getSnapshot().members);
    if (!edited) {
      const { attachments } = files;
      room.send(body, { entities, attachments, ...replyOf(repliedTo) });
      onReplied();
      files.clear();
      show("");
      return draft.save();
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
      {edited && <EditStrip onCancel={onEdited} />}
      {repliedTo && !edited && <ReplyStrip message={repliedTo} meId={meId} onCancel={onReplied} />}
      {length > 0 && <LengthStrip length={length} />}
      {/* The strip of files comes here, the button that adds one first in the row. */}
      <div class="composer-row" hidden={voice.recorder !== null}>
        <MessageField
          field={field}
          label={
            edited
              ? "Edit message"
              : repliedTo
                ? `Reply to ${currentNameOf({ id: repliedTo.sender_id, username: repliedTo.sender_name })}`
                : "Message"
          }
          isTooLong={isTooLong}
          enterKeyHint={edited ? "done" : "send"}
          onInput={onInput}
          onKeyDown={onKeyDown}
          onBlur={() => {
            if (!edited) room.stopTyping();
          }}
        />
        {voice.button && isEmpty && !hasFiles && !edited ? (
          voice.button
        ) : (
          <button type="submit" class="send" aria-label={edited ? "Save" : "Send"} disabled={!maySend}>
            <Icon name={edited ? "check" : "send"} />
          </button>
        )}
      </div>
      {voice.recorder}
    </form>
  );
});

const replyOf = (message: RoomMessage | null) =>
  message?.id && message.seq ? { replyTo: { ...message, id: message.id, seq: message.seq } } : {};
