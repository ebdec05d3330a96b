// Announces new messages of the open room to screen readers.
import { useEffect, useState } from "preact/hooks";
import type { Chat } from "../../../../sdk/index.ts";
import { summaryOf } from "../../lib/message-text.ts";
import { blockedIds } from "../../state/blocked.ts";
import { currentNameOf } from "../../state/person.ts";
import { openRoom } from "../../state/route.ts";

// In a busy room, a screen reader would never finish reading every message.
const INTERVAL_MS = 1_000;

export function Announcer({ chat }: { chat: Chat }) {
  const [text, setText] = useState("");
  useEffect(() => {
    let pending: string[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = chat.onMessage(({ room, message, isLive }) => {
      if (!isLive || room !== openRoom.peek() || blockedIds.peek().has(message.sender_id)) return;
      pending.push(`${currentNameOf({ id: message.sender_id, username: message.sender_name })}: ${summaryOf(message)}`);
      timer ??= setTimeout(() => {
        timer = undefined;
        const summary = pending.length > 3 ? `${pending.length} new messages` : pending.join(". ");
        pending = [];
        // A live region announces the same text again only if something differs.
        setText((previous) => (previous === summary ? `${summary}\u00A0` : summary));
      }, INTERVAL_MS);
    });
    return () => {
      end();
      clearTimeout(timer);
    };
  }, [chat]);
  return (
    <div class="visually-hidden" aria-live="polite">
      {text}
    </div>
  );
}
