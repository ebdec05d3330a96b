import { type FormEvent, useState } from "react";
import { useChat, useConnection, useMe, useRooms } from "realtime-chat/react";
import type { RoomKey } from "realtime-chat/sdk";
import { Room } from "./room.tsx";

export function Rooms() {
  const chat = useChat();
  const me = useMe();
  const { rooms, isLoaded } = useRooms();
  const [open, setOpen] = useState<RoomKey | null>(null);
  const [error, setError] = useState("");

  async function start(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    const username = String(new FormData(form).get("username"));
    try {
      const found = await chat.searchUsers(username);
      const person = found.data.find((one) => one.username.toLowerCase() === username.toLowerCase());
      if (!person) return setError(`There is no ${username}.`);
      setOpen((await chat.openConversation(person.id)).key);
      setError("");
      form.reset();
    } catch (failure) {
      setError((failure as Error).message);
    }
  }

  return (
    <div className="app">
      <nav>
        <header>
          <strong>{me?.username}</strong> <Connection />
          <button type="button" className="link" onClick={() => void chat.logout()}>
            Sign out
          </button>
        </header>
        <form onSubmit={start}>
          <input name="username" aria-label="Username" placeholder="Write to…" required />
          <button type="submit">Open</button>
        </form>
        {error && <p role="alert">{error}</p>}
        {isLoaded && rooms.length === 0 && <p>No conversations yet.</p>}
        <ul>
          {rooms.map(({ key, title, unread_count }) => (
            <li key={key}>
              <button type="button" aria-current={key === open} onClick={() => setOpen(key)}>
                <bdi>{title}</bdi>
                {unread_count > 0 && <span className="badge">{unread_count}</span>}
              </button>
            </li>
          ))}
        </ul>
      </nav>
      {open ? <Room key={open} roomKey={open} /> : <section className="room" />}
    </div>
  );
}

function Connection() {
  const { state, queued } = useConnection();
  if (state === "open") return null;
  return (
    <span role="status">
      {state}
      {queued > 0 && `, ${queued} unsent`}
    </span>
  );
}
