import { type FormEvent, useEffect, useRef } from "react";
import { useMe, useRoom } from "realtime-chat/react";
import type { RoomKey } from "realtime-chat/sdk";

export function Room({ roomKey }: { roomKey: RoomKey }) {
  const [{ info, messages, typing, hasOlder }, room] = useRoom(roomKey);
  const me = useMe();
  const list = useRef<HTMLOListElement>(null);
  const newest = messages.at(-1)?.key;

  // What is on the screen is read. It may be called as often as one likes.
  useEffect(() => {
    if (newest === undefined) return;
    list.current?.lastElementChild?.scrollIntoView();
    room.markRead();
  }, [room, newest]);

  function send(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    const body = String(new FormData(form).get("body")).trim();
    if (body === "") return;
    // Shown at once, kept over a reload, and sent exactly once, however often the connection is lost.
    room.send(body);
    form.reset();
  }

  return (
    <section className="room" aria-label={info?.title}>
      <h2>
        <bdi>{info?.title}</bdi>
      </h2>
      {hasOlder && (
        <button type="button" className="link" onClick={() => void room.loadOlder()}>
          Older messages
        </button>
      )}
      <ol ref={list}>
        {messages.map(({ key, sender_id, sender_name, body, deleted_at, state }) => (
          <li key={key} data-own={sender_id === me?.id}>
            <b>{sender_name}</b> <span dir="auto">{deleted_at ? "(deleted)" : body}</span>
            {sender_id === me?.id && <small> {state}</small>}
          </li>
        ))}
      </ol>
      <p className="typing">{typing.length > 0 && `${typing.map(({ username }) => username).join(", ")} is typing…`}</p>
      <form onSubmit={send}>
        <input
          name="body"
          aria-label="Message"
          placeholder="Message"
          autoComplete="off"
          onInput={room.startTyping.bind(room)}
        />
        <button type="submit">Send</button>
      </form>
    </section>
  );
}
