// The token in use: when it expires, and how it is renewed before that or after a refusal: by the application, or else by the server
// itself for as long as the session lasts.
import { type Backoff, delayOf } from "../backoff.ts";
import { type Instant, LONGEST_TIMER_MS, now, since } from "../clock.ts";
import { asChatError } from "../errors.ts";
import { claimsOf } from "./token.ts";

/** Returns a new token of the same user, or null when there is none. Throws when another attempt may work. */
export type RenewToken = () => Promise<string | null>;

// A token is renewed so long before it expires; one of a short life when a fifth of it is left.
const MARGIN_MS = 60_000;
// By a clock that runs ahead each new token has nearly expired: renewals are at least so far apart. The server ends an expired
// session all the same.
const MIN_INTERVAL_MS = 30_000;

export interface SessionOptions {
  /** The application's own way. */
  renewToken: RenewToken | null;
  /** Asks the server for another token of the same session; null when there is none any more, or when it can't. */
  extend: RenewToken;
  backoff: Backoff;
  /** Called with each token after the first. */
  onToken(token: string): void;
}

export class Session {
  readonly #options: SessionOptions;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #renewing: Promise<boolean> | null = null;
  #expiresAt = Number.POSITIVE_INFINITY;
  #renewedAt: Instant | null = null;

  constructor(
    public token: string,
    options: SessionOptions,
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
    // The server's own is renewed at half of its life: a device that is used now and then stays logged in.
    const before = this.canRenew ? Math.min(MARGIN_MS, left / 5) : lifeOf(this.token, left) / 2;
    this.#schedule(Math.max(left - before, pause, 0), 0);
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
    return renewToken ? this.#renew(renewToken) : false;
  }

  #renew(way: RenewToken): Promise<boolean> {
    const former = this.token;
    this.#renewing ??= (async () => {
      try {
        const token = await way();
        if (token === null || token === former) return this.token !== former;
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
    this.#timer = setTimeout(
      () => {
        if (ms > LONGEST_TIMER_MS) return this.#schedule(ms - LONGEST_TIMER_MS, attempt);
        this.#renew(this.#options.renewToken ?? this.#options.extend).catch((error) => {
          // After the expiry the server closes the socket, and the connection renews the token.
          if (Date.now() < this.#expiresAt && asChatError(error).isTransient)
            this.#schedule(delayOf(attempt, this.#options.backoff), attempt + 1);
        });
      },
      Math.min(ms, LONGEST_TIMER_MS),
    );
  }
}

/** How long the token was given for, in milliseconds; `left` of one that does not say. */
function lifeOf(token: string, left: number): number {
  const { iat, exp } = (claimsOf(token) ?? {}) as { iat?: number; exp?: number };
  return iat !== undefined && exp !== undefined && exp > iat ? (exp - iat) * 1000 : left;
}
