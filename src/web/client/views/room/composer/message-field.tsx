// The field that a message is typed into. The text lives in the field alone: nothing that happens in the room re-renders it.
import type { RefObject } from "preact";

interface MessageFieldProps {
  field: RefObject<HTMLTextAreaElement | null>;
  label: string;
  isTooLong: boolean;
  enterKeyHint: "done" | "send";
  onInput: () => void;
  onKeyDown: (event: KeyboardEvent) => void;
  onBlur: () => void;
}

export const MessageField = ({ field, label, isTooLong, enterKeyHint, ...events }: MessageFieldProps) => (
  <div class="auto-grow">
    <textarea
      ref={field}
      rows={1}
      dir="auto"
      placeholder="Message"
      aria-label={label}
      aria-invalid={isTooLong ? true : undefined}
      enterkeyhint={enterKeyHint}
      {...events}
    />
  </div>
);

/** The style sheet sizes the field by a copy of its text: measuring it here would scroll the messages above. */
export function fitField({ parentElement, value }: HTMLTextAreaElement) {
  parentElement!.dataset.text = value;
}
