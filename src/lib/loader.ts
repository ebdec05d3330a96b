// Look-ups of many callers in one query. A lone one leaves at once; while as many queries as allowed are under way, those who
// come meanwhile make the next one: the busier the server, the fewer queries a caller costs.

const MAX_BATCH = 100;
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

  /** `read` answers a value for each key, in their order; when it throws, each caller of the batch gets the error. */
  constructor(private readonly read: (keys: Key[]) => Promise<Value[]>) {}

  load(key: Key): Promise<Value> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ key, resolve, reject });
      if (this.underWay < MAX_UNDER_WAY && this.waiting.length === 1) void this.run();
    });
  }

  private async run() {
    this.underWay++;
    // Whoever else asks in this turn of the event loop joins.
    await Promise.resolve();
    const batch = this.waiting.splice(0, MAX_BATCH);
    try {
      const values = await this.read(batch.map(({ key }) => key));
      for (const [index, { resolve }] of batch.entries()) resolve(values[index]!);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
    this.underWay--;
    if (this.waiting.length > 0) void this.run();
  }
}
