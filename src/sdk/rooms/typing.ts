// Tells a room that the user is typing: at the first keystroke and again every few seconds, as the server forgets after 6.
import { type Instant, now, since } from "../clock.ts";
import type { Connection } from "../connection/connection.ts";

const AGAIN_MS = 4_000;

export class Typing {
  private toldAt: Instant | null = null;

  constructor(
    private readonly kind: "conversation" | "group",
    private readonly roomId: number,
    private readonly connection: Connection,
  ) {}

  start() {
    if (!this.connection.isOpen || since(this.toldAt) < AGAIN_MS) return;
    this.toldAt = now();
    this.tell("typing.start");
  }

  stop() {
    if (since(this.toldAt) < AGAIN_MS * 2) this.tell("typing.stop");
    this.onSend();
  }

  /** The server ends it by itself when a message comes. */
  onSend() {
    this.toldAt = null;
  }

  private tell(type: string) {
    this.connection.notify({ type, [`${this.kind}_id`]: this.roomId });
  }
}
