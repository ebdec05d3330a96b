// The people who have put an emoji on a message, newest first, in pages.
import { useEffect, useRef, useState } from "preact/hooks";
import type { ChatError, Reactor, RoomMessage, RoomStore } from "../../../../../sdk/index.ts";
import { shortMoment } from "../../../lib/time.ts";
import { errorText, withErrorToast } from "../../../state/toasts.ts";
import { PersonRow } from "../../people/person-row.tsx";

interface ReactorsProps {
  room: RoomStore;
  message: RoomMessage;
  /** Null for all. */
  emoji: string | null;
  meId: number;
  /** How many there are now: with each change the list is read again. */
  count: number;
}

export function Reactors({ room, message, emoji, meId, count }: ReactorsProps) {
  const [items, setItems] = useState<readonly Reactor[] | null>(null);
  const [cursor, setCursor] = useState<string | null>(null);
  const [error, setError] = useState<ChatError | null>(null);
  const [isLoading, setLoading] = useState(false);
  const reading = useRef(0);
  const id = message.id!;
  const ownCount = message.reactions?.filter(({ mine }) => mine).length;

  async function read(from: string | null) {
    const current = ++reading.current;
    setLoading(true);
    try {
      const page = await room.listReactions(id, { cursor: from, ...(emoji !== null && { emoji }) });
      if (current !== reading.current) return;
      setItems((known) => (from && known ? [...known, ...page.data] : page.data));
      setCursor(page.next_cursor);
      setError(null);
    } catch (cause) {
      if (current === reading.current) setError(cause as ChatError);
    }
    if (current === reading.current) setLoading(false);
  }

  useEffect(() => void read(null), [count, ownCount]);

  return (
    <>
      {!items && !error && (
        <div class="skeleton" role="status" aria-label="Loading">
          <div />
          <div />
        </div>
      )}
      <ul class="rows">
        {items?.map(({ user, emoji: put, at }) => (
          <PersonRow
            key={`${user.id} ${put}`}
            person={user}
            isSelf={user.id === meId}
            size="small"
            note={shortMoment(at)}
            mark={<span class="info-emoji">{put}</span>}
          >
            {user.id === meId && (
              <button
                type="button"
                class="button small"
                aria-label={`Take back ${put}`}
                onClick={() => void withErrorToast(() => room.react(id, put, false))}
              >
                Take back
              </button>
            )}
          </PersonRow>
        ))}
      </ul>
      {error && <p class="list-note">Couldn’t load this. {errorText(error)}</p>}
      {(cursor || error) && (
        <button
          type="button"
          class="button wide"
          aria-busy={isLoading}
          onClick={() => void read(error ? null : cursor)}
        >
          {error ? "Try again" : "Show more"}
        </button>
      )}
    </>
  );
}
