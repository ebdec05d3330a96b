// Where a message is written or edited: the field, what stands above it, and the button that sends.
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { BODY_LIMIT, type Chat, type RoomMessage, type RoomStore } from "../../../../../sdk/index.ts";
import { isComposing } from "../../../lib/composing.ts";
import { lazy } from "../../../lib/lazy.tsx";
import { memo } from "../../../lib/memo.ts";
import { mentionsIn } from "../../../lib/mentions.ts";
import { isShortcut } from "../../../lib/shortcuts.ts";
import { lengthOf } from "../../../lib/text.ts";
import { type Edit, keptFiles } from "../../../state/edits.ts";
import { currentNameOf } from "../../../state/person.ts";
import { toast, withErrorToast } from "../../../state/toasts.ts";
import { Icon } from "../../../ui/icons.tsx";
import { EmojiButton } from "../emoji/emoji-button.tsx";
import { useVoice } from "../voice/use-voice.tsx";
import { AttachButton } from "./attach-button.tsx";
import { isAwaited, loadRich, richIfLoaded, useRich, withRich } from "./load-rich.ts";
import { MessageField, mirror, TEXT_REPLACED } from "./message-field.tsx";
import { EditStrip, LengthStrip, ReplyStrip } from "./strips.tsx";
import { useDraft } from "./use-draft.ts";
import { useFiles } from "./use-files.ts";
import { useTypingAnywhere } from "./use-typing-anywhere.ts";
import { hasMarkup, markdownOf, readMarkdown } from "./written.ts";

/** From this length on, the number of characters left is shown. */
const NEAR_LIMIT = BODY_LIMIT - 200;

const FileStrip = lazy(async () => (await import("./file-strip.tsx")).FileStrip);
const EditFiles = lazy(async () => (await import("./edit-files.tsx")).EditFiles);

interface ComposerProps {
  chat: Chat;
  room: RoomStore;
  meId: number;
  /** The message being edited and its text so far; null while a new one is written. */
  edited: Edit | null;
  /** The message being replied to. */
  repliedTo: RoomMessage | null;
  onReplied: () => void;
  onEditInput: (text: string) => void;
  onEditFiles: (removed: readonly number[]) => void;
  onEdited: () => void;
  /** Starts to edit the user's last message. */
  onEditLast: () => void;
}

