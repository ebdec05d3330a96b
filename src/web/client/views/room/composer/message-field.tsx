// The field that a message is typed into. The text lives in the field alone: nothing that happens in the room re-renders it.
import type { RefObject } from "preact";

/** The event of a field whose text was replaced by something else than typing. */
export const TEXT_REPLACED = "textreplaced";

interface MessageFieldProps {
  field: RefObject<HTMLTextAreaElement | null>;
  label: string;
  isTooLong: boolean;
  /** Whether names are completed. */
  hasCompletions: boolean;
  enterKeyHint: "done" | "send";
  onInput: () => void;
  onKeyDown: (event: KeyboardEvent) => void;
  onBlur: () => void;
}

export const MessageField = ({
  field,
  label,
  isTooLong,
  hasCompletions,
  enterKeyHint,
  ...events
}: MessageFieldProps) => (
  <div class="auto-grow">
    <div class="mirror" aria-hidden="true" />
    <textarea
      ref={field}
      rows={1}
      dir="auto"
      placeholder="Message"
      aria-label={label}
      aria-invalid={isTooLong ? true : undefined}
      aria-autocomplete={hasCompletions ? "list" : undefined}
      enterkeyhint={enterKeyHint}
      onScroll={({ currentTarget }) => {
        mirrorOf(currentTarget).scrollTop = currentTarget.scrollTop;
      }}
      {...events}
    />
  </div>
);

const mirrorOf = (field: HTMLTextAreaElement) => field.previousElementSibling as HTMLElement;

/**
 * The field lies over a copy of its text, by which the style sheet sizes it: measuring it here would scroll the messages above.
 * `paint` may show the copy formatted, in place of the field's own text, and then returns true.
 */
export function mirror(field: HTMLTextAreaElement, paint?: (mirror: HTMLElement, text: string) => boolean) {
  const copy = mirrorOf(field);
  const isPainted = paint?.(copy, field.value) ?? false;
  // (The last space gives an empty last line its height.)
  if (!isPainted) copy.textContent = `${field.value} `;
  field.parentElement!.toggleAttribute("data-painted", isPainted);
  copy.scrollTop = field.scrollTop;
}
