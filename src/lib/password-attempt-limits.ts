// Limits for password attempts. Failures count per account and network, so that nobody can lock the owner out from elsewhere; a device
// that has logged in before has a count of its own (OWASP, "Slow Down Online Guessing Attacks with Device Cookies").
import { tooMany } from "../protocol/refusals.ts";
import { ChatError } from "./errors.ts";
import type { SharedWindows } from "./shared-windows.ts";
import { Windows } from "./windows.ts";

const MINUTE = 60;
const HOUR = 3600;
// Pairs of an account and a network that it was used from, in memory.
const MAX_KNOWN = 100_000;
// Among several servers such a pair is remembered this long.
const KNOWN_SECONDS = 30 * 24 * HOUR;

export interface PasswordAttempt {
  /** The user's id; an unknown name counts like a user. */
  account: string;
  /** As `networkOf` returns it. */
  network: string;
  /** The id of a device that has logged in to this account before; else null. */
  device: string | null;
}

// Estimates of generous use: an office behind one address; a program that logs in for each call.
const TRIES = { points: 300, seconds: 5 * MINUTE };
const DEVICE_TRIES = { points: 60, seconds: 5 * MINUTE };
const FAILURES = { points: 10, seconds: 15 * MINUTE };
const ACCOUNT_FAILURES = { points: 100, seconds: HOUR };
const UNKNOWN_TRIES = { points: 1, seconds: HOUR };

/** An attempt that is counted, and under way. Promises are those of counts in common. */
interface Counted {
  /** The password was right. */
  succeed(): Promise<unknown> | undefined;
  /** It could not be checked. */
  giveBack(): Promise<unknown> | undefined;
}

export class PasswordAttemptLimits {
  private readonly tries: Windows;
  private readonly deviceTries: Windows;
  private readonly failures: Windows;
  private readonly accountFailures: Windows;
  private readonly unknownTries: Windows;
  private readonly known = new Set<string>();

  /** With `shared` the servers of a database count together; each by itself while that does not respond. */
  constructor(
    now?: () => number,
    private readonly shared: SharedWindows | null = null,
  ) {
    const windows = ({ points, seconds }: { points: number; seconds: number }) => new Windows(points, seconds, now);
    this.tries = windows(TRIES);
    this.deviceTries = windows(DEVICE_TRIES);
    this.failures = windows(FAILURES);
    this.accountFailures = windows(ACCOUNT_FAILURES);
    this.unknownTries = windows(UNKNOWN_TRIES);
  }

  /**
   * Returns the result of `check`. Throws `slow_down` when this device or network, or all unknown networks of the account, have failed
   * too often. An attempt counts as a failure before its outcome is known, so that concurrent ones count too; one that succeeds, or
   * could not be checked, is taken back.
   */
  async attempt(attempt: PasswordAttempt, check: () => Promise<boolean>): Promise<boolean> {
    const counted = this.shared ? await this.countShared(this.shared, attempt) : this.count(attempt);
    const isRight = await check().catch(async (error) => {
      await counted.giveBack();
      throw error;
    });
    if (isRight) {
      const settled = counted.succeed();
      if (settled) await settled;
      this.remember(pairOf(attempt));
    }
    return isRight;
  }

  /** Whether the account has lately logged in from this network, or on this device. */
  isKnown = (attempt: PasswordAttempt) => attempt.device !== null || this.known.has(pairOf(attempt));

  private count(attempt: PasswordAttempt): Counted {
    const pair = pairOf(attempt);
    const own = ownKeyOf(attempt);
    const shared = this.isKnown(attempt) ? null : this.unknownBudget(attempt.account, pair);
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
    return {
      succeed: () => {
        this.failures.clear(own);
        shared?.windows.giveBack(shared.key);
        return undefined;
      },
      giveBack: () => {
        this.failures.giveBack(own);
        shared?.windows.giveBack(shared.key);
        return undefined;
      },
    };
  }

  /** As `count`, over all servers. */
  private async countShared(windows: SharedWindows, attempt: PasswordAttempt): Promise<Counted> {
    const pair = pairOf(attempt);
    const own = { key: `failures ${ownKeyOf(attempt)}`, ...FAILURES };
    const tries =
      attempt.device === null
        ? { key: `tries ${attempt.network}`, ...TRIES }
        : { key: `device tries ${attempt.account}`, ...DEVICE_TRIES };
    const ofAccount = { key: `account ${attempt.account}`, ...ACCOUNT_FAILURES };
    const ofPair = { key: `unknown ${pair}`, ...UNKNOWN_TRIES };
    try {
      const isKnown = this.isKnown(attempt) || (await windows.isRemembered(`known ${pair}`));
      let common = isKnown ? [] : [ofAccount];
      let refusal = await windows.use([tries, own, ...common]);
      if (refusal?.usedUp === ofAccount) {
        common = [ofPair];
        refusal = await windows.use([tries, own, ...common]);
      }
      if (refusal) refuse(refusal.usedUp === tries ? "log-ins" : "failed log-ins", refusal.wait);
      // Where the database does not respond, what is not taken back counts until its window ends.
      return {
        succeed: () =>
          Promise.allSettled([
            windows.clear(own),
            windows.giveBack(common),
            isKnown ? undefined : windows.remember(`known ${pair}`, KNOWN_SECONDS),
          ]),
        giveBack: () => Promise.allSettled([windows.giveBack([own, ...common])]),
      };
    } catch (error) {
      if (error instanceof ChatError) throw error;
      return this.count(attempt);
    }
  }

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

const pairOf = ({ account, network }: PasswordAttempt) => `${account} ${network}`;

/** Who fails: a device, or a network. */
const ownKeyOf = (attempt: PasswordAttempt) =>
  attempt.device === null ? pairOf(attempt) : `device ${attempt.account} ${attempt.device}`;

function refuse(what: string, wait: number) {
  if (wait > 0) throw new ChatError(tooMany(what, wait));
}
