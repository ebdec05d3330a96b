// The one socket: connects, authenticates, resumes, notices when it is dead, reconnects, and stops when the server says so.
// It reads frames only as far as that takes; what they mean is for its listener.
import { POLICY_VIOLATION } from "../../protocol/limits.ts";
import { type Backoff, delayOf, type RetryPolicy } from "../backoff.ts";
import { type Instant, now, since } from "../clock.ts";
import type { Debug } from "../debug.ts";
import { asChatError, type ChatError, networkError } from "../errors.ts";
import { ValueStore } from "../store.ts";
import type { ClientFrame, ServerFrame } from "../wire.ts";
import { Heartbeat, type HeartbeatOptions } from "./heartbeat.ts";
import { closedError, Pauses } from "./pauses.ts";
import { Requests } from "./requests.ts";
import type { Session } from "./session.ts";
import { parseFrame, type Socket, type WebSocketClass } from "./socket.ts";
import type { ConnectionState } from "./state.ts";

export interface ConnectionListener {
  /** The fields of the `resume`, requested for each connection. */
  resumePosition(): Promise<Omit<Extract<ClientFrame, { type: "resume" }>, "type">>;
  onFrame(frame: ServerFrame): void;
  /** Everything missed has been replayed. */
  onOpen(): void;
  onLost(): void;
  /** There will be no other connection. */
  onClosed(): void;
}

export interface ConnectionOptions extends HeartbeatOptions {
  url: string;
  WebSocket: WebSocketClass;
  backoff: Backoff;
  debug?: Debug | null;
}

// A connection that lasted this long resets the backoff; one that is cut at once goes on with longer waits.
const STABLE_MS = 10_000;

