// Tells the server that the user is typing in a room: at the first keystroke, and again before the server's timeout.
import { TYPING_TIMEOUT_MS } from "../../protocol/limits.ts";
import { type Instant, now, since } from "../clock.ts";
import type { Connection } from "../connection/connection.ts";
import type { RoomKey } from "../wire.ts";
import { fieldsOf } from "./room-key.ts";

const REPEAT_MS = (TYPING_TIMEOUT_MS * 2) / 3;

export class Typing {
  readonly #room: RoomKey;
  readonly #connection: Connection;
  #sentAt: Instant | null = null;

  constructor(room: RoomKey, connection: Connection) {
    this.#room = room;
    this.#connection = connection;
  }

  start() {
    if (!this.#connection.isOpen || since(this.#sentAt) < REPEAT_MS) return;
    this.#sentAt = now();
    this.#notify("typing.start");
  }

  stop() {
    if (since(this.#sentAt) < REPEAT_MS * 2) this.#notify("typing.stop");
    this.onSend();
  }

  /** The server ends typing by itself when a message comes. */
  onSend() {
    this.#sentAt = null;
  }

  #notify(type: "typing.start" | "typing.stop") {
    this.#connection.notify({ type, ...fieldsOf(this.#room) });
  }
}
