// Waits between two attempts, which end early once the connection is open, and fail once the chat is closed.
import { ChatError } from "../errors.ts";

interface Pause {
  end(): void;
  fail(): void;
}

export class Pauses {
  readonly #pending = new Set<Pause>();

  add(ms: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void) => () => {
        clearTimeout(timer);
        this.#pending.delete(pause);
        settle();
      };
      const pause = { end: finish(resolve), fail: finish(() => reject(closedError())) };
      const timer = setTimeout(pause.end, ms);
      this.#pending.add(pause);
    });
  }

  endAll() {
    for (const pause of [...this.#pending]) pause.end();
  }

  failAll() {
    for (const pause of [...this.#pending]) pause.fail();
  }
}

export const closedError = () => new ChatError("closed", "The chat is closed.");
