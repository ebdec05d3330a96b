// Whom the user blocks: in groups, where both go on seeing each other, what they write is folded away.
import { effect, signal } from "@preact/signals";
import { chat } from "./session.ts";

export const blockedIds = signal<ReadonlySet<number>>(new Set());

/** Follows the chat that runs. */
export function startBlocked() {
  effect(() => {
    const blocks = chat.value?.blocks;
    const show = () => {
      const ids = blocks?.getSnapshot().items.map(({ id }) => id) ?? [];
      const known = blockedIds.peek();
      if (ids.length !== known.size || ids.some((id) => !known.has(id))) blockedIds.value = new Set(ids);
    };
    show();
    return blocks?.subscribe(show);
  });
}
