// The emoji used lately and the tone of skin that was chosen, in this browser.
import { scoped } from "../../../state/base.ts";
import { storage } from "../../../state/storage.ts";

/** Two or three rows. */
const RECENT_LIMIT = 24;
const RECENT = scoped("chat emojis");
const TONE = scoped("chat emoji tone");

/** The latest first. */
export const recentEmojis = (): string[] => (storage.getItem(RECENT) ?? "").split(" ").filter(Boolean);

export function rememberEmoji(emoji: string) {
  const others = recentEmojis().filter((known) => known !== emoji);
  storage.setItem(RECENT, [emoji, ...others].slice(0, RECENT_LIMIT).join(" "));
}

export const emojiTone = () => storage.getItem(TONE) ?? "";

export const setEmojiTone = (tone: string) => storage.setItem(TONE, tone);
