// The ids of blocked users. Both can still be in the same group; there, messages of blocked users are collapsed.
import { effect, signal } from "@preact/signals";
import { chat } from "./session.ts";

export const blockedIds = signal<ReadonlySet<number>>(new Set());

/** Follows the current chat. */
export function startBlocked() {
  effect(() => {
    const blocks = chat.value?.blocks;
    const update = () => {
      const ids = blocks?.getSnapshot().items.map(({ id }) => id) ?? [];
      const known = blockedIds.peek();
      if (ids.length !== known.size || ids.some((id) => !known.has(id))) blockedIds.value = new Set(ids);
    };
    update();
    return blocks?.subscribe(update);
  });
}