export const Composer = memo((props: ComposerProps) => {
  const { chat, room, meId, edited, repliedTo, onReplied, onEditInput, onEditFiles, onEdited, onEditLast } = props;
  const field = useRef<HTMLTextAreaElement>(null);
  const [length, setLength] = useState(0);
  const [isEmpty, setEmpty] = useState(true);
  const files = useFiles(chat.files, room.key, edited === null);
  const submitAdded = useRef<Promise<unknown> | null>(null);
  const latestSubmit = useRef<() => unknown>(() => {});
  const isSending = useRef(false);
  const rich = useRich();
  const mention = useMemo(() => mentionsIn(room), [room]);
  const isTooLong = length > BODY_LIMIT;
  const hasFiles = edited ? keptFiles(edited).length > 0 : files.uploads.length > 0;
  const maySend = !isTooLong && (!isEmpty || hasFiles);

  function show(text: string) {
    field.current!.value = text;
    field.current!.dispatchEvent(new Event(TEXT_REPLACED));
    onText();
  }

  function onText() {
    const { value } = field.current!;
    mirror(field.current!, rich ? (copy, text) => rich.paint(copy, text, mention) : undefined);
    setEmpty(value.trim() === "");
    if (value.length <= NEAR_LIMIT) setLength(0);
    else setLength(lengthOf(rich ? rich.parseMarkdown(value, { mention }).body : value.trim()));
  }

  const draft = useDraft({ field, meId, roomKey: room.key, editedId: edited?.message.id, show });
  useTypingAnywhere(field);

  useLayoutEffect(onText, [rich]);

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
    const text = field.current!.value;
    if (edited) return maySend && submitEdit(text, edited);
    const adding = files.adding();
    if (adding) {
      // What was chosen just now goes with it.
      submitAdded.current ??= adding.then(() => {
        submitAdded.current = null;
        return latestSubmit.current();
      });
      return;
    }
    // Those of a message that waits for its formatting to be read are not this one's.
    const attachments = isSending.current ? [] : files.current();
    if (isTooLong || (text.trim() === "" && attachments.length === 0)) return;
    // Else a message would fail that has just been written.
    if (attachments.some((upload) => upload.getSnapshot().state === "failed"))
      return toast("A file couldn’t be uploaded. Remove it, or try again.", true);
    // What is sent goes on.
    for (const upload of attachments) upload.resume();
    const reply = replyOf(repliedTo);
    const send = ({ body, entities }: ReturnType<typeof readMarkdown>) =>
      room.send(body, { entities, attachments, ...reply });
    const plain = { body: text.trim(), entities: [] };
    const loaded = richIfLoaded();
    const written = loaded ? readMarkdown(loaded, text, mention) : plain;
    if ((written.body === "" && attachments.length === 0) || lengthOf(written.body) > BODY_LIMIT) return;
    onReplied();
    show("");
    if (!isAwaited() && (loaded || !hasMarkup(text))) send(written);
    else {
      isSending.current = true;
      await withRich((late) => send(late ? readMarkdown(late, text, mention) : plain));
      isSending.current = false;
    }
    draft.save();
  }
  latestSubmit.current = submit;

  async function submitEdit(text: string, { message, removed }: Edit) {
    const isDone = await withErrorToast(async () => {
      const loaded = richIfLoaded() ?? (hasMarkup(text) ? await loadRich() : null);
      if (text === markdownOf(message, loaded, mention) && !removed?.length) return;
      const { body, entities } = loaded ? readMarkdown(loaded, text, mention) : { body: text.trim(), entities: [] };
      // Another device may have taken some out meanwhile.
      const current = room.getSnapshot().messages.find(({ id }) => id === message.id) ?? message;
      const attachments = removed?.length && current.attachments && keptFiles({ message: current, text, removed });
      await room.edit(message.id!, body, { entities, ...(attachments && { attachments }) });
    });
    if (isDone) onEdited();
  }

  function onKeyDown(event: KeyboardEvent) {
    if (isComposing(event) || rich?.onShortcut(event, field.current!)) return;
    const { value, selectionStart } = field.current!;
    const isTouch = matchMedia("(pointer: coarse)").matches;
    const isCommand = event.ctrlKey || event.metaKey;
    if (
      event.key === "Enter" &&
      !event.shiftKey &&
      (isCommand || !(isTouch || rich?.isInFence(value, selectionStart)))
    ) {
      event.preventDefault();
      void submit();
    } else if (isShortcut(event, "cancel") && (edited || repliedTo)) {
      event.preventDefault();
      if (edited) onEdited();
      else onReplied();
    } else if (isShortcut(event, "editLast") && !edited && value === "") {
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
      {rich && <rich.Completions field={field} room={room} meId={meId} />}
      {edited && <EditStrip onCancel={onEdited} />}
      {edited?.message.attachments && <EditFiles room={room} edit={edited} onRemove={onEditFiles} />}
      {repliedTo && !edited && <ReplyStrip message={repliedTo} meId={meId} onCancel={onReplied} />}
      {length > 0 && <LengthStrip length={length} />}
      {files.uploads.length > 0 && (
        <FileStrip files={chat.files} uploads={files.uploads} onEmpty={() => field.current!.focus()} />
      )}
      {files.isDragging && (
        <div class="drop-area">
          <Icon name="attach" size={40} />
          Drop files to attach them
        </div>
      )}
      <div class="composer-row" hidden={voice.recorder !== null}>
        {!edited && <AttachButton onChoose={attach} />}
        {rich && <rich.FormatBar field={field} />}
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
          hasCompletions={rich !== null}
          enterKeyHint={edited ? "done" : "send"}
          onInput={onInput}
          onKeyDown={onKeyDown}
          onBlur={() => {
            if (!edited) room.stopTyping();
          }}
        />
        <EmojiButton field={field} />
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
