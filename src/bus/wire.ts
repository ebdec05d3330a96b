// What carries bundles between the servers on one database. A wire may lose, repeat, delay or reorder what it carries: the sequencer
// puts it in order, and reads what is missing from the database.

/** Of a lane (`l.3`: rooms, `u.11`: users). */
export type Subject = `l.${number}` | `u.${number}`;

export interface WireListener {
  /** A payload that another server sent; some wires bring back one's own. Must not throw. */
  onPayload(payload: string): void;
  /** Payloads may have been lost up to now: the connection is new, or was too slow. */
  onGap(): void;
}

export interface Wire {
  /** Called once: resolves when every payload that others send from then on comes to the listener. */
  start(listener: WireListener): Promise<void>;
  /** Sends a payload of at most `maxLength` bytes of UTF-8 to all others; drops it when the connection is down. Never throws. */
  send(subject: Subject, payload: string): void;
  /** Bytes of UTF-8 that a payload may have. */
  readonly maxLength: number;
  readonly isUp: boolean;
  /** Payloads that were not sent. */
  readonly dropped: number;
  close(): Promise<void>;
}
