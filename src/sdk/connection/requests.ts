// Commands that await their `ack` or `error`, by ref.
import { type Instant, now } from "../clock.ts";
import { type ChatError, errorFrom, networkError } from "../errors.ts";
import type { FrameOf } from "../wire.ts";

interface Request {
  resolve(data: unknown): void;
  reject(error: ChatError): void;
  sentAt: Instant;
}

export class Requests {
  #lastRef = 0;
  readonly #pending = new Map<string, Request>();

  /** When the oldest of them was sent. */
  get oldest(): Instant | undefined {
    return this.#pending.values().next().value?.sentAt;
  }

  /** Calls `send` with a new ref. Resolves with the data of the `ack`; rejects with the refusal, or `network`. */
  add(send: (ref: string) => void): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const ref = String(++this.#lastRef);
      this.#pending.set(ref, { resolve, reject, sentAt: now() });
      send(ref);
    });
  }

  settle(frame: FrameOf<"ack" | "error">) {
    const ref = frame.ref ?? "";
    const request = this.#pending.get(ref);
    this.#pending.delete(ref);
    if (frame.type === "ack") request?.resolve(frame.data);
    else request?.reject(errorFrom(frame));
  }

  /** The connection is lost. */
  rejectAll() {
    for (const { reject } of this.#pending.values()) reject(networkError());
    this.#pending.clear();
  }
}
