// Rate limits: requests and sends, on the hot path, by a token bucket that costs no promise and no timer; registrations and
// password attempts by windows of minutes and hours.
import { CHALLENGE_SECONDS, PROFILE_EVENTS, REPORTS_A_DAY } from "../protocol/limits.ts";
import { tooMany } from "../protocol/refusals.ts";
import { ChatError } from "./errors.ts";
import { type PasswordAttempt, PasswordAttemptLimits } from "./password-attempt-limits.ts";
import type { SharedWindows } from "./shared-windows.ts";
import { Windows } from "./windows.ts";

const HOUR = 3600;
const DAY = 24 * HOUR;

/** Tokens refill at `rate` a second up to `burst`; each take costs one. Full buckets are forgotten. */
export class TokenBuckets<Key> {
  private readonly buckets = new Map<Key, { tokens: number; at: number }>();
  private sweepAt = 1_000;

  constructor(
    private readonly rate: number,
    private readonly burst: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /**
   * Takes `cost` tokens and returns 0, or returns the seconds until there are so many. `cost` is at most the burst. With `parts` only
   * that part of rate and burst is granted, or what the cost needs.
   */
  take(key: Key, cost = 1, parts = 1): number {
    const now = this.now();
    const rate = this.rate / parts;
    const burst = Math.max(cost, this.burst / parts);
    let bucket = this.buckets.get(key);
    if (!bucket) {
      if (this.buckets.size >= this.sweepAt) this.sweep(now);
      bucket = { tokens: burst, at: now };
      this.buckets.set(key, bucket);
    }
    bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) / 1000) * rate);
    bucket.at = now;
    if (bucket.tokens < cost) return (cost - bucket.tokens) / rate;
    bucket.tokens -= cost;
    return 0;
  }

  /** Drops full buckets; the next sweep comes when the map has doubled, so that its cost stays amortized. */
  private sweep(now: number) {
    for (const [key, bucket] of this.buckets) {
      if (bucket.tokens + ((now - bucket.at) / 1000) * this.rate >= this.burst) this.buckets.delete(key);
    }
    this.sweepAt = Math.max(1_000, this.buckets.size * 2);
  }
}

/** What each user may do a second in the long run (`rate`), and at once (`burst`). The numbers are estimates of generous use. */
export const USER_RATES = {
  // A person types a few messages a second at most; a paste or a queue written while offline comes as a burst.
  send: { rate: 20, burst: 60 },
  // Tapping through a list of emojis is far below it.
  react: { rate: 10, burst: 60 },
  request: { rate: 100, burst: 300 },
  // All frames of a user's sockets together, by size: far past what a client needs, and what one core parses in a few
  // milliseconds.
  command: { rate: 200, burst: 600 },
  // Each tab of a person resumes when the network is back; each resume may read a thousand events a room.
  resume: { rate: 2, burst: 40 },
  // One a letter of somebody who types fast; each may take seconds of the database.
  search: { rate: 10, burst: 20 },
  // A newcomer looks into some dozens of public groups on the first day.
  join: { rate: 0.1, burst: 60 },
  friendRequest: { rate: 1 / 30, burst: 50 },
  // Conversations begun with people who are not friends: each shows up in the other one's list.
  conversation: { rate: 1 / 30, burst: 60 },
  // Public ones stand at the top of everybody's list.
  group: { rate: 1 / 30, burst: 30 },
};

/** The rates of one user with one group or person: every member, or the other side, is notified each time. */
const REPEAT_RATES = {
  // Joins and leaves.
  membership: { rate: 1 / 30, burst: 10 },
  friendRequest: { rate: 1 / HOUR, burst: 3 },
};

/** Bodies from one network that come without a session. Behind one address there may be a whole office. */
const ANONYMOUS_RATE = { rate: 50, burst: 600 };
/** First frames of sockets from one network. After a restart such an office comes back within seconds. */
export const AUTH_FRAME_RATE = { rate: 200, burst: 2_000 };

const HOURLY_PROFILE_EVENTS = { points: PROFILE_EVENTS, seconds: HOUR };
// Of one account, from wherever: who knows the password and has a botnet has one chance in a hundred a week. Recovery codes are too long to
// be guessed, and are not counted.
const HOURLY_CODES = { points: 20, seconds: HOUR };
const HOURLY_MAILS = { points: 5, seconds: HOUR };
const HOURLY_NETWORK_MAILS = { points: 60, seconds: HOUR };
const WRONG_INVITES = { points: 20, seconds: 60 };
/** From all networks together: past it they are a flood. */
const ALL_REGISTRATIONS = { points: 30, seconds: 60 };
// Each reads everything that somebody has.
const HOURLY_EXPORTS = { points: 5, seconds: HOUR };
const DAILY_REPORTS = { points: REPORTS_A_DAY, seconds: DAY };
/** Log-ins at providers: each may cost a provider two requests. */
const SIGN_ONS = { points: 600, seconds: HOUR };
const REGISTRATIONS = { points: 300, seconds: HOUR };

