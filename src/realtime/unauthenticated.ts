// Connections whose user is not known yet, bounded by the network they come from: how many there are, and what they may let
// wait while their token is being checked.
import { FRAME_LIMIT, IN_FLIGHT_LIMIT, STRANGERS_LIMIT } from "../protocol/limits.ts";

// Four sockets' worth of the longest frames, or thousands of the usual ones: after a restart a whole office comes at once.
const BYTES_PER_NETWORK = 4 * IN_FLIGHT_LIMIT * FRAME_LIMIT;
const BYTES_IN_ALL = 4 * BYTES_PER_NETWORK;

interface Count {
  sockets: number;
  bytes: number;
}

export class Strangers {
  private readonly counts = new Map<string, Count>();
  private bytes = 0;

  /** With `enabled` false no socket is refused. */
  constructor(private readonly enabled: boolean) {}

  /** False when the network has too many already; else the connection must `leave`. */
  enter(network: string): boolean {
    const count = this.countOf(network);
    if (this.enabled && count.sockets >= STRANGERS_LIMIT) return false;
    count.sockets++;
    return true;
  }

  leave(network: string) {
    this.countOf(network).sockets--;
    this.tidy(network);
  }

  /** Whether a frame of this size may wait; if so it must be given back. */
  keep(network: string, size: number): boolean {
    const count = this.countOf(network);
    const isFull = count.bytes + size > BYTES_PER_NETWORK || this.bytes + size > BYTES_IN_ALL;
    if (!isFull) {
      count.bytes += size;
      this.bytes += size;
    }
    this.tidy(network);
    return !isFull;
  }

  giveBack(network: string, size: number) {
    this.countOf(network).bytes -= size;
    this.bytes -= size;
    this.tidy(network);
  }

  private countOf(network: string): Count {
    let count = this.counts.get(network);
    if (!count) {
      count = { sockets: 0, bytes: 0 };
      this.counts.set(network, count);
    }
    return count;
  }

  private tidy(network: string) {
    const { sockets, bytes } = this.countOf(network);
    if (sockets === 0 && bytes === 0) this.counts.delete(network);
  }
}

/** One connection until it is open: whether it counts as a stranger, and the frames that came early. */
export class Stranger {
  private isCounted = false;
  private early: string[] = [];

  constructor(
    private readonly strangers: Strangers,
    readonly network: string,
  ) {}

  /** False when its network has too many already. */
  enter(): boolean {
    this.isCounted = this.strangers.enter(this.network);
    return this.isCounted;
  }

  /** Its user is known, or it is gone. */
  leave() {
    if (this.isCounted) this.strangers.leave(this.network);
    this.isCounted = false;
  }

  /** Keeps a frame, unparsed, until the connection is open. False when the network has too much waiting. */
  keep(raw: string): boolean {
    if (!this.strangers.keep(this.network, raw.length)) return false;
    this.early.push(raw);
    return true;
  }

  get waiting(): number {
    return this.early.length;
  }

  /** The frames that were kept, in order. */
  takeEarly(): string[] {
    const { early } = this;
    this.early = [];
    for (const raw of early) this.strangers.giveBack(this.network, raw.length);
    return early;
  }
}
