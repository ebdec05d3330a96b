// Delays the refusals of callers past their rate. A flood that sends as fast as it is answered would spend the server's time on
// refusals; this way each of its connections gets a few a second.

const DELAY_MS = 250;
/** So many wait at once; others are refused immediately, so that waiting costs a bounded amount of memory. */
const PLACES = 1_000;

export class Penalty {
  private waiting = 0;

  /** Runs `charge`; an error of it is thrown after a delay. */
  async around(charge: () => void): Promise<void> {
    try {
      charge();
    } catch (refusal) {
      if (this.waiting < PLACES) {
        this.waiting++;
        await Bun.sleep(DELAY_MS);
        this.waiting--;
      }
      throw refusal;
    }
  }
}
