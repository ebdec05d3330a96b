// Says so when the server can't be reached, and what waits for it. A short cut is not worth a word. It goes by the connection
// alone: that there is no network is what browsers say of networks that they don't know.
import { useEffect, useState } from "preact/hooks";
import type { Chat, ConnectionState } from "../../../sdk/index.ts";
import { useStore } from "../lib/use-store.ts";
import { reopen } from "../state/session.ts";
import { Icon } from "../ui/icons.tsx";

const PATIENCE_MS = 1_200;

export function ConnectionBar({ chat }: { chat: Chat }) {
  const connection = useStore(chat.connection);
  const isOpen = connection.state === "open";
  const [isShown, setShown] = useState(false);
  useEffect(() => {
    if (isOpen) return setShown(false);
    const timer = setTimeout(() => setShown(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [isOpen]);
  return (
    <div class="connection" role="status">
      {isShown && !isOpen && <Words chat={chat} connection={connection} />}
    </div>
  );
}

function Words({ chat, connection: { state, retryAt, reason, queued } }: { chat: Chat; connection: ConnectionState }) {
  if (state === "closed") {
    const why =
      reason === "slow_down"
        ? "Disconnected: too many requests. Wait a moment."
        : "The server doesn’t accept connections from this page.";
    return (
      <p>
        <Icon name="alert" size={16} />
        {why}
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
      {queued > 0 && <span>{queued === 1 ? "1 message waits." : `${queued} messages wait.`}</span>}
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
  // The number is not for the live region: it would be read out each second.
  return (
    <span>
      No connection.
      <span class="countdown" aria-hidden="true">
        {" "}
        Next try in {seconds} s.
      </span>
    </span>
  );
}
