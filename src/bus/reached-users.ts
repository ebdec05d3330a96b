// Which users have a socket open on another server, so that a direct message to one of them is stored as delivered at once rather than
// marked by that server in a second write. A server vouches for a user when it hears of a message that is not delivered to them yet,
// and withdraws that in the turn in which their last socket closes. It is believed only while it is known to be recent: each server's
// pulses repeat the last one that it heard of every other server, so that a server knows how old at most that is what it knows, be the
// other one dead, cut off or slow. What a server says is numbered, so that nothing is believed any more once something was lost.
// Only ClusterBus uses it.
import { type Clock, SYSTEM_CLOCK } from "./clock.ts";

/** `number` counts what this server has said of its users so far. */
export type ReachEntry =
  | { type: "reach"; number: number; userId: number; isReached: boolean }
  /** `sentAt` by the sender's clock; of `echoes` each is the last one heard of that server. */
  | { type: "pulse"; number: number; sentAt: number; echoes: readonly (readonly [nodeId: string, sentAt: number])[] };

// In milliseconds. What is older than MAX_AGE_MS is not believed, which bounds how long a server that was killed is still believed.
const PULSE_MS = 250;
const MAX_AGE_MS = 1_000;
// A user for whom nothing was undelivered for so long is vouched for anew when something is.
const VOUCH_MS = 60_000;
const MAX_USERS = 50_000;
// Once a turn or so, however many messages it brings.
const REPEAT_MS = 50;
const MAX_ECHOES = 100;

/** Another server, as far as it can be believed. */
interface Peer {
  /** The last number that was heard. */
  number: number;
  /** Its last pulse, by its clock; null before the first. */
  pulse: number | null;
  heardAt: number;
  /** All that it had said by then is known, by the clock of this server. */
  knownAt: number;
  /** Something that it said was missed: nothing that it said before is believed any more. */
  isOver: boolean;
}

type Reach = Extract<ReachEntry, { type: "reach" }>;
type Pulse = Extract<ReachEntry, { type: "pulse" }>;

export interface ReachedUsersParts {
  nodeId: string;
  /** Tells the other servers. */
  send(entry: ReachEntry): void;
  clock?: Clock;
}

export class ReachedUsers {
  private readonly peers = new Map<string, Peer>();
  /** Users of other servers, and which of them has said so. */
  private readonly users = new Map<number, Peer>();
  /** Users of this server for whom it vouches, and since when; the oldest first. */
  private readonly vouched = new Map<number, number>();
  private number = 0;
  /** Pulses are sent until then. */
  private activeUntil = Number.NEGATIVE_INFINITY;
  private cancelPulse: (() => void) | null = null;
  /** Whether `users` holds some of servers that are not believed any more. */
  private hasDoubtful = false;
  private readonly clock: Clock;

  constructor(private readonly parts: ReachedUsersParts) {
    this.clock = parts.clock ?? SYSTEM_CLOCK;
  }

  /** Whether a user had a socket open on another server a moment ago. */
  has(userId: number): boolean {
    const peer = this.users.get(userId);
    return peer !== undefined && this.clock.now() - peer.knownAt <= MAX_AGE_MS;
  }

  /** A message is undelivered to a user who has a socket open here. */
  vouch(userId: number) {
    const now = this.clock.now();
    const since = this.vouched.get(userId);
    if (since === undefined ? this.vouched.size >= MAX_USERS : now - since < REPEAT_MS) return;
    this.vouched.delete(userId); // To the end: they are in order of time.
    this.vouched.set(userId, now);
    this.say(userId, true);
    this.stayActive(now);
  }

  /** The last socket of a user here has closed. */
  withdraw(userId: number) {
    if (this.vouched.delete(userId)) this.say(userId, false);
  }

  onEntry(entry: ReachEntry, sender: string) {
    const known = this.peers.get(sender);
    if (entry.type === "pulse") this.onPulse(entry, sender, known);
    else if (!known || entry.number > known.number) this.onReach(entry, sender, known);
  }

  /** Forgets everything: the history has changed, and ids may stand for others. */
  clear() {
    this.peers.clear();
    this.users.clear();
    for (const userId of [...this.vouched.keys()]) this.withdraw(userId);
  }

  close() {
    this.cancelPulse?.();
  }

  private onReach({ number, userId, isReached }: Reach, sender: string, known: Peer | undefined) {
    const peer = known && number === known.number + 1 ? known : this.meet(sender, known);
    const now = this.clock.now();
    peer.number = number;
    peer.heardAt = now;
    if (isReached) {
      if (this.users.size < MAX_USERS || this.users.has(userId)) this.users.set(userId, peer);
      this.stayActive(now);
    } else if (this.users.get(userId) === peer) this.users.delete(userId);
  }

  private onPulse({ number, sentAt, echoes }: Pulse, sender: string, known: Peer | undefined) {
    // Another one has overtaken it.
    if (known && (number < known.number || sentAt < (known.pulse ?? 0))) return;
    const peer = known?.number === number ? known : this.meet(sender, known);
    peer.number = number;
    peer.pulse = sentAt;
    peer.heardAt = this.clock.now();
    for (const [nodeId, own] of echoes) if (nodeId === this.parts.nodeId) peer.knownAt = Math.max(peer.knownAt, own);
  }

  /** A server that is not known, or of which something was missed. */
  private meet(sender: string, known: Peer | undefined): Peer {
    if (known) this.doubt(known);
    const pulse = known?.pulse ?? null;
    const peer = { number: 0, pulse, heardAt: 0, knownAt: Number.NEGATIVE_INFINITY, isOver: false };
    this.peers.set(sender, peer);
    return peer;
  }

  private doubt(peer: Peer) {
    peer.isOver = true;
    peer.knownAt = Number.NEGATIVE_INFINITY;
    this.hasDoubtful = true;
  }

  private say(userId: number, isReached: boolean) {
    this.parts.send({ type: "reach", number: ++this.number, userId, isReached });
  }

  private stayActive(now: number) {
    this.activeUntil = now + VOUCH_MS;
    if (!this.cancelPulse) this.pulse();
  }

  private pulse() {
    const now = this.clock.now();
    for (const [userId, since] of this.vouched) {
      if (now - since < VOUCH_MS) break; // In order of time.
      this.withdraw(userId);
    }
    const echoes: [string, number][] = [];
    for (const [nodeId, peer] of this.peers) {
      if (now - peer.heardAt > VOUCH_MS) {
        this.peers.delete(nodeId);
        this.doubt(peer);
      } else if (peer.pulse !== null && echoes.length < MAX_ECHOES) echoes.push([nodeId, peer.pulse]);
    }
    this.forgetDoubtful();
    this.parts.send({ type: "pulse", number: this.number, sentAt: Math.floor(now), echoes });
    this.cancelPulse = now < this.activeUntil ? this.clock.after(PULSE_MS, () => this.pulse()) : null;
  }

  private forgetDoubtful() {
    if (!this.hasDoubtful) return;
    this.hasDoubtful = false;
    for (const [userId, { isOver }] of this.users) if (isOver) this.users.delete(userId);
  }
}
