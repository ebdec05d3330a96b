// Observable state: the shape that React's useSyncExternalStore takes, and any signal can wrap.

export interface Store<T> {
  /** Calls the listener after each change, until the returned function is called. */
  subscribe(listener: () => void): () => void;
  /** The current state. It is immutable: the same object means that nothing has changed. */
  getSnapshot(): T;
}

/** Calls listeners once for all changes of one turn, so that none sees half of a change. */
export class Subscribable {
  readonly #listeners = new Set<() => void>();
  #isNotifying = false;

  get hasSubscribers() {
    return this.#listeners.size > 0;
  }

  readonly subscribe = (listener: () => void) => {
    // Wrapped, so that a listener passed twice is two.
    const own = () => listener();
    this.#listeners.add(own);
    this.onSubscribe();
    return () => {
      if (this.#listeners.delete(own) && this.#listeners.size === 0) this.onLastUnsubscribe();
    };
  };

  protected notify() {
    if (this.#isNotifying) return;
    this.#isNotifying = true;
    queueMicrotask(() => {
      this.#isNotifying = false;
      for (const listener of [...this.#listeners]) callSafely(listener);
    });
  }

  protected onSubscribe() {}
  protected onLastUnsubscribe() {}
}

/** A store whose state is set. */
export class ValueStore<T> extends Subscribable implements Store<T> {
  #value: T;
  constructor(value: T) {
    super();
    this.#value = value;
  }

  readonly getSnapshot = () => this.#value;

  set(value: T) {
    if (value === this.#value) return;
    this.#value = value;
    this.notify();
  }
}

/** A store whose state is computed when it is read. */
export abstract class DerivedStore<T> extends Subscribable implements Store<T> {
  #snapshot: T | null = null;

  readonly getSnapshot = (): T => {
    this.#snapshot ??= this.build();
    return this.#snapshot;
  };

  protected abstract build(): T;

  /** What the state is computed from has changed. */
  protected changed() {
    this.#snapshot = null;
    this.notify();
  }
}

/** An error in a listener is reported as an unhandled rejection, and doesn't stop the others. */
export function callSafely(listener: () => void) {
  try {
    listener();
  } catch (error) {
    Promise.reject(error);
  }
}
