// Notices a connection that has died in silence: after a time without a frame it pings, and without a response it gives up.
import { type Instant, now, since } from "../clock.ts";

export interface HeartbeatOptions {
  /** Milliseconds without a frame until the server is pinged. */
  heartbeatMs: number;
  /** Milliseconds without a response until the connection counts as dead. */
  responseTimeoutMs: number;
}

export interface HeartbeatParts {
  isOpen(): boolean;
  /** When the oldest request without a response was sent. */
  oldestRequest(): Instant | undefined;
  ping(): void;
  onDead(): void;
}

export class Heartbeat {
  readonly #options: HeartbeatOptions;
  readonly #parts: HeartbeatParts;
  #lastFrameAt = now();
  /** Null when no pong is due. */
  #pingedAt: Instant | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(options: HeartbeatOptions, parts: HeartbeatParts) {
    this.#options = options;
    this.#parts = parts;
  }

  start() {
    this.onFrame();
    const { heartbeatMs, responseTimeoutMs } = this.#options;
    // Often enough that neither time is exceeded by much.
    this.#timer = setInterval(() => this.#check(), Math.min(heartbeatMs, responseTimeoutMs) / 4);
  }

  stop() {
    clearInterval(this.#timer);
  }

  onFrame() {
    this.#lastFrameAt = now();
    this.#pingedAt = null;
  }

  /** Pings after a shorter silence: the device may have slept. */
  probe() {
    if (since(this.#lastFrameAt) > this.#options.heartbeatMs / 5) this.#ping();
  }

  #check() {
    const { heartbeatMs, responseTimeoutMs } = this.#options;
    const isOpen = this.#parts.isOpen();
    const awaitedSince = isOpen ? [this.#pingedAt, this.#parts.oldestRequest()] : [this.#lastFrameAt];
    if (awaitedSince.some((at) => at && since(at) > responseTimeoutMs)) this.#parts.onDead();
    else if (isOpen && since(this.#lastFrameAt) > heartbeatMs) this.#ping();
  }

  #ping() {
    if (this.#pingedAt !== null) return;
    this.#pingedAt = now();
    this.#parts.ping();
  }
}
