// Batches look-ups of many callers into one query. A single one is sent at once; while as many queries as allowed are running, those
// that come meanwhile make the next one: the busier the server, the fewer queries per caller.

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

export interface LoaderOptions<Key> {
  /** Whether an error concerns every key of the query, such as that the database is unavailable. By default none does. */
  isShared?(error: unknown): boolean;
  /** How much a key asks for, by which a query is bounded; 1 by default. */
  weigh?(key: Key): number;
}

export class Loader<Key, Value> {
  private waiting: Waiting<Key, Value>[] = [];
  private underWay = 0;

  /**
   * `read` returns a value for each key, in their order. When it throws for several keys, each is tried alone, so that an error
   * that concerns one fails no other caller; a shared error fails all at once.
   */
  constructor(
    private readonly read: (keys: Key[]) => Promise<Value[]>,
    private readonly options: LoaderOptions<Key> = {},
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
      weight += this.options.weigh?.(this.waiting[size]!.key) ?? 1;
      if (weight > MAX_WEIGHT && size > 0) break;
    }
    return this.waiting.splice(0, size);
  }

  private async answer(batch: Waiting<Key, Value>[]): Promise<void> {
    try {
      const values = await this.read(batch.map(({ key }) => key));
      for (const [index, { resolve }] of batch.entries()) resolve(values[index]!);
    } catch (error) {
      if (batch.length > 1 && !this.options.isShared?.(error)) for (const one of batch) await this.answer([one]);
      else for (const { reject } of batch) reject(error);
    }
  }
}
