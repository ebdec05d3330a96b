// Limits for password attempts. Failures count per account and network, so that nobody can lock the owner out from elsewhere; a device
// that has logged in before has a count of its own (OWASP, "Slow Down Online Guessing Attacks with Device Cookies").
import { tooMany } from "../protocol/refusals.ts";
import { ChatError } from "./errors.ts";
import { Windows } from "./windows.ts";

const MINUTE = 60;
const HOUR = 3600;
// Pairs of an account and a network that it was used from, in memory.
const MAX_KNOWN = 100_000;

export interface PasswordAttempt {
  /** The user's id; an unknown name counts like a user. */
  account: string;
  /** As `networkOf` returns it. */
  network: string;
  /** The id of a device that has logged in to this account before; else null. */
  device: string | null;
}

export class PasswordAttemptLimits {
  private readonly tries: Windows;
  private readonly deviceTries: Windows;
  private readonly failures: Windows;
  private readonly accountFailures: Windows;
  private readonly unknownTries: Windows;
  private readonly known = new Set<string>();

  constructor(now?: () => number) {
    // Estimates of generous use: an office behind one address; a program that logs in for each call.
    this.tries = new Windows(300, 5 * MINUTE, now);
    this.deviceTries = new Windows(60, 5 * MINUTE, now);
    this.failures = new Windows(10, 15 * MINUTE, now);
    this.accountFailures = new Windows(100, HOUR, now);
    this.unknownTries = new Windows(1, HOUR, now);
  }

  /**
   * Returns the result of `check`. Throws `slow_down` when this device or network, or all unknown networks of the account, have failed
   * too often. An attempt counts as a failure before its outcome is known, so that concurrent ones count too; one that succeeds, or
   * could not be checked, is taken back.
   */
  async attempt(attempt: PasswordAttempt, check: () => Promise<boolean>): Promise<boolean> {
    const pair = `${attempt.account} ${attempt.network}`;
    const own = attempt.device === null ? pair : `device ${attempt.account} ${attempt.device}`;
    const shared = attempt.device === null && !this.known.has(pair) ? this.unknownBudget(attempt.account, pair) : null;
    const [tries, party] =
      attempt.device === null
        ? ([this.tries, attempt.network] as const)
        : ([this.deviceTries, attempt.account] as const);
    refuse("log-ins", tries.wait(party));
    refuse("failed log-ins", this.failures.wait(own));
    if (shared) refuse("failed log-ins", shared.windows.wait(shared.key));
    tries.use(party);
    this.failures.use(own);
    shared?.windows.use(shared.key);
    const isRight = await check().catch((error) => {
      this.failures.giveBack(own);
      shared?.windows.giveBack(shared.key);
      throw error;
    });
    if (isRight) {
      this.failures.clear(own);
      shared?.windows.giveBack(shared.key);
      this.remember(pair);
    }
    return isRight;
  }

  /** Whether the account has lately logged in from this network, or on this device. */
  isKnown = ({ account, network, device }: PasswordAttempt) =>
    device !== null || this.known.has(`${account} ${network}`);

  /** The budget of networks that the account was not used from: its failures in common, and past those one attempt each. */
  private unknownBudget(account: string, pair: string) {
    return this.accountFailures.wait(account) > 0
      ? { windows: this.unknownTries, key: pair }
      : { windows: this.accountFailures, key: account };
  }

  private remember(pair: string) {
    this.known.delete(pair);
    this.known.add(pair);
    const [oldest] = this.known;
    if (this.known.size > MAX_KNOWN) this.known.delete(oldest!);
  }
}

function refuse(what: string, wait: number) {
  if (wait > 0) throw new ChatError(tooMany(what, wait));
}
