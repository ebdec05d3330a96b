// The token: which one is in use, when it ends, and how the next one is come by, before the end or after a refusal.
import { type Backoff, delayOf } from "../backoff.ts";
import { type Instant, now, since } from "../clock.ts";
import { asChatError } from "../errors.ts";

/** Answers a new token of the same user, or null when there is none to be had. Throws when it is worth another try. */
export type RenewToken = () => Promise<string | null>;

// So long before its end a token is renewed; of a short life a fifth.
const MARGIN_MS = 60_000;
// To a clock that runs ahead each new token is nearly over; renewals are no closer than this, whatever it says. The server
// ends what is over all the same.
const PAUSE_MS = 30_000;
// setTimeout takes no more than 2^31 - 1 milliseconds.
const LONGEST_TIMER_MS = 2_000_000_000;

export class Session {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private renewing: Promise<boolean> | null = null;
  private expiresAt = Number.POSITIVE_INFINITY;
  private renewedAt: Instant | null = null;

  /** `onToken` is called with each token after the first. */
  constructor(
    public token: string,
    private readonly options: { renewToken: RenewToken | null; backoff: Backoff; onToken(token: string): void },
  ) {}

  get canRenew() {
    return this.options.renewToken !== null;
  }

  /**
   * When the token ends that the server has just accepted. One that is over already by our clock is not: the clock is wrong,
   * and the server will tell when it is.
   */
  endsAt(moment: string) {
    clearTimeout(this.timer);
    this.expiresAt = Date.parse(moment);
    const left = this.expiresAt - Date.now();
    if (Number.isNaN(left)) this.expiresAt = Number.POSITIVE_INFINITY; // The server tells when it is over.
    if (!(left > 0)) return;
    const pause = PAUSE_MS - since(this.renewedAt);
    this.schedule(Math.max(left - Math.min(MARGIN_MS, left / 5), pause), 0);
  }

  use(token: string) {
    if (token === this.token) return;
    this.token = token;
    clearTimeout(this.timer);
    this.options.onToken(token);
  }

  /** Whether there is another token than the one that was refused; throws when that could not be found out. */
  async replace(refused: string): Promise<boolean> {
    if (refused !== this.token) return true;
    const { renewToken } = this.options;
    if (!renewToken) return false;
    this.renewing ??= (async () => {
      try {
        const token = await renewToken();
        if (token === null || token === refused) return this.token !== refused;
        this.renewedAt = now();
        this.use(token);
        return true;
      } finally {
        this.renewing = null;
      }
    })();
    return this.renewing;
  }

  stop() {
    clearTimeout(this.timer);
  }

  private schedule(ms: number, attempt: number) {
    clearTimeout(this.timer);
    if (!this.options.renewToken) return;
    this.timer = setTimeout(
      () => {
        if (ms > LONGEST_TIMER_MS) return this.schedule(ms - LONGEST_TIMER_MS, attempt);
        this.replace(this.token).catch((error) => {
          // After the end the server closes the socket, and the connection asks once more.
          if (Date.now() < this.expiresAt && asChatError(error).isTransient)
            this.schedule(delayOf(attempt, this.options.backoff), attempt + 1);
        });
      },
      Math.min(ms, LONGEST_TIMER_MS),
    );
  }
}
