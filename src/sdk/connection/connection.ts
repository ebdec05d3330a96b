// The life of the one socket: connecting, saying who we are, resuming, noticing that it is dead, coming back, and knowing when
// not to. It knows frames only as far as that takes; what they mean is for its listener.
import { type Backoff, delayOf, type RetryPolicy } from "../backoff.ts";
import { type Instant, now, since } from "../clock.ts";
import type { Debug } from "../debug.ts";
import { asChatError, ChatError, errorFrom, networkError } from "../errors.ts";
import { ValueStore } from "../store.ts";
import type { RoomKey, ServerFrame } from "../wire.ts";
import type { Session } from "./session.ts";
import type { ConnectionState } from "./state.ts";

/** A browser's WebSocket, or that of the package `ws`. */
export type WebSocketClass = new (
  url: string,
) => { send(data: string): void; close(code?: number, reason?: string): void };

interface Socket {
  send(data: string): void;
  close(code?: number, reason?: string): void;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number; reason: string }) => void) | null;
  onerror: (() => void) | null;
}

export interface Listener {
  /** The last change of each room that we have, and of which history; asked for on each connection, and worth waiting for. */
  positions(): Promise<{ rooms: Record<RoomKey, number>; epoch?: string }>;
  onFrame(frame: ServerFrame): void;
  /** Everything missed has been replayed. */
  onOpen(): void;
  onLost(): void;
  /** There will be no other connection. */
  onClosed(reason: string): void;
}

export interface ConnectionOptions {
  url: string;
  WebSocket: WebSocketClass;
  backoff: Backoff;
  /** After so long a silence the server is asked for a sign of life. */
  heartbeatMs: number;
  /** So long we wait for an answer before we count the connection as dead. */
  responseTimeoutMs: number;
  debug?: Debug | null;
}

/** A command as it is sent; `ref` is added. */
export interface Command {
  type: string;
  [field: string]: unknown;
}

// A connection that lasted this long starts the waits anew; one that is cut at once goes on with longer ones.
const STABLE_MS = 10_000;

interface Awaited {
  resolve(data: unknown): void;
  reject(error: ChatError): void;
  asked: Instant;
}