// A frame or body counts once more for each of these that it fills, since what parsing costs grows with it. A message of
// 4,000 letters counts once or twice.
const COUNTED_SIZE = 4 * 1024;
const extraOf = (size: number) => Math.floor(size / COUNTED_SIZE);

const bucketsOf = <Key = number>({ rate, burst }: { rate: number; burst: number }) =>
  new TokenBuckets<Key>(rate, burst);

export type Limits = ReturnType<typeof createLimits>;

/** What the limits of several servers on a database have in common. */
export interface SharedLimits {
  windows: SharedWindows;
  /** How many servers have sockets of the user: each grants its part of the user's rates. At least 1. */
  serversOf(userId: number): number;
}

/** Every rate of the server; with `enabled` false each lets everything pass. The numbers are estimates of generous use. */
export function createLimits(enabled: boolean, addsPerHour = 30, shared: SharedLimits | null = null) {
  /** Counts uses on all servers together, or here while the database does not respond: 0, or the seconds until one is free. */
  const counter = (name: string, budget: { points: number; seconds: number }) => {
    const here = new Windows(budget.points, budget.seconds);
    const useHere = (key: string) => {
      const wait = here.wait(key);
      if (wait <= 0) here.use(key);
      return wait;
    };
    const use = (of: string | number): number | Promise<number> => {
      const key = `${name} ${of}`;
      if (!shared) return useHere(key);
      const refusal = shared.windows.use([{ key, ...budget }]);
      return refusal.then((found) => found?.wait ?? 0).catch(() => useHere(key));
    };
    const giveBack = (of: string | number): unknown => {
      const key = `${name} ${of}`;
      return shared ? shared.windows.giveBack([{ key, ...budget }]).catch(() => {}) : here.giveBack(key);
    };
    return Object.assign(use, { giveBack });
  };
  const registrations = counter("registrations", REGISTRATIONS);
  const signOns = counter("sign-ons", SIGN_ONS);
  const allRegistrations = counter("all registrations", ALL_REGISTRATIONS);
  const proofs = counter("proofs", { points: 1, seconds: CHALLENGE_SECONDS });
  const wrongInvites = counter("wrong invites", WRONG_INVITES);
  const profileEvents = counter("profile", HOURLY_PROFILE_EVENTS);
  const exports = counter("exports", HOURLY_EXPORTS);
  const reports = counter("reports", DAILY_REPORTS);
  const codesOf = counter("codes of", HOURLY_CODES);
  const mailsTo = counter("mails to", HOURLY_MAILS);
  const mailsFrom = counter("mails from", HOURLY_NETWORK_MAILS);
  const passwordAttempts = new PasswordAttemptLimits(undefined, shared?.windows);
  const sends = bucketsOf(USER_RATES.send);
  const reactions = bucketsOf(USER_RATES.react);
  const requests = bucketsOf(USER_RATES.request);
  const commands = bucketsOf(USER_RATES.command);
  const resumes = bucketsOf(USER_RATES.resume);
  const searches = bucketsOf(USER_RATES.search);
  const joins = bucketsOf(USER_RATES.join);
  const friendRequests = bucketsOf(USER_RATES.friendRequest);
  const conversations = bucketsOf(USER_RATES.conversation);
  const groups = bucketsOf(USER_RATES.group);
  const memberships = bucketsOf<string>(REPEAT_RATES.membership);
  const repeatedRequests = bucketsOf<string>(REPEAT_RATES.friendRequest);
  const strangers = bucketsOf({ rate: addsPerHour / HOUR, burst: addsPerHour });

  const anonymous = bucketsOf<string>(ANONYMOUS_RATE);
  const authFrames = bucketsOf<string>(AUTH_FRAME_RATE);

  const take = <Key>(buckets: TokenBuckets<Key>, key: Key, what: string, cost = 1) => {
    if (!enabled) return;
    const wait = buckets.take(key, cost);
    if (wait > 0) throw new ChatError(tooMany(what, wait));
  };

  /** What sockets use up is shared out among the servers that have some of the user. */
  const takePart = (buckets: TokenBuckets<number>, userId: number, what: string, cost = 1) => {
    if (!enabled) return;
    const wait = buckets.take(userId, cost, shared ? shared.serversOf(userId) : 1);
    if (wait > 0) throw new ChatError(tooMany(what, wait));
  };

  return {
    enabled,
    /** Among how many servers the rates of the user are parted. */
    serversOf: (userId: number) => shared?.serversOf(userId) ?? 1,
    send: (userId: number) => takePart(sends, userId, "messages"),
    react: (userId: number) => takePart(reactions, userId, "reactions"),
    request: (userId: number) => takePart(requests, userId, "requests"),
    /** A frame of `size` UTF-16 units, before it is parsed. */
    command: (userId: number, size: number) => takePart(commands, userId, "frames", 1 + extraOf(size)),
    /** The first frame of a socket, before it is parsed. */
    authFrame: (network: string) => take(authFrames, network, "connections from this address"),
    /** A request without a session, before its body is read. */
    anonymous: (network: string) => take(anonymous, network, "requests from this address"),
    /** What a body costs beyond its request, before it is parsed. */
    body: (userId: number, size: number) => takePart(requests, userId, "requests", extraOf(size)),
    anonymousBody: (network: string, size: number) =>
      take(anonymous, network, "requests from this address", extraOf(size)),
    resume: (userId: number) => takePart(resumes, userId, "resumes"),
    search: (userId: number) => takePart(searches, userId, "searches"),
    join(userId: number, groupId: number) {
      take(memberships, `${userId} ${groupId}`, "joins and leaves of this group");
      take(joins, userId, "joins");
    },
    leave: (userId: number, groupId: number) =>
      take(memberships, `${userId} ${groupId}`, "joins and leaves of this group"),
    /** A new conversation with a person who is not a friend. */
    openConversation: (userId: number) => take(conversations, userId, "new conversations"),
    createGroup: (userId: number) => take(groups, userId, "new groups"),
    /** Adding a person to a group who is not a friend. */
    addStranger: (userId: number) => take(strangers, userId, "people added who are not your friends"),
    friendRequest(userId: number, otherId: number) {
      take(repeatedRequests, `${userId} ${otherId}`, "requests to this person");
      take(friendRequests, userId, "friend requests");
    },
    /** `network` is the caller's, as `networkOf` returns it. */
    async register(network: string): Promise<void> {
      const wait = enabled ? await registrations(network) : 0;
      if (wait > 0) throw new ChatError(tooMany("registrations from this network", wait));
    },
    /** A log-in at a provider that somebody of the network begins. */
    async signOn(network: string): Promise<void> {
      const wait = enabled ? await signOns(network) : 0;
      if (wait > 0) throw new ChatError(tooMany("log-ins at providers from this network", wait));
    },
    /** Whether so many registrations come in that this one, which is counted, belongs to a flood. */
    isFlood: async (): Promise<boolean> => enabled && (await allRegistrations("")) > 0,
    /** Whether a proof of work is used for the first time, on any server, as long as its challenge is good. */
    isNewProof: async (signature: string): Promise<boolean> => (await proofs(signature)) <= 0,
    /**
     * What `find` finds by the code of an invite. The network may try only so many that are none: one counts before its outcome is
     * known, so that concurrent ones count too.
     */
    async invite<T>(network: string, find: () => Promise<T | null>): Promise<T | null> {
      const wait = enabled ? await wrongInvites(network) : 0;
      if (wait > 0) throw new ChatError(tooMany("wrong invites from this network", wait));
      const found = await find();
      if (found !== null) await wrongInvites.giveBack(network);
      return found;
    },
    /** Whether others may be told of one more change of the user's profile; counts it. */
    publishProfile: async (userId: number): Promise<boolean> => !enabled || (await profileEvents(userId)) <= 0,
    async exportData(userId: number): Promise<void> {
      const wait = enabled ? await exports(userId) : 0;
      if (wait > 0) throw new ChatError(tooMany("exports", wait));
    },
    /** A report that `store` stores; one that it refuses does not count. */
    async report<T>(userId: number, store: () => Promise<T>): Promise<T> {
      const wait = enabled ? await reports(userId) : 0;
      if (wait > 0) throw new ChatError(tooMany("reports", wait));
      try {
        return await store();
      } catch (error) {
        await reports.giveBack(userId);
        throw error;
      }
    },
    /** A mail that somebody of the network asks for. */
    async mailFrom(network: string): Promise<void> {
      const wait = enabled ? await mailsFrom(network) : 0;
      if (wait > 0) throw new ChatError(tooMany("mails asked for from this network", wait));
    },
    /** Whether the network may cause one more mail that nobody asked for; counts it among those. */
    mayMailFrom: async (network: string): Promise<boolean> => !enabled || (await mailsFrom(network)) <= 0,
    /** Whether the account may be sent one more mail; counts it. */
    mailTo: async (userId: number): Promise<boolean> => !enabled || (await mailsTo(userId)) <= 0,
    /** A code of the account's authenticator app, right or wrong, before it is looked at. */
    async secondFactor(userId: number): Promise<void> {
      const wait = enabled ? await codesOf(userId) : 0;
      if (wait > 0) throw new ChatError(tooMany("codes for this account", wait));
    },
    /** Whether the account has lately logged in from there; see PasswordAttemptLimits. */
    isKnown: (attempt: PasswordAttempt) => passwordAttempts.isKnown(attempt),
    /** Checks a password; see PasswordAttemptLimits. */
    passwordAttempt: (attempt: PasswordAttempt, check: () => Promise<boolean>): Promise<boolean> =>
      enabled ? passwordAttempts.attempt(attempt, check) : check(),
  };
}
