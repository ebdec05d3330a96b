// While messages are selected, a press anywhere on one selects it: nothing in it does what it does otherwise.
import type { RoomMessage } from "../../../../sdk/index.ts";
import type { MessageActions } from "./message-actions.ts";

const rowOf = (target: EventTarget | null) => (target as Element | null)?.closest<HTMLElement>(".message");

/** For the list of messages, in the capture phase. */
export function selectionHandlers(shown: readonly RoomMessage[], { select }: Pick<MessageActions, "select">) {
  const messageIn = (row: Element | null | undefined) =>
    row?.querySelector(":scope > .select-mark") && shown.find(({ key }) => key === (row as HTMLElement).dataset.key);
  return {
    onClick(event: MouseEvent) {
      const row = rowOf(event.target);
      if (!row) return;
      event.stopPropagation();
      // A checkbox changes by itself, which the selection follows.
      if (!(event.target as Element).matches(".select-mark")) event.preventDefault();
      const message = messageIn(row);
      if (message) select(message, event.shiftKey);
    },
    onKeyDown(event: KeyboardEvent) {
      const row = rowOf(event.target);
      if (!row || row !== event.target) return;
      const step = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key] as
        | "nextElementSibling"
        | "previousElementSibling"
        | undefined;
      let to: Element | null = row;
      if (step && event.shiftKey) {
        do to = to[step] as Element | null;
        while (to && !messageIn(to));
      } else if (![" ", "Enter"].includes(event.key)) return;
      event.preventDefault();
      event.stopPropagation();
      const message = messageIn(to);
      if (message) select(message, event.shiftKey);
    },
  };
}
