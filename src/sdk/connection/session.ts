// The token in use: when it expires, and how it is renewed before that or after a refusal.
import { type Backoff, delayOf } from "../backoff.ts";
import { type Instant, LONGEST_TIMER_MS, now, since } from "../clock.ts";
import { asChatError } from "../errors.ts";

/** Returns a new token of the same user, or null when there is none. Throws when another attempt may work. */
export type RenewToken = () => Promise<string | null>;

// A token is renewed so long before it expires; one of a short life when a fifth of it is left.
const MARGIN_MS = 60_000;
// By a clock that runs ahead each new token has nearly expired: renewals are at least so far apart. The server ends an expired
// session all the same.
const MIN_INTERVAL_MS = 30_000;

export class Session {
  readonly #options: { renewToken: RenewToken | null; backoff: Backoff; onToken(token: string): void };
  #timer: ReturnType<typeof setTimeout> | undefined;
  #renewing: Promise<boolean> | null = null;
  #expiresAt = Number.POSITIVE_INFINITY;
  #renewedAt: Instant | null = null;

  /** `onToken` is called with each token after the first. */
  constructor(
    public token: string,
    options: { renewToken: RenewToken | null; backoff: Backoff; onToken(token: string): void },
  ) {
    this.#options = options;
  }

  get canRenew() {
    return this.#options.renewToken !== null;
  }

  /**
   * The expiry of the token that the server has just accepted. When it is past by this device's clock, the clock is wrong;
   * the server reports when the session has ended.
   */
  setExpiry(moment: string) {
    clearTimeout(this.#timer);
    this.#expiresAt = Date.parse(moment);
    const left = this.#expiresAt - Date.now();
    if (Number.isNaN(left)) this.#expiresAt = Number.POSITIVE_INFINITY;
    if (!(left > 0)) return;
    const pause = MIN_INTERVAL_MS - since(this.#renewedAt);
    this.#schedule(Math.max(left - Math.min(MARGIN_MS, left / 5), pause), 0);
  }

  setToken(token: string) {
    if (token === this.token) return;
    this.token = token;
    clearTimeout(this.#timer);
    this.#options.onToken(token);
  }

  /** Returns whether there is another token than the refused one. Throws when renewing it failed. */
  async replace(refused: string): Promise<boolean> {
    if (refused !== this.token) return true;
    const { renewToken } = this.#options;
    if (!renewToken) return false;
    this.#renewing ??= (async () => {
      try {
        const token = await renewToken();
        if (token === null || token === refused) return this.token !== refused;
        this.#renewedAt = now();
        this.setToken(token);
        return true;
      } finally {
        this.#renewing = null;
      }
    })();
    return this.#renewing;
  }

  stop() {
    clearTimeout(this.#timer);
  }

  #schedule(ms: number, attempt: number) {
    clearTimeout(this.#timer);
    if (!this.#options.renewToken) return;
    this.#timer = setTimeout(
      () => {
        if (ms > LONGEST_TIMER_MS) return this.#schedule(ms - LONGEST_TIMER_MS, attempt);
        this.replace(this.token).catch((error) => {
          // After the expiry the server closes the socket, and the connection renews the token.
          if (Date.now() < this.#expiresAt && asChatError(error).isTransient)
            this.#schedule(delayOf(attempt, this.#options.backoff), attempt + 1);
        });
      },
      Math.min(ms, LONGEST_TIMER_MS),
    );
  }
}
