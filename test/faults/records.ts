// What the checker compares: what is stored of a room, and what its clients were told and shown.

/** An event at its place in a room. `what` says which one it is, in the same words however it was learnt of. */
export interface Entry {
  seq: number;
  what: string;
  /** The sender's id of a message; null for other events. */
  clientId: string | null;
}

/** An entry, and when (ms since 1970) a client was shown it. */
export interface Shown extends Entry {
  at: number;
}

/** A row of the database. `at` is when it was written, by the same machine's clock. */
export interface Stored extends Entry {
  id: number;
  at: number;
  kind: string;
  actorId: number;
  /** What the message's text says its client_id is; null for other events, and once it is deleted. */
  mark: string | null;
  /** In membership events: whom it is about, and whether they are muted from then on. */
  member: { userId: number; isMuted: boolean } | null;
}

/**
 * What one client was shown of a room between two interruptions. It knew everything up to `from` and was to be shown
 * from + 1, from + 2, … in this order.
 */
export interface Visit {
  userId: number;
  /** When the client called. */
  calledAt: number;
  /** Whether it said so when it connected, so that nothing may come before the replay. */
  announced: boolean;
  from: number;
  /** Set when the client did not ask for `from` but was told to go on from there, by `room.joined`: what it knew before. */
  joinedAfter: number | null;
  /** Live events that came before the server had read the client's `resume`; the replay brings them again. */
  early: Shown[];
  shown: Shown[];
  /** How far the server said that it had brought the client; null when the line broke before that. */
  promised: number | null;
}

/** What a client read over HTTP after a `resync` from one position to another; `reached` is the last place it asked for. */
export interface Reading {
  userId: number;
  from: number;
  to: number;
  /** Null when it could not be read, such as by somebody removed meanwhile. */
  read: { after: number; reached: number; messages: Shown[] } | null;
}

/** One thing that happened to a message at its client, in words. */
export interface Step {
  at: number;
  what: string;
}

export interface RoomRecord {
  /** Who was in the room before its first event. */
  founders: number[];
  isGroup: boolean;
  stored: Stored[];
  acknowledged: Entry[];
  /** The client_ids of what each client wrote, in the order in which it sent them, and sent them again. */
  written: string[][];
  /** What became of each message at its client, by client_id, from its first sending on. */
  trails?: ReadonlyMap<string, readonly Step[]>;
  visits: Visit[];
  resyncs: Reading[];
  /** What was shown on sockets whose session had ended before, at `endedAt` by the same machine's clock. */
  shownAfterEnd: { seq: number; endedAt: number }[];
  /** Where each client ended, after a time of quiet. */
  ends: { userId: number; position: number }[];
}
