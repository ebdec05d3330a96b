// Where a message is written or edited: the field, what stands above it, and the button that sends.
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { BODY_LIMIT, type RoomMessage, type RoomStore } from "../../../../../sdk/index.ts";
import { isComposing } from "../../../lib/composing.ts";
import { lazy } from "../../../lib/lazy.tsx";
import { memo } from "../../../lib/memo.ts";
import { editedEntities, mentionsIn } from "../../../lib/mentions.ts";
import { lengthOf } from "../../../lib/text.ts";
import type { Edit } from "../../../state/edits.ts";
import { currentNameOf } from "../../../state/person.ts";
import { chat } from "../../../state/session.ts";
import { toast, withErrorToast } from "../../../state/toasts.ts";
import { Icon } from "../../../ui/icons.tsx";
import { useVoice } from "../voice/use-voice.tsx";
import { AttachButton } from "./attach-button.tsx";
import { fitField, MessageField } from "./message-field.tsx";
import { EditStrip, LengthStrip, ReplyStrip } from "./strips.tsx";
import { useDraft } from "./use-draft.ts";
import { useFiles } from "./use-files.ts";
import { useTypingAnywhere } from "./use-typing-anywhere.ts";

/** From this length on, the number of characters left is shown. */
const NEAR_LIMIT = BODY_LIMIT - 200;

const FileStrip = lazy(async () => (await import("./file-strip.tsx")).FileStrip);

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
  const files = useFiles(room.key, edited === null);
  const isTooLong = length > BODY_LIMIT;
  // An edit keeps the files of its message.
  const hasFiles = edited ? edited.message.attachments !== undefined : files.uploads.length > 0;
  const maySend = !isTooLong && (!isEmpty || hasFiles);

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

  function attach(chosen: readonly File[]) {
    files.add(chosen);
    field.current!.focus();
  }

  async function submit() {
    const body = field.current!.value.trim();
    if (!maySend || lengthOf(body) > BODY_LIMIT) return;
    const entities = mentionsIn(body, room.getSnapshot().members);
    if (!edited) {
      const attachments = files.uploads;
      // Else a message would fail that has just been written.
      if (attachments.some((upload) => upload.getSnapshot().state === "failed"))
        return toast("A file couldn’t be uploaded. Remove it, or try again.", true);
      room.send(body, { entities, attachments, ...replyOf(repliedTo) });
      onReplied();
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
      {files.uploads.length > 0 && (
        <FileStrip files={chat.peek()!.files} uploads={files.uploads} onEmpty={() => field.current!.focus()} />
      )}
      {files.isDragging && (
        <div class="drop-area">
          <Icon name="attach" size={40} />
          Drop files to attach them
        </div>
      )}
      <div class="composer-row" hidden={voice.recorder !== null}>
        {!edited && <AttachButton onChoose={attach} />}
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
