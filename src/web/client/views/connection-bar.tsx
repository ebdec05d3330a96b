// Shows that the connection is lost and how many messages are waiting. Short interruptions are not shown. It goes by the connection
// alone, because what browsers report about the network is unreliable.
import { useEffect, useState } from "preact/hooks";
import type { Chat, ConnectionState } from "../../../sdk/index.ts";
import { useStore } from "../lib/use-store.ts";
import { reopen } from "../state/session.ts";
import { Icon } from "../ui/icons.tsx";

const GRACE_MS = 1_200;

export function ConnectionBar({ chat }: { chat: Chat }) {
  const connection = useStore(chat.connection);
  const isOpen = connection.state === "open";
  const [isShown, setShown] = useState(false);
  useEffect(() => {
    if (isOpen) return setShown(false);
    const timer = setTimeout(() => setShown(true), GRACE_MS);
    return () => clearTimeout(timer);
  }, [isOpen]);
  return (
    <div class="connection" role="status">
      {isShown && !isOpen && <StatusText chat={chat} connection={connection} />}
    </div>
  );
}

function StatusText({
  chat,
  connection: { state, retryAt, reason, queued },
}: {
  chat: Chat;
  connection: ConnectionState;
}) {
  if (state === "closed") {
    const text =
      reason === "slow_down"
        ? "You were disconnected for sending too many requests. Wait a moment, then try again."
        : "The server doesn’t accept connections from this page.";
    return (
      <p>
        <Icon name="alert" size={16} />
        {text}
        <button type="button" class="link" onClick={reopen}>
          Try again
        </button>
      </p>
    );
  }
  return (
    <p>
      <Icon name="clock" size={16} />
      {state === "connecting" ? "Connecting…" : <Countdown until={retryAt ?? 0} />}
      {queued > 0 && <span>{queued === 1 ? "1 message" : `${queued} messages`} waiting to be sent.</span>}
      {state === "waiting" && (
        <button type="button" class="link" onClick={() => chat.reconnect()}>
          Try now
        </button>
      )}
    </p>
  );
}

function Countdown({ until }: { until: number }) {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(1, Math.ceil((until - now) / 1_000));
  // Hidden from the live region, which would read it out each second.
  return (
    <span>
      No connection.
      <span class="countdown" aria-hidden="true">
        {" "}
        Retrying in {seconds} s.
      </span>
    </span>
  );
}
