// The highest value that was heard of in the last seconds, by id: for what may arrive out of order, or before it is asked for.

const AGE_MS = 5_000;
const MAX_IDS = 20_000;

/** Values are compared by `>`. */
export class Recent<Value extends number | string> {
  private young = new Map<number, Value>();
  private old = new Map<number, Value>();
  private agedAt = 0;

  /** Past some number of ids new ones are not kept. */
  note(id: number, value: Value) {
    const known = this.get(id);
    if (known !== undefined && known >= value) return;
    if (this.young.size < MAX_IDS || this.young.has(id)) this.young.set(id, value);
  }

  get(id: number): Value | undefined {
    // What is noted again is higher.
    return this.young.get(id) ?? this.old.get(id);
  }

  /** Forgets what was heard between AGE_MS and twice that ago. */
  age(now: number) {
    if (now - this.agedAt < AGE_MS) return;
    this.agedAt = now;
    this.old = this.young;
    this.young = new Map();
  }

  clear() {
    this.young.clear();
    this.old.clear();
  }
}
