// How often something may happen. Log-ins and registrations are counted by rate-limiter-flexible; requests and sends, on the
// hot path, by a token bucket that costs no promise and no timer.
import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { ChatError } from "./errors.ts";

const MINUTE = 60;
const HOUR = 3600;

/** Tokens refill at `rate` a second up to `burst`; each take costs one. Full buckets are forgotten. */
export class TokenBuckets<Key> {
  private readonly buckets = new Map<Key, { tokens: number; at: number }>();
  private sweepAt = 1_000;

  constructor(
    private readonly rate: number,
    private readonly burst: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** 0 when the token was there, else the seconds until there is one. */
  take(key: Key): number {
    const now = this.now();
    let bucket = this.buckets.get(key);
    if (!bucket) {
      if (this.buckets.size >= this.sweepAt) this.sweep(now);
      bucket = { tokens: this.burst, at: now };
      this.buckets.set(key, bucket);
    }
    bucket.tokens = Math.min(this.burst, bucket.tokens + ((now - bucket.at) / 1000) * this.rate);
    bucket.at = now;
    if (bucket.tokens < 1) return (1 - bucket.tokens) / this.rate;
    bucket.tokens -= 1;
    return 0;
  }

  /** Drops what has refilled; the next sweep comes when the map has doubled, so that its cost stays spread out. */
  private sweep(now: number) {
    for (const [key, bucket] of this.buckets) {
      if (bucket.tokens + ((now - bucket.at) / 1000) * this.rate >= this.burst) this.buckets.delete(key);
    }
    this.sweepAt = Math.max(1_000, this.buckets.size * 2);
  }
}

export type Limits = ReturnType<typeof createLimits>;

/** Every rate of the server; with `enabled` false each lets everything pass. The numbers are guesses at generous use. */
export function createLimits(enabled: boolean) {
  const register = new RateLimiterMemory({ points: 300, duration: HOUR });
  const loginByAddress = new RateLimiterMemory({ points: 300, duration: 5 * MINUTE });
  const failuresByPair = new RateLimiterMemory({ points: 10, duration: 15 * MINUTE });
  const failuresByAccount = new RateLimiterMemory({ points: 100, duration: HOUR });
  // A person types a few messages a second at most; a paste or a queue written while offline comes as a burst.
  const sends = new TokenBuckets<number>(20, 60);
  const requests = new TokenBuckets<number>(100, 300);

  const take = (buckets: TokenBuckets<number>, userId: number, what: string) => {
    if (!enabled) return;
    const wait = buckets.take(userId);
    if (wait > 0) throw slowDown(`Too many ${what}`, wait);
  };

  return {
    enabled,
    send: (userId: number) => take(sends, userId, "messages"),
    request: (userId: number) => take(requests, userId, "requests"),
    register: (address: string) =>
      enabled ? consume(register, address, "registrations from this address") : undefined,
    /** Before a password is checked: may this address try, and has this account been guessed at too often? */
    async login(account: string, address: string) {
      if (!enabled) return;
      await consume(loginByAddress, address, "log-ins from this address");
      await refuseSpent(failuresByPair, `${account} ${address}`);
      await refuseSpent(failuresByAccount, account);
    },
    async loginFailed(account: string, address: string) {
      if (!enabled) return;
      await failuresByPair.penalty(`${account} ${address}`);
      await failuresByAccount.penalty(account);
    },
    async loginSucceeded(account: string, address: string) {
      if (enabled) await failuresByPair.delete(`${account} ${address}`);
    },
  };
}

const slowDown = (what: string, seconds: number) =>
  new ChatError("slow_down", `${what}; try again in ${Math.ceil(seconds)} s.`, { retryAfter: Math.ceil(seconds) });

async function consume(limiter: RateLimiterMemory, key: string, what: string) {
  try {
    await limiter.consume(key);
  } catch (refused) {
    if (refused instanceof RateLimiterRes) throw slowDown(`Too many ${what}`, refused.msBeforeNext / 1000);
    throw refused;
  }
}

async function refuseSpent(limiter: RateLimiterMemory, key: string) {
  const spent = await limiter.get(key);
  if (spent && spent.consumedPoints >= limiter.points) {
    throw slowDown("Too many failed log-ins", spent.msBeforeNext / 1000);
  }
}
