// Tells a screen reader of new messages in the room that is open; what is on the screen it reads by itself.
import { useEffect, useState } from "preact/hooks";
import type { Chat } from "../../../../sdk/index.ts";
import { openRoom } from "../../state/route.ts";

// A reader that is told of everything in a lively room never gets to the end.
const EVERY_MS = 1_000;

export function Announcer({ chat }: { chat: Chat }) {
  const [text, setText] = useState("");
  useEffect(() => {
    let waiting: string[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = chat.onMessage(({ room, message, isLive }) => {
      if (!isLive || room !== openRoom.peek()) return;
      waiting.push(`${message.sender_name}: ${message.body}`);
      timer ??= setTimeout(() => {
        timer = undefined;
        const words = waiting.length > 3 ? `${waiting.length} new messages` : waiting.join(". ");
        waiting = [];
        // The same words again are told again only when something is different.
        setText((told) => (told === words ? `${words}\u00A0` : words));
      }, EVERY_MS);
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
