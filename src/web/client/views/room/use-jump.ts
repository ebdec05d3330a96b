// Jumps to a message of the open room, wherever it is in the history: for quotes, search results and links to a message.
import { useCallback, useLayoutEffect, useRef, useState } from "preact/hooks";
import { ChatError, type RoomStore } from "../../../../sdk/index.ts";
import { messageVisit } from "../../state/route.ts";
import { errorText, toast } from "../../state/toasts.ts";

/** A message to scroll to, once for each such object. */
export interface Jump {
  key: string;
  /** Whether the message takes the focus. */
  hasFocus: boolean;
}

/** `isPending` while a message is looked for; the one that the route names is from the first render on. */
export function useJump(room: RoomStore) {
  const [jump, setJump] = useState<Jump | null>(null);
  const [isPending, setPending] = useState(messageVisit.peek() !== null);
  const count = useRef(0);

  const jumpTo = useCallback(
    async (messageId: number, hasFocus = true) => {
      const own = ++count.current;
      setPending(true);
      try {
        await room.showAround(messageId);
        const key = room.getSnapshot().messages.find(({ id }) => id === messageId)?.key;
        if (own === count.current && key) setJump({ key, hasFocus });
      } catch (error) {
        const isMissing = error instanceof ChatError && error.code === "not_found";
        if (own === count.current) toast(isMissing ? "That message is no longer there." : errorText(error), true);
      } finally {
        if (own === count.current) setPending(false);
      }
    },
    [room],
  );

  const visit = messageVisit.value;
  useLayoutEffect(() => {
    if (visit) void jumpTo(visit.id);
  }, [visit, jumpTo]);

  return { jump, isPending, jumpTo };
}
