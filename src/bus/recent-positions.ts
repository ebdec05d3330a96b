// Positions of rooms that nobody here follows, as heard in the last seconds: whoever is about to follow one has read its position
// already, and must not miss what was committed since.

const AGE_MS = 5_000;
const MAX_ROOMS = 20_000;

export class RecentPositions {
  private young = new Map<number, number>();
  private old = new Map<number, number>();
  private agedAt = 0;

  note(roomId: number, seq: number) {
    if (seq > this.get(roomId) && (this.young.size < MAX_ROOMS || this.young.has(roomId))) this.young.set(roomId, seq);
  }

  /** 0 for a room of which nothing was heard. */
  get(roomId: number): number {
    return Math.max(this.young.get(roomId) ?? 0, this.old.get(roomId) ?? 0);
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
