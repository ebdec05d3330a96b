// One WebSocket that comes back by itself: it connects, says its first words, notices when the line is dead, and connects
// again. What the frames mean is its owner's business (simulated-client.ts).
import type { Frame } from "../support/client.ts";
import type { Chance } from "../support/random.ts";

// The server waits 5 s for a database that is away, and one that was stopped for 3 s comes on top.
const OPEN_LIMIT_MS = 10_000;
// A healthy server answers a ping within milliseconds; a proxy adds up to half a second.
const SILENCE_LIMIT_MS = 3_000;
const PING_MS = 750;
const BACKOFF_MS = [20, 250] as const;

export interface LinkOwner {
  /** Where to connect, token included. */
  address(): string;
  /** The socket is open; the client began to connect at `calledAt` (ms since 1970). Answers what to say first. */
  onOpen(calledAt: number): unknown[];
  onFrame(frame: Frame): void;
  /** The socket is no more. */
  onDown(code: number, reason: string): void;
}

export class Link {
  private ws: WebSocket | null = null;
  private timer: Timer | null = null;
  private heardAt = 0;
  /** Whether the server has said anything on this socket. */
  private isHeard = false;

  constructor(
    private readonly owner: LinkOwner,
    private readonly chance: Chance,
  ) {}

  get isOpen() {
    return this.ws?.readyState === WebSocket.OPEN;
  }

  connect() {
    this.drop();
    const calledAt = Date.now();
    const ws = new WebSocket(this.owner.address().replace(/^http/, "ws"));
    this.ws = ws;
    this.heardAt = performance.now();
    this.isHeard = false;
    ws.onopen = () => {
      for (const frame of this.owner.onOpen(calledAt)) this.send(frame);
    };
    ws.onmessage = ({ data }) => {
      this.heardAt = performance.now();
      this.isHeard = true;
      this.owner.onFrame(JSON.parse(String(data)));
    };
    ws.onerror = () => {};
    ws.onclose = ({ code, reason }) => this.end(code, reason);
    this.timer = setInterval(() => this.beat(), PING_MS);
  }

  /** False when there is nobody to send to; true promises nothing. */
  send(frame: unknown): boolean {
    if (!this.isOpen) return false;
    this.ws!.send(JSON.stringify(frame));
    return true;
  }

  /** Breaks the line without a word, as a client that is killed does. It stays down until `connect`. */
  drop() {
    const { ws } = this;
    this.forget();
    ws?.terminate();
  }

  /** Comes back after a moment. */
  retry(waitMs = this.chance.between(...BACKOFF_MS)) {
    this.drop();
    this.timer = setTimeout(() => this.connect(), waitMs);
  }

  private beat() {
    const limit = this.isHeard ? SILENCE_LIMIT_MS : OPEN_LIMIT_MS;
    if (performance.now() - this.heardAt > limit) {
      this.ws?.terminate();
      this.end(1006, "silence");
    } else {
      this.send({ type: "ping" });
    }
  }

  private end(code: number, reason: string) {
    this.forget();
    this.owner.onDown(code, reason);
  }

  /** What the old socket still says reaches nobody. */
  private forget() {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    if (this.ws) this.ws.onopen = this.ws.onmessage = this.ws.onclose = null;
    this.ws = null;
  }
}
