// The token: which one is in use, when it ends, and how the next one is come by, before the end or after a refusal.
import { type Backoff, delayOf } from "./backoff.ts";
import { asChatError } from "./errors.ts";

/** Answers a new token of the same user, or null when there is none to be had. Throws when it is worth another try. */
export type RenewToken = () => Promise<string | null>;

// So long before its end a token is renewed; of a short life a fifth.
const MARGIN_MS = 60_000;
// setTimeout takes no more than 2^31 - 1 milliseconds.
const LONGEST_TIMER_MS = 2_000_000_000;

export class Session {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private renewing: Promise<boolean> | null = null;
  private expiresAt = Number.POSITIVE_INFINITY;

  /** `onToken` is called with each token after the first. */
  constructor(
    public token: string,
    private readonly options: { renewToken: RenewToken | null; backoff: Backoff; onToken(token: string): void },
  ) {}

  get canRenew() {
    return this.options.renewToken !== null;
  }

  /** When the server says that the token in use ends. */
  endsAt(moment: string) {
    this.expiresAt = Date.parse(moment);
    const left = this.expiresAt - Date.now();
    this.schedule(left - Math.min(MARGIN_MS, left / 5), 0);
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
      Math.max(0, Math.min(ms, LONGEST_TIMER_MS)),
    );
  }
}
