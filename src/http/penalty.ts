// Makes callers past their rate wait for the refusal. A flood that sends as fast as it is answered would spend the server's time on
// refusing it; so each of its connections gets a few refusals a second.

const DELAY_MS = 250;
/** As many at once wait; what comes on top is refused at once, so that waiting costs a bounded amount of memory. */
const PLACES = 1_000;

export class Penalty {
  private waiting = 0;

  /** Runs `charge`; what it throws is thrown later. */
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
