// Reactions of the user's own that the room's events have not brought yet: shown at once, and no longer when they are refused. How many
// others there are is the events' to say: the response to a reaction may be older than an event that has come before it.
import type { RoomMessage } from "./message.ts";
import { withReaction } from "./reactions.ts";

/** Whether an emoji is to be on a message. */
interface Wish {
  readonly isOn: boolean;
  /** The server has responded. */
  isStored: boolean;
  /** An event has told of the user's own emoji since. */
  isHeard: boolean;
}

export class PendingReactions {
  /** The last wish by message and emoji. */
  readonly #wishes = new Map<number, Map<string, Wish>>();

  add(messageId: number, emoji: string, isOn: boolean) {
    const wish: Wish = { isOn, isStored: false, isHeard: false };
    const emojis = this.#wishes.get(messageId) ?? new Map<string, Wish>();
    this.#wishes.set(messageId, emojis.set(emoji, wish));
    const end = () => {
      if (this.#wishes.get(messageId)?.get(emoji) === wish) this.#remove(messageId, emoji);
    };
    return {
      /** It is kept until its event has come; `isShown`: it has. */
      onStored: (isShown: boolean) => {
        wish.isStored = true;
        if (wish.isHeard || isShown) end();
      },
      onRefused: end,
    };
  }

  /** An event has told of the user's own emoji on a message. */
  onEvent(messageId: number, emoji: string) {
    const wish = this.#wishes.get(messageId)?.get(emoji);
    if (!wish) return;
    wish.isHeard = true;
    if (wish.isStored) this.#remove(messageId, emoji);
  }

  /** Everything was read anew: events may have been passed over. */
  onPage() {
    for (const [messageId, emojis] of this.#wishes)
      for (const [emoji, { isStored }] of emojis) if (isStored) this.#remove(messageId, emoji);
  }

  /** The messages as they are shown; the same list when nothing is pending. */
  applyTo<M extends RoomMessage>(messages: readonly M[], meId: number): readonly M[] {
    if (this.#wishes.size === 0) return messages;
    return messages.map((message) => {
      const emojis = message.id !== null && !message.deleted_at && this.#wishes.get(message.id);
      if (!emojis) return message;
      let { reactions, ...rest } = message;
      for (const [emoji, { isOn }] of emojis) {
        const before = reactions?.find((reaction) => reaction.emoji === emoji);
        if (Boolean(before?.mine) === isOn) continue;
        const count = (before?.count ?? 0) + (isOn ? 1 : -1);
        reactions = withReaction(reactions, { emoji, count, user_id: meId }, isOn, meId);
      }
      return (reactions ? { ...rest, reactions } : rest) as M;
    });
  }

  #remove(messageId: number, emoji: string) {
    const emojis = this.#wishes.get(messageId);
    emojis?.delete(emoji);
    if (emojis?.size === 0) this.#wishes.delete(messageId);
  }
}
