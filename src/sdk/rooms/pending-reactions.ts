// Reactions of the user's own that the server has not stored yet: shown at once, and no longer when they are refused.
import type { RoomMessage } from "./message.ts";
import { withReaction } from "./reactions.ts";

export class PendingReactions {
  /** By message and emoji: whether it is to be there. */
  readonly #wanted = new Map<number, Map<string, boolean>>();

  /** Returns a function that ends this wish, if no later one has replaced it. */
  add(messageId: number, emoji: string, isOn: boolean): () => void {
    const emojis = this.#wanted.get(messageId) ?? new Map<string, boolean>();
    this.#wanted.set(messageId, emojis.set(emoji, isOn));
    return () => {
      if (emojis.get(emoji) !== isOn) return;
      emojis.delete(emoji);
      if (emojis.size === 0) this.#wanted.delete(messageId);
    };
  }

  /** The messages as they are shown; the same list when nothing is pending. */
  applyTo<M extends RoomMessage>(messages: readonly M[], meId: number): readonly M[] {
    if (this.#wanted.size === 0) return messages;
    return messages.map((message) => {
      const emojis = message.id !== null && this.#wanted.get(message.id);
      if (!emojis) return message;
      let { reactions, ...rest } = message;
      for (const [emoji, isOn] of emojis) {
        const before = reactions?.find((reaction) => reaction.emoji === emoji);
        if (Boolean(before?.mine) === isOn) continue;
        const count = (before?.count ?? 0) + (isOn ? 1 : -1);
        reactions = withReaction(reactions, { emoji, count, user_id: meId }, isOn, meId);
      }
      return (reactions ? { ...rest, reactions } : rest) as M;
    });
  }
}
