// Connections whose user is not known yet, bounded by the network they come from: how many there are, and how much they may send
// ahead while their token is being checked.
import { FRAME_LIMIT, IN_FLIGHT_LIMIT, UNAUTHENTICATED_LIMIT } from "../protocol/limits.ts";

// Four sockets' worth of the longest frames, or thousands of the usual ones: after a restart a whole office comes at once.
const BYTES_PER_NETWORK = 4 * IN_FLIGHT_LIMIT * FRAME_LIMIT;
const BYTES_IN_ALL = 4 * BYTES_PER_NETWORK;

interface Usage {
  sockets: number;
  bytes: number;
}

/** What the unauthenticated connections of each network take up. */
export class UnauthenticatedUsage {
  private readonly networks = new Map<string, Usage>();
  private bytes = 0;

  /** With `enabled` false no socket is refused. */
  constructor(private readonly enabled: boolean) {}

  /** False when the network has too many sockets already; otherwise it must be released. */
  acquireSocket(network: string): boolean {
    const usage = this.usageOf(network);
    if (this.enabled && usage.sockets >= UNAUTHENTICATED_LIMIT) return false;
    usage.sockets++;
    return true;
  }

  releaseSocket(network: string) {
    this.usageOf(network).sockets--;
    this.forgetUnused(network);
  }

  /** Whether a frame of this size may wait; if so it must be released. */
  acquireBytes(network: string, size: number): boolean {
    const usage = this.usageOf(network);
    const isFull = usage.bytes + size > BYTES_PER_NETWORK || this.bytes + size > BYTES_IN_ALL;
    if (!isFull) {
      usage.bytes += size;
      this.bytes += size;
    }
    this.forgetUnused(network);
    return !isFull;
  }

  releaseBytes(network: string, size: number) {
    this.usageOf(network).bytes -= size;
    this.bytes -= size;
    this.forgetUnused(network);
  }

  private usageOf(network: string): Usage {
    let usage = this.networks.get(network);
    if (!usage) {
      usage = { sockets: 0, bytes: 0 };
      this.networks.set(network, usage);
    }
    return usage;
  }

  private forgetUnused(network: string) {
    const { sockets, bytes } = this.usageOf(network);
    if (sockets === 0 && bytes === 0) this.networks.delete(network);
  }
}

/** What one connection needs until it is open: its share of the network's usage, and the frames that came early. */
export class Unauthenticated {
  private isCounted = false;
  private earlyFrames: string[] = [];

  constructor(
    private readonly usage: UnauthenticatedUsage,
    readonly network: string,
  ) {}

  /** False when its network has too many already. */
  acquire(): boolean {
    this.isCounted = this.usage.acquireSocket(this.network);
    return this.isCounted;
  }

  /** Its user is known, or it is closed. */
  release() {
    if (this.isCounted) this.usage.releaseSocket(this.network);
    this.isCounted = false;
  }

  /** Keeps a frame, unparsed, until the connection is open. False when the network has too much waiting. */
  keepEarlyFrame(raw: string): boolean {
    if (!this.usage.acquireBytes(this.network, raw.length)) return false;
    this.earlyFrames.push(raw);
    return true;
  }

  get earlyFrameCount(): number {
    return this.earlyFrames.length;
  }

  /** The frames that were kept, in order. */
  takeEarlyFrames(): string[] {
    const { earlyFrames } = this;
    this.earlyFrames = [];
    for (const raw of earlyFrames) this.usage.releaseBytes(this.network, raw.length);
    return earlyFrames;
  }
}
