// Compares what clients were told with what is stored. Knows nothing of servers or sockets: kill.ts feeds it, and its own test
// feeds it histories with a fault in them.

export interface Place {
  id: number;
  seq: number;
  clientId: string;
}

/** One room: its history as stored, what senders were acknowledged, and what each connection saw, in the order of arrival. */
export interface RoomRecord {
  stored: Place[];
  acknowledged: Place[];
  seen: Place[][];
}

export interface Verdict {
  acknowledged: number;
  seen: number;
  stored: number;
  /** Acknowledged, but not stored at that place. */
  acknowledgedButLost: number;
  /** Shown to somebody, but not stored at that place. */
  seenButLost: number;
  /** Stored twice under one client_id, or shown twice on one connection. */
  doubled: number;
  /** Shown on a connection after something with a higher seq. */
  outOfOrder: number;
  /** Shown on a connection in another order than the history has it. */
  differingOrders: number;
  /** Places between the first and the last message of a room that nothing stands at. */
  gaps: number;
}

export const FAULTS = [
  "acknowledgedButLost",
  "seenButLost",
  "doubled",
  "outOfOrder",
  "differingOrders",
  "gaps",
] as const;

/** The sums over all rooms; each of FAULTS must be 0. */
export function check(rooms: RoomRecord[]): Verdict {
  const verdict: Verdict = {
    acknowledged: 0,
    seen: 0,
    stored: 0,
    acknowledgedButLost: 0,
    seenButLost: 0,
    doubled: 0,
    outOfOrder: 0,
    differingOrders: 0,
    gaps: 0,
  };
  for (const { stored, acknowledged, seen } of rooms) {
    const bySeq = new Map(stored.map((place) => [place.seq, place]));
    const rank = new Map(stored.map(({ id }, i) => [id, i]));
    const isStored = ({ id, seq, clientId }: Place) =>
      bySeq.get(seq)?.id === id && bySeq.get(seq)?.clientId === clientId;
    verdict.stored += stored.length;
    verdict.acknowledged += acknowledged.length;
    verdict.acknowledgedButLost += acknowledged.filter((place) => !isStored(place)).length;
    verdict.doubled += stored.length - new Set(stored.map((place) => place.clientId)).size;
    const seqs = stored.map((place) => place.seq).toSorted((a, b) => a - b);
    if (seqs.length > 0) verdict.gaps += seqs.at(-1)! - seqs[0]! + 1 - new Set(seqs).size;
    for (const connection of seen) {
      verdict.seen += connection.length;
      verdict.seenButLost += connection.filter((place) => !isStored(place)).length;
      verdict.doubled += connection.length - new Set(connection.map((place) => place.seq)).size;
      verdict.outOfOrder += fallingSteps(connection.map((place) => place.seq));
      verdict.differingOrders += fallingSteps(connection.flatMap(({ id }) => rank.get(id) ?? []));
    }
  }
  return verdict;
}

const fallingSteps = (numbers: number[]) => numbers.filter((number, i) => i > 0 && number < numbers[i - 1]!).length;
