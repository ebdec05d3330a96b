// Listeners for one kind of event of the application's interest.
import { callSafely } from "./store.ts";

export class Emitter<Event> {
  readonly #listeners = new Set<(event: Event) => void>();

  /** Returns a function that removes the listener. */
  readonly on = (listener: (event: Event) => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  emit(event: Event) {
    for (const listener of [...this.#listeners]) callSafely(() => listener(event));
  }
}
