// How often a password may be guessed. Failures count per account and network, so that nobody can lock the owner out from
// elsewhere; a device that was let in before has a count of its own (OWASP, "Slow Down Online Guessing Attacks with Device
// Cookies").
import { tooMany } from "../protocol/refusals.ts";
import { ChatError } from "./errors.ts";
import { Windows } from "./windows.ts";

const MINUTE = 60;
const HOUR = 3600;
// The networks that accounts were lately used from, in memory.
const MAX_KNOWN = 100_000;

export interface PasswordAttempt {
  /** The user's id; a name that nobody has counts like one who is there. */
  account: string;
  /** As `networkOf` spells it. */
  network: string;
  /** What the device has proved to be, when it was let in to this account before. */
  device: string | null;
}

export class PasswordAttemptLimits {
  private readonly tries: Windows;
  private readonly deviceTries: Windows;
  private readonly failures: Windows;
  private readonly accountFailures: Windows;
  private readonly strangerTries: Windows;
  private readonly known = new Set<string>();

  constructor(now?: () => number) {
    // Guesses at generous use: an office behind one address; a program that logs in for each call.
    this.tries = new Windows(300, 5 * MINUTE, now);
    this.deviceTries = new Windows(60, 5 * MINUTE, now);
    this.failures = new Windows(10, 15 * MINUTE, now);
    this.accountFailures = new Windows(100, HOUR, now);
    this.strangerTries = new Windows(1, HOUR, now);
  }

  /**
   * What `check` says, unless this device or network, or strangers to the account, have guessed too often: `slow_down`. A guess
   * counts as a failure before its outcome is known, so that those made at once count too; a right one, or one that was never
   * checked, is taken back.
   */
  async attempt(attempt: PasswordAttempt, check: () => Promise<boolean>): Promise<boolean> {
    const pair = `${attempt.account} ${attempt.network}`;
    const own = attempt.device === null ? pair : `device ${attempt.account} ${attempt.device}`;
    const shared =
      attempt.device === null && !this.known.has(pair) ? this.strangersBudget(attempt.account, pair) : null;
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

  /** Whether the account was lately let in from this network, or on this device. */
  isKnown = ({ account, network, device }: PasswordAttempt) =>
    device !== null || this.known.has(`${account} ${network}`);

  /** What networks that the account was not used from share: its failures, and past those one try each. */
  private strangersBudget(account: string, pair: string) {
    return this.accountFailures.wait(account) > 0
      ? { windows: this.strangerTries, key: pair }
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