export class Connection implements RetryPolicy {
  readonly #options: ConnectionOptions;
  readonly #session: Session;
  readonly #listener: ConnectionListener;
  readonly store = new ValueStore<ConnectionState>({ state: "connecting", retryAt: null, reason: null, queued: 0 });
  readonly backoff: Backoff;
  /** Set while the user logs out: the reason to show instead of the server's. */
  closeReason: string | null = null;
  #socket: Socket | null = null;
  /** The token that the socket was authenticated with. */
  #token = "";
  readonly #requests = new Requests();
  readonly #pauses = new Pauses();
  readonly #heartbeat: Heartbeat;
  #attempt = 0;
  /** How often in a row a token was refused. */
  #refusals = 0;
  #openedAt: Instant | null = null;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: ConnectionOptions, session: Session, listener: ConnectionListener) {
    this.#options = options;
    this.#session = session;
    this.#listener = listener;
    this.backoff = options.backoff;
    this.#heartbeat = new Heartbeat(options, {
      isOpen: () => this.isOpen,
      oldestRequest: () => this.#requests.oldest,
      ping: () => this.#write({ type: "ping" }),
      onDead: () => this.#onClose(1006, ""),
    });
  }

  get isOpen() {
    return this.store.getSnapshot().state === "open";
  }

  get isClosed() {
    return this.store.getSnapshot().state === "closed";
  }

  /** Connects at once. */
  connect() {
    if (this.isClosed || this.#socket) return;
    clearTimeout(this.#retryTimer);
    this.#openedAt = null;
    this.#setState("connecting");
    const { url, WebSocket } = this.#options;
    let socket: Socket;
    try {
      socket = new WebSocket(url) as unknown as Socket;
    } catch (error) {
      return this.#scheduleReconnect(networkError(error));
    }
    this.#socket = socket;
    this.#token = this.#session.token;
    const isCurrent = () => this.#socket === socket;
    socket.onopen = () => isCurrent() && void this.#authenticateAndResume(isCurrent);
    socket.onmessage = ({ data }) => isCurrent() && this.#onMessage(String(data));
    socket.onerror = () => {}; // The close that follows says as much.
    socket.onclose = ({ code, reason }) => isCurrent() && this.#onClose(code, reason);
    this.#heartbeat.start();
  }

  /** The network or the page is back: a wait is over, and an open connection may be dead. */
  wake() {
    if (this.store.getSnapshot().state === "waiting") this.connect();
    else if (this.isOpen) this.#heartbeat.probe();
  }

  /** Sends a command. Resolves with the data of its `ack`; rejects with the refusal, or `network`. */
  request(command: ClientFrame): Promise<unknown> {
    if (!this.#socket) return Promise.reject(networkError());
    return this.#requests.add((ref) => this.#write({ ...command, ref }));
  }

  /** Sends a command that needs no response, if there is a connection. */
  notify(command: ClientFrame) {
    if (this.isOpen) this.#write(command);
  }

  /** Renews the session of the open connection. */
  async authenticate() {
    const { token } = this.#session;
    if (!this.isOpen || token === this.#token) return;
    try {
      this.#setExpiry(await this.request({ type: "auth", token }));
      this.#token = token;
    } catch {
      // The old session lives on until the server ends it; then the new token is tried again.
    }
  }

  setQueued(queued: number) {
    const shown = this.store.getSnapshot();
    if (shown.queued !== queued) this.store.set({ ...shown, queued });
  }

  /** Ends it for good. */
  stop(reason: string) {
    if (this.isClosed) return;
    this.#dropSocket(1000);
    clearTimeout(this.#retryTimer);
    this.#setState("closed", { reason: this.closeReason ?? reason });
    this.#pauses.failAll();
    this.#session.stop();
    this.#listener.onClosed();
  }

  pause(ms: number): Promise<void> {
    return this.isClosed ? Promise.reject(closedError()) : this.#pauses.add(ms);
  }

  /** The token goes into a frame, so that no log of addresses contains it. */
  async #authenticateAndResume(isCurrent: () => boolean) {
    try {
      const [ack, position] = await Promise.all([
        this.request({ type: "auth", token: this.#token }).then((data) => {
          this.#refusals = 0;
          return data;
        }),
        this.#listener.resumePosition(),
      ]);
      if (!isCurrent()) return;
      this.#setExpiry(ack);
      await this.request({ type: "resume", ...position });
    } catch (error) {
      // Without a replay, live events would leave a gap behind them.
      if (isCurrent()) this.#onClose(1006, "", asChatError(error));
    }
  }

  #write(command: ClientFrame) {
    this.#options.debug?.({ type: "sent", frame: "token" in command ? { ...command, token: "…" } : command });
    this.#socket?.send(JSON.stringify(command));
  }

  #onMessage(text: string) {
    this.#heartbeat.onFrame();
    const frame = parseFrame(text);
    this.#options.debug?.({ type: "received", frame: frame ?? text });
    if (!frame) return;
    if (frame.type === "ack" || frame.type === "error") return this.#requests.settle(frame);
    try {
      this.#listener.onFrame(frame);
    } catch (error) {
      // A frame that can't be applied must neither stop the next ones nor end the program.
      (globalThis.reportError ?? console.error)(error);
    }
    if (frame.type === "resumed" && !frame.data.more && this.#socket && !this.isOpen) this.#onResumed();
  }

  #onResumed() {
    this.#openedAt = now();
    this.#setState("open");
    this.#pauses.endAll();
    this.#listener.onOpen();
    void this.authenticate();
  }

  #onClose(code: number, reason: string, error: ChatError | null = null) {
    this.#dropSocket();
    if (code !== POLICY_VIOLATION) return this.#scheduleReconnect(error ?? networkError(), reason);
    const mayRenew =
      reason === "unauthorized" && !this.closeReason && (this.#session.canRenew || this.#session.token !== this.#token);
    if (!mayRenew || this.#refusals++ > 0) return this.stop(reason || "refused");
    this.#setState("connecting", { reason });
    this.#session.replace(this.#token).then(
      (isReplaced) => (isReplaced ? this.connect() : this.stop(reason)),
      (failure) => {
        this.#refusals = 0;
        const refusal = asChatError(failure);
        if (refusal.isTransient) this.#scheduleReconnect(refusal);
        else this.stop(reason);
      },
    );
  }

  #scheduleReconnect(error: ChatError, reason = "") {
    if (this.isClosed) return;
    if (this.#openedAt !== null && since(this.#openedAt) > STABLE_MS) this.#attempt = 0;
    this.#openedAt = null;
    const delay = delayOf(this.#attempt++, this.backoff, error.retryAfter);
    this.#setState("waiting", { reason: reason || error.code, retryAt: Date.now() + delay });
    this.#retryTimer = setTimeout(() => this.connect(), delay);
  }

  /** Closes the socket, and ignores what it still reports. */
  #dropSocket(code?: number) {
    const socket = this.#socket;
    if (!socket) return;
    this.#socket = null;
    this.#heartbeat.stop();
    // Not null: `ws` throws errors that nobody handles.
    socket.onopen = socket.onmessage = socket.onclose = socket.onerror = () => {};
    try {
      socket.close(code);
    } catch {
      // It was never open.
    }
    this.#requests.rejectAll();
    this.#listener.onLost();
  }

  #setExpiry(ack: unknown) {
    const { expires_at } = ack as { expires_at?: string };
    if (expires_at) this.#session.setExpiry(expires_at);
  }

  #setState(state: ConnectionState["state"], more: Partial<ConnectionState> = {}) {
    const { reason, queued } = this.store.getSnapshot();
    const next = { state, retryAt: null, reason: state === "open" ? null : reason, queued, ...more };
    this.#options.debug?.({ type: "state", state, reason: next.reason });
    this.store.set(next);
  }
}
