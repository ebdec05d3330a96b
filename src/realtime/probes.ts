// Makes room for a user whose sockets are too many only because some of their clients vanished without closing: a phone that
// lost its network leaves a connection that looks open for two minutes.
import { EXTRA_SOCKETS, type SocketTimes } from "../protocol/limits.ts";
import type { HubConnection } from "./types.ts";

interface Probe {
  /** The sockets that were pinged. */
  pinged: HubConnection[];
  timer: Timer;
}

interface Parts {
  socketsPerUser: number;
  times: SocketTimes;
  /** The user's sockets, the oldest first. */
  socketsOf(userId: number): ReadonlySet<HubConnection>;
}

export class Probes {
  private readonly underWay = new Map<number, Probe>();

  constructor(private readonly parts: Parts) {}

  /** Whether one socket too many is let in, until those that were silent have had their time to respond. */
  admit(userId: number): boolean {
    const sockets = this.parts.socketsOf(userId);
    if (sockets.size >= this.parts.socketsPerUser + EXTRA_SOCKETS) return false;
    if (this.underWay.has(userId)) return true;
    const pinged = this.pingSilent(userId);
    if (pinged.length === 0) return false;
    const timer = setTimeout(() => this.end(userId), this.parts.times.probe);
    this.underWay.set(userId, { pinged, timer });
    return true;
  }

  /** Pings those sockets of the user that nothing was received from, and returns them. */
  pingSilent(userId: number): HubConnection[] {
    const silent = [...this.parts.socketsOf(userId)].filter((socket) => this.isSilent(socket));
    for (const socket of silent) socket.ping();
    return silent;
  }

  /** Terminates those of the pinged sockets that are still silent; then as many of the newest as are still too many. */
  closeExcess(userId: number, pinged: HubConnection[], tooMany: number) {
    const open = this.parts.socketsOf(userId);
    const before = open.size;
    for (const socket of pinged) if (open.has(socket) && this.isSilent(socket)) socket.terminate();
    const left = [...open];
    const closing = tooMany - (before - left.length);
    if (closing > 0) for (const newest of left.slice(-closing).reverse()) newest.end("too_many_sockets");
  }

  close() {
    for (const { timer } of this.underWay.values()) clearTimeout(timer);
    this.underWay.clear();
  }

  private end(userId: number) {
    const { pinged } = this.underWay.get(userId)!;
    this.underWay.delete(userId);
    // A socket that has responded is no longer silent.
    for (const socket of pinged) if (this.isSilent(socket)) socket.terminate();
    const sockets = [...this.parts.socketsOf(userId)];
    for (const newest of sockets.slice(this.parts.socketsPerUser).reverse()) newest.end("too_many_sockets");
  }

  private isSilent({ silentSweeps }: HubConnection) {
    const { silence, sweep } = this.parts.times;
    return silentSweeps * sweep >= silence;
  }
}
