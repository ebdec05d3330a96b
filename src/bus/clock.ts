// The time by which the sequencer waits; tests have one of their own.
export interface Clock {
  /** Milliseconds that also pass while the process is frozen. */
  now(): number;
  /** Returns a function that cancels it. Does not keep the process alive. */
  after(ms: number, work: () => void): () => void;
}

export const sleep = (clock: Clock, ms: number) =>
  new Promise<void>((resolve) => {
    clock.after(ms, resolve);
  });

export const SYSTEM_CLOCK: Clock = {
  now: () => performance.now(),
  after(ms, work) {
    const timer = setTimeout(work, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
