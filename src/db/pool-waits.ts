// What waits for a connection of the pool: transactions for their turn (retry.ts), and statements while all connections are taken.
// What gets a connection at once is not looked at.

/** The queue of postgres.js for what has no connection yet. */
export interface DriverQueue {
  readonly length: number;
  push(query: object): object;
  shift(): object | undefined;
  remove(query: object): object | null;
}

export class PoolWaits {
  /** How many wait now. */
  waiting = 0;

  /** `onEnd` is called with the seconds that something has waited. */
  constructor(private readonly onEnd: (seconds: number) => void = () => {}) {}

  /** Begins to count a wait; to be called what is returned, once, when it is over. */
  begin(): () => void {
    const began = performance.now();
    this.waiting++;
    return () => {
      this.waiting--;
      this.onEnd((performance.now() - began) / 1000);
    };
  }

  /** The queue, with what is in it counted. */
  watch(queue: DriverQueue): DriverQueue {
    const ends = new Map<object, () => void>();
    const end = <T extends object | null | undefined>(query: T): T => {
      if (query) {
        ends.get(query)?.();
        ends.delete(query);
      }
      return query;
    };
    return {
      get length() {
        return queue.length;
      },
      push: (query) => {
        ends.set(query, this.begin());
        return queue.push(query);
      },
      shift: () => end(queue.shift()),
      remove: (query) => end(queue.remove(query)),
    };
  }
}
