// What the SDK's tests share: chats of users on a test server, waiting for the state of a store, and a storage in memory.
import {
  type Chat,
  type ChatOptions,
  createChat,
  type RoomKey,
  type RoomMessage,
  type Store,
} from "../../src/sdk/index.ts";
import type { User } from "../support/harness.ts";
import { PATIENCE_MS } from "../support/patience.ts";

/** Tests don't wait half a second for a connection that is there. */
export const QUICK = { baseMs: 20, capMs: 80 };

const open = new Set<Chat>();

/** A chat that is closed at the end of the test file, by `closeChats`. */
export function chatOf(user: { token: string }, url: string, options: Partial<ChatOptions> = {}): Chat {
  const chat = createChat({ url, token: user.token, backoff: QUICK, ...options });
  open.add(chat);
  return chat;
}

export function closeChats() {
  for (const chat of open) chat.close();
  open.clear();
}

/** Waits until the store's state is as wanted, and answers it. */
export function until<T>(store: Store<T>, what: string, fits: (state: T) => boolean): Promise<T> {
  return new Promise((resolve, reject) => {
    const check = () => {
      const state = store.getSnapshot();
      if (!fits(state)) return;
      finish();
      resolve(state);
    };
    const timer = setTimeout(() => {
      finish();
      reject(
        new Error(`not within ${PATIENCE_MS} ms: ${what}; now ${JSON.stringify(store.getSnapshot()).slice(0, 2000)}`),
      );
    }, PATIENCE_MS);
    const stop = store.subscribe(() => check());
    const finish = () => {
      clearTimeout(timer);
      // Not in the midst of subscribing.
      queueMicrotask(() => stop());
    };
    check();
  });
}

export const isOpen = (chat: Chat) => until(chat.connection, "open", ({ state }) => state === "open");

/** A chat that is open and knows its rooms. */
export async function openChat(user: User, url: string, options: Partial<ChatOptions> = {}): Promise<Chat> {
  const chat = chatOf(user, url, options);
  await isOpen(chat);
  await until(chat.rooms, "rooms", ({ isLoaded }) => isLoaded);
  return chat;
}

/** A room that somebody looks at. */
export async function look(chat: Chat, key: RoomKey) {
  const room = chat.room(key);
  room.subscribe(() => {});
  await until(room, "ready", ({ status }) => status === "ready");
  return room;
}

export const bodies = (messages: readonly RoomMessage[]) => messages.map(({ body }) => body);

/** localStorage, as far as the SDK cares. */
export function memoryStorage(kept = new Map<string, string>()) {
  return {
    kept,
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
}

/** A WebSocket of nobody's: the test plays the server. */
export class FakeSocket {
  static made: FakeSocket[] = [];
  /** When the server says that a token ends. */
  static endOf = () => "2099-01-01T00:00:00Z";
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  onerror: (() => void) | null = null;
  readonly sent: { type: string; ref?: string; [field: string]: unknown }[] = [];
  isClosed = false;

  constructor(readonly url: string) {
    FakeSocket.made.push(this);
    queueMicrotask(() => this.onopen?.());
  }

  send(text: string) {
    const frame = JSON.parse(text);
    this.sent.push(frame);
    if (frame.type === "auth") this.tell({ type: "ack", ref: frame.ref, data: { expires_at: FakeSocket.endOf() } });
    if (frame.type !== "resume") return;
    this.tell({ type: "resumed", data: { rooms: {}, lost: [], more: false } });
    this.tell({ type: "ack", ref: frame.ref, data: {} });
  }

  tell(frame: object) {
    queueMicrotask(() => this.onmessage?.({ data: JSON.stringify(frame) }));
  }

  close() {
    this.isClosed = true;
  }

  /** The other side closes. */
  end(code: number, reason = "") {
    this.onclose?.({ code, reason });
  }
}
