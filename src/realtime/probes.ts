// Makes room for a user whose sockets are too many only because some of their clients are gone without a word: a phone that
// lost its network leaves a connection that looks open for two minutes.

import { EXTRA_SOCKETS, type SocketTimes } from "../protocol/limits.ts";
import type { Connected } from "./hub.ts";

interface Probe {
  /** The sockets that were asked. */
  asked: Connected[];
  timer: Timer;
}

interface Parts {
  socketsPerUser: number;
  times: SocketTimes;
  /** The user's sockets, the oldest first. */
  socketsOf(userId: number): ReadonlySet<Connected>;
}

export class Probes {
  private readonly underWay = new Map<number, Probe>();

  constructor(private readonly parts: Parts) {}

  /** Whether one socket too many is let in, until those that were silent have had their time to answer. */
  admit(userId: number): boolean {
    const sockets = this.parts.socketsOf(userId);
    if (sockets.size >= this.parts.socketsPerUser + EXTRA_SOCKETS) return false;
    if (this.underWay.has(userId)) return true;
    const asked = [...sockets].filter((socket) => this.isSilent(socket));
    if (asked.length === 0) return false;
    for (const socket of asked) socket.ping();
    const timer = setTimeout(() => this.end(userId), this.parts.times.probe);
    this.underWay.set(userId, { asked, timer });
    return true;
  }

  close() {
    for (const { timer } of this.underWay.values()) clearTimeout(timer);
    this.underWay.clear();
  }

  private end(userId: number) {
    const { asked } = this.underWay.get(userId)!;
    this.underWay.delete(userId);
    // Those that were heard of since are silent no longer.
    for (const socket of asked) if (this.isSilent(socket)) socket.drop();
    const sockets = [...this.parts.socketsOf(userId)];
    for (const newest of sockets.slice(this.parts.socketsPerUser).reverse()) newest.end("too_many_sockets");
  }

  private isSilent({ silentSweeps }: Connected) {
    const { silence, sweep } = this.parts.times;
    return silentSweeps * sweep >= silence;
  }
}
