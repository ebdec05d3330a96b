// Passes bytes on late, but in order: what a test's proxies delay.

export class DelayLine {
  private readonly queue: { bytes: Buffer; due: number }[] = [];

  constructor(private readonly write: (bytes: Buffer) => void) {}

  get isEmpty() {
    return this.queue.length === 0;
  }

  /** Passes these on after up to so many milliseconds, and not before those that came earlier. */
  pass(bytes: Buffer, upToMs: number) {
    if (upToMs === 0 && this.queue.length === 0) return this.write(bytes);
    this.queue.push({ bytes, due: performance.now() + Math.random() * upToMs });
    // One timer, so that nothing overtakes.
    if (this.queue.length === 1) this.pump();
  }

  private pump() {
    const { queue } = this;
    while (queue.length > 0 && queue[0]!.due <= performance.now()) this.write(queue.shift()!.bytes);
    if (queue.length > 0) setTimeout(() => this.pump(), Math.max(1, queue[0]!.due - performance.now()));
  }
}