export class Connection implements RetryPolicy {
  readonly store = new ValueStore<ConnectionState>({ state: "connecting", retryAt: null, reason: null, queued: 0 });
  readonly backoff: Backoff;
  private socket: Socket | null = null;
  private token = "";
  private refs = 0;
  private readonly awaited = new Map<string, Awaited>();
  private readonly pauses = new Set<{ end(): void; fail(): void }>();
  private attempt = 0;
  /** How often in a row a token was refused. */
  private refusals = 0;
  /** Set while the user is logging out: the end of the session is then what was wanted. */
  closeReason: string | null = null;
  private openedAt: Instant | null = null;
  private heardAt = now();
  /** When a sign of life was asked for; null when none is owed. */
  private probedAt: Instant | null = null;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private watch: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly options: ConnectionOptions,
    private readonly session: Session,
    private readonly listener: Listener,
  ) {
    this.backoff = options.backoff;
  }

  get isOpen() {
    return this.store.getSnapshot().state === "open";
  }

  get isClosed() {
    return this.store.getSnapshot().state === "closed";
  }

  /** Tries at once. */
  connect() {
    if (this.isClosed || this.socket) return;
    clearTimeout(this.retry);
    this.openedAt = null;
    this.show("connecting");
    const { url, WebSocket } = this.options;
    let socket: Socket;
    try {
      socket = new WebSocket(url) as unknown as Socket;
    } catch (error) {
      return this.wait(networkError(error));
    }
    this.socket = socket;
    this.token = this.session.token;
    this.heard();
    const isCurrent = () => this.socket === socket;
    socket.onopen = () => isCurrent() && void this.introduce(isCurrent);
    socket.onmessage = ({ data }) => isCurrent() && this.receive(String(data));
    socket.onerror = () => {}; // The close that follows says as much.
    socket.onclose = ({ code, reason }) => isCurrent() && this.lose(code, reason);
    const { heartbeatMs, responseTimeoutMs } = this.options;
    // Often enough that neither bound is overrun by much.
    this.watch = setInterval(() => this.check(), Math.min(heartbeatMs, responseTimeoutMs) / 4);
  }

  /** The network or the page is back: no use in waiting on, and an open connection may be dead. */
  wake() {
    if (this.store.getSnapshot().state === "waiting") this.connect();
    else if (this.isOpen && since(this.heardAt) > this.options.heartbeatMs / 5) this.probe();
  }

  /** Sends a command; resolves with the data of its `ack`. Rejects with what it was refused for, or `network`. */
  request(command: Command): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (!this.socket) return reject(networkError());
      const ref = String(++this.refs);
      this.awaited.set(ref, { resolve, reject, asked: now() });
      this.put({ ...command, ref });
    });
  }

  /** Sends what nobody waits for, if there is a connection. */
  notify(command: Command) {
    if (this.isOpen) this.put(command);
  }

  /** Renews the open connection's session in place. */
  async authenticate() {
    const { token } = this.session;
    if (!this.isOpen || token === this.token) return;
    try {
      this.noteEnd(await this.request({ type: "auth", token }));
      this.token = token;
    } catch {
      // Refused: the old session lives on until the server ends it, and then the new token is tried again.
    }
  }

  setQueued(queued: number) {
    const shown = this.store.getSnapshot();
    if (shown.queued !== queued) this.store.set({ ...shown, queued });
  }

  /** Ends it for good. */
  stop(reason: string) {
    if (this.isClosed) return;
    this.detach(1000);
    clearTimeout(this.retry);
    this.show("closed", { reason: this.closeReason ?? reason });
    for (const pause of this.pauses) pause.fail();
    this.session.stop();
    this.listener.onClosed(reason);
  }

  pause(ms: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const pause = {
        end: () => {
          clearTimeout(timer);
          this.pauses.delete(pause);
          resolve();
        },
        fail: () => {
          clearTimeout(timer);
          this.pauses.delete(pause);
          reject(new ChatError("closed", "The chat is closed."));
        },
      };
      const timer = setTimeout(pause.end, ms);
      if (this.isClosed) pause.fail();
      else this.pauses.add(pause);
    });
  }

  /** Says who we are in a frame, so that no log of an address holds a token, and goes on from where we stood. */
  private async introduce(isCurrent: () => boolean) {
    try {
      const [end, positions] = await Promise.all([
        this.request({ type: "auth", token: this.token }).then((data) => {
          this.refusals = 0;
          return data;
        }),
        this.listener.positions(),
      ]);
      if (!isCurrent()) return;
      this.noteEnd(end);
      await this.request({ type: "resume", ...positions });
    } catch (error) {
      // Without a replay what comes live would be taken for all there is.
      if (isCurrent()) this.lose(1006, "", asChatError(error));
    }
  }

  private put(command: Command) {
    this.options.debug?.({ type: "sent", frame: "token" in command ? { ...command, token: "…" } : command });
    this.socket?.send(JSON.stringify(command));
  }

  private receive(text: string) {
    this.heard();
    const frame = readFrame(text);
    this.options.debug?.({ type: "received", frame: frame ?? text });
    if (!frame) return;
    if (frame.type === "ack" || frame.type === "error") {
      const awaited = this.awaited.get(frame.ref ?? "");
      this.awaited.delete(frame.ref ?? "");
      if (frame.type === "ack") awaited?.resolve(frame.data);
      else awaited?.reject(errorFrom(frame));
      return;
    }
    try {
      this.listener.onFrame(frame);
    } catch (error) {
      // What one frame breaks must neither keep the next ones from being heard nor end a program.
      (globalThis.reportError ?? console.error)(error);
    }
    if (frame.type === "resumed" && !frame.data.more && this.socket && !this.isOpen) {
      this.openedAt = now();
      this.show("open");
      for (const pause of [...this.pauses]) pause.end();
      this.listener.onOpen();
      void this.authenticate();
    }
  }

  private lose(code: number, reason: string, error: ChatError | null = null) {
    this.detach();
    if (code !== 1008) return this.wait(error ?? networkError(), reason);
    const mayGoOn =
      reason === "unauthorized" && !this.closeReason && (this.session.canRenew || this.session.token !== this.token);
    if (!mayGoOn || this.refusals++ > 0) return this.stop(reason || "refused");
    this.show("connecting", { reason });
    this.session.replace(this.token).then(
      (isThere) => (isThere ? this.connect() : this.stop(reason)),
      (failure) => {
        this.refusals = 0;
        const refusal = asChatError(failure);
        if (refusal.isTransient) this.wait(refusal);
        else this.stop(reason);
      },
    );
  }

  private wait(error: ChatError, reason = "") {
    if (this.isClosed) return;
    if (this.openedAt !== null && since(this.openedAt) > STABLE_MS) this.attempt = 0;
    this.openedAt = null;
    const delay = delayOf(this.attempt++, this.backoff, error.retryAfter);
    this.show("waiting", { reason: reason || error.code, retryAt: Date.now() + delay });
    this.retry = setTimeout(() => this.connect(), delay);
  }

  /** Lets go of the socket, whatever it still has to say. */
  private detach(code?: number) {
    const { socket } = this;
    if (!socket) return;
    this.socket = null;
    clearInterval(this.watch);
    // Not null: `ws` raises errors that nobody hears.
    socket.onopen = socket.onmessage = socket.onclose = socket.onerror = () => {};
    try {
      socket.close(code);
    } catch {
      // Was never open.
    }
    for (const { reject } of this.awaited.values()) reject(networkError());
    this.awaited.clear();
    this.listener.onLost();
  }

  private heard() {
    this.heardAt = now();
    this.probedAt = null;
  }

  private check() {
    const { heartbeatMs, responseTimeoutMs } = this.options;
    const oldest: Awaited | undefined = this.awaited.values().next().value;
    const owed = this.isOpen ? [this.probedAt, oldest?.asked] : [this.heardAt];
    if (owed.some((asked) => asked && since(asked) > responseTimeoutMs)) this.lose(1006, "");
    else if (this.isOpen && since(this.heardAt) > heartbeatMs) this.probe();
  }

  private probe() {
    if (this.probedAt !== null) return;
    this.probedAt = now();
    this.put({ type: "ping" });
  }

  private noteEnd(data: unknown) {
    const { expires_at } = data as { expires_at?: string };
    if (expires_at) this.session.endsAt(expires_at);
  }

  private show(state: ConnectionState["state"], more: Partial<ConnectionState> = {}) {
    const { reason, queued } = this.store.getSnapshot();
    const next = { state, retryAt: null, reason: state === "open" ? null : reason, queued, ...more };
    this.options.debug?.({ type: "state", state, reason: next.reason });
    this.store.set(next);
  }
}

/** Null for what is no frame at all. Of a type that we don't know it may have any fields besides. */
function readFrame(text: string): ServerFrame | null {
  try {
    const frame = JSON.parse(text);
    if (typeof frame?.type !== "string") return null;
    const isBare = frame.type === "pong" || frame.type === "error" || frame.type === "ack";
    return isBare || isObject(frame.data) ? frame : null;
  } catch {
    return null;
  }
}

const isObject = (value: unknown) => typeof value === "object" && value !== null;
