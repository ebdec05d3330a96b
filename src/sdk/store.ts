// Plain data that can be watched: the shape that React's useSyncExternalStore takes, and any signal can wrap.

export interface Store<T> {
  /** Calls the listener after each change, until the answered function is called. */
  subscribe(listener: () => void): () => void;
  /** The state as it is now. It is never changed in place: the same object means that nothing has changed. */
  getSnapshot(): T;
}

/** Calls listeners once for all that happens in one turn, so that nobody sees half of a change. */
export class Watched {
  private readonly listeners = new Set<() => void>();
  private isTelling = false;

  get isWatched() {
    return this.listeners.size > 0;
  }

  readonly subscribe = (listener: () => void) => {
    // A function of its own, so that one listener given twice is two.
    const own = () => listener();
    this.listeners.add(own);
    this.onWatch();
    return () => {
      if (this.listeners.delete(own) && this.listeners.size === 0) this.onUnwatch();
    };
  };

  protected tell() {
    if (this.isTelling) return;
    this.isTelling = true;
    queueMicrotask(() => {
      this.isTelling = false;
      for (const listener of [...this.listeners]) callSafely(listener);
    });
  }

  protected onWatch() {}
  protected onUnwatch() {}
}

/** A store whose state is set. */
export class Cell<T> extends Watched implements Store<T> {
  constructor(private value: T) {
    super();
  }

  readonly getSnapshot = () => this.value;

  set(value: T) {
    if (value === this.value) return;
    this.value = value;
    this.tell();
  }
}

/** A store whose state is put together when somebody asks. */
export abstract class Derived<T> extends Watched implements Store<T> {
  private snapshot: T | null = null;

  readonly getSnapshot = (): T => {
    this.snapshot ??= this.build();
    return this.snapshot;
  };

  protected abstract build(): T;

  /** What the state is put together from has changed. */
  protected changed() {
    this.snapshot = null;
    this.tell();
  }
}

/** An error in a listener is its author's to see, and no reason to skip the others. */
export function callSafely(listener: () => void) {
  try {
    listener();
  } catch (error) {
    Promise.reject(error);
  }
}
