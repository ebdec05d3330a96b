// Look-ups of many callers in one query. A lone one leaves at once; while as many queries as allowed are under way, those who
// come meanwhile make the next one: the busier the server, the fewer queries a caller costs.

import { isTransientDatabaseError } from "../db/errors.ts";

const MAX_BATCH = 100;
// What the keys of a batch weigh together; a heavier one goes alone. Where keys ask for rows: some megabytes at a usual length.
const MAX_WEIGHT = 2_000;
// Two keep PostgreSQL busy while an answer travels; more would only make the batches smaller.
const MAX_UNDER_WAY = 2;

interface Waiting<Key, Value> {
  key: Key;
  resolve(value: Value): void;
  reject(error: unknown): void;
}

export class Loader<Key, Value> {
  private waiting: Waiting<Key, Value>[] = [];
  private underWay = 0;

  /**
   * `read` answers a value for each key, in their order. When it throws for several, each is tried alone, so that what is wrong
   * with one is no other caller's trouble; unless the database is away, which is everybody's. `weigh` tells how much a key asks for.
   */
  constructor(
    private readonly read: (keys: Key[]) => Promise<Value[]>,
    private readonly weigh: (key: Key) => number = () => 1,
  ) {}

  load(key: Key): Promise<Value> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ key, resolve, reject });
      if (this.underWay < MAX_UNDER_WAY && this.waiting.length === 1) void this.run();
    });
  }

  /** Refuses those whose query has not been sent yet. */
  cancel(error: unknown) {
    for (const { reject } of this.waiting.splice(0)) reject(error);
  }

  private async run() {
    this.underWay++;
    // Whoever else asks in this turn of the event loop joins.
    await Promise.resolve();
    const batch = this.takeBatch();
    if (batch.length > 0) await this.answer(batch);
    this.underWay--;
    if (this.waiting.length > 0) void this.run();
  }

  private takeBatch(): Waiting<Key, Value>[] {
    let size = 0;
    let weight = 0;
    for (; size < Math.min(MAX_BATCH, this.waiting.length); size++) {
      weight += this.weigh(this.waiting[size]!.key);
      if (weight > MAX_WEIGHT && size > 0) break;
    }
    return this.waiting.splice(0, size);
  }

  private async answer(batch: Waiting<Key, Value>[]): Promise<void> {
    try {
      const values = await this.read(batch.map(({ key }) => key));
      for (const [index, { resolve }] of batch.entries()) resolve(values[index]!);
    } catch (error) {
      if (batch.length > 1 && !isTransientDatabaseError(error)) for (const one of batch) await this.answer([one]);
      else for (const { reject } of batch) reject(error);
    }
  }
}
