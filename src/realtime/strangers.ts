// Connections whose user is not known yet, bounded by the network they come from: how many there are, and what they may let
// wait while their token is being checked.
import { FRAME_LIMIT, IN_FLIGHT_LIMIT, STRANGERS_LIMIT } from "./protocol/limits.ts";

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

  /** With `enabled` false nothing is refused. */
  constructor(private readonly enabled: boolean) {}

  /** False when the network has too many already; else the connection must `leave`. */
  enter(network: string): boolean {
    const count = this.counts.get(network) ?? { sockets: 0, bytes: 0 };
    if (this.enabled && count.sockets >= STRANGERS_LIMIT) return false;
    count.sockets++;
    this.counts.set(network, count);
    return true;
  }

  leave(network: string) {
    const count = this.counts.get(network)!;
    count.sockets--;
    this.tidy(network, count);
  }

  /** Whether a frame of this size may wait; if so it must be given back. Only for a network that has entered. */
  keep(network: string, size: number): boolean {
    const count = this.counts.get(network) ?? { sockets: 0, bytes: 0 };
    if (count.bytes + size > BYTES_PER_NETWORK || this.bytes + size > BYTES_IN_ALL) return false;
    count.bytes += size;
    this.bytes += size;
    this.counts.set(network, count);
    return true;
  }

  giveBack(network: string, size: number) {
    const count = this.counts.get(network)!;
    count.bytes -= size;
    this.bytes -= size;
    this.tidy(network, count);
  }

  private tidy(network: string, { sockets, bytes }: Count) {
    if (sockets === 0 && bytes === 0) this.counts.delete(network);
  }
}
