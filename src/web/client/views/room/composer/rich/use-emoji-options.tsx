import { useEffect, useState } from "preact/hooks";
import { emojiTone, rememberEmoji } from "../../emoji/recent-emojis.ts";
import { OPTIONS_LIMIT, type Option } from "./option.ts";

type Emojis = typeof import("../../emoji/emojis.ts");

/** The emoji whose names begin so; none while `text` is null. They are loaded when the first name is begun. */
export function useEmojiOptions(text: string | null): Option[] {
  const [emojis, setEmojis] = useState<Emojis | null>(null);
  const isNeeded = text !== null && emojis === null;
  useEffect(() => {
    // Without them what is typed stays as it is.
    if (isNeeded) import("../../emoji/emojis.ts").then(setEmojis, () => {});
  }, [isNeeded]);
  if (text === null || emojis === null) return [];
  return emojis.searchEmojis(text, OPTIONS_LIMIT).map((found) => {
    const insert = emojis.withTone(found, emojiTone());
    return {
      key: found.emoji,
      insert,
      onInsert: () => rememberEmoji(insert),
      content: (
        <>
          <span class="completion-emoji" aria-hidden="true">
            {insert}
          </span>
          <span class="completion-name">:{found.codes[0]}:</span>
          <span class="completion-note">{found.name}</span>
        </>
      ),
    };
  });
}
