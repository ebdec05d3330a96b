// Chance that can be repeated: the same seed gives the same faults in the same order. Each actor draws from a stream of its
// own, so that one who is slower today changes nothing for the others.

export class Chance {
  private state: number;

  constructor(
    private readonly seed: number,
    name: string,
  ) {
    this.state = Number(Bun.hash(`${seed} ${name}`) & 0xffff_ffffn);
  }

  /** A stream of its own for this actor. */
  of = (name: string) => new Chance(this.seed, name);

  /** From 0 to less than 1 (mulberry32). */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }

  between = (low: number, high: number) => low + (high - low) * this.next();

  happens = (probability: number) => this.next() < probability;

  pick = <T>(from: readonly T[]): T => from[Math.floor(this.next() * from.length)]!;

  /** One of the keys, each as often as its weight says. */
  weighted<T extends string>(weights: Record<T, number>): T {
    const entries = Object.entries(weights) as [T, number][];
    let left = this.next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [key, weight] of entries) {
      left -= weight;
      if (left < 0) return key;
    }
    return entries.at(-1)![0];
  }

  /** All of them, in random order. */
  shuffled<T>(from: readonly T[]): T[] {
    const left = [...from];
    return from.map(() => left.splice(Math.floor(this.next() * left.length), 1)[0]!);
  }

  /** The keys for ever, shuffled like a pack of cards in which each stands as often as its weight says. */
  *deck<T extends string>(weights: Partial<Record<T, number>>): Generator<T> {
    const cards = (Object.entries(weights) as [T, number][]).flatMap(([key, weight]) => Array<T>(weight).fill(key));
    while (cards.length > 0) yield* this.shuffled(cards);
  }
}
