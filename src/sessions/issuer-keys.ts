// The public keys of an issuer (RFC 7517), read from its address and kept: while that does not respond, known keys go on.
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from "jose";
import { ChatError } from "../lib/errors.ts";
import { guardedFetch } from "../lib/guarded-fetch.ts";
import type { Logger } from "../lib/log.ts";
import { safeError } from "../lib/log.ts";
import { issuerUnavailable } from "../protocol/refusals.ts";

/** However many tokens name keys that are not known: at most one request in this time. */
const COOLDOWN_MS = 60_000;
// A key that the issuer has taken back is accepted for this long, and as long as it can't be reached.
const REFRESH_MS = 600_000;
const TIMEOUT_MS = 5_000;
// Some hundred keys of RSA.
const MAX_BYTES = 256 * 1024;

interface IssuerKeysParts {
  /** The issuer's name, for the log. */
  name: string;
  url: URL;
  allowsPrivate: boolean;
  log: Logger;
  /** The monotonic clock, in milliseconds. */
  now?: () => number;
}

export class RemoteKeys {
  private keys: JWTVerifyGetKey | null = null;
  private triedAt = Number.NEGATIVE_INFINITY;
  private readAt = Number.NEGATIVE_INFINITY;
  private hasFailed = false;
  private refreshing: Promise<void> | null = null;

  constructor(private readonly parts: IssuerKeysParts) {}

  /** The key of a token. Throws `unavailable` when it is not known and the issuer can't be asked; else what jose does. */
  readonly find: JWTVerifyGetKey = async (header, token) => {
    const now = this.now();
    if (this.keys) {
      // Nobody waits for it.
      if (this.readAt + REFRESH_MS < now && this.mayTry(now)) void this.refresh();
      try {
        return await this.keys(header, token);
      } catch (error) {
        if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      }
    }
    if (this.refreshing ?? this.mayTry(now)) await this.refresh();
    if (!this.keys || this.hasFailed) throw new ChatError(issuerUnavailable);
    return this.keys(header, token);
  };

  private now() {
    return this.parts.now?.() ?? performance.now();
  }

  private mayTry(now: number) {
    return this.triedAt + COOLDOWN_MS <= now;
  }

  private refresh(): Promise<void> {
    this.refreshing ??= this.read().finally(() => {
      this.refreshing = null;
    });
    return this.refreshing;
  }

  private async read() {
    const { url, allowsPrivate, log, name } = this.parts;
    this.triedAt = this.now();
    try {
      const body = await guardedFetch(url, { allowsPrivate, timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES });
      // (It checks the form of the set.)
      this.keys = createLocalJWKSet(JSON.parse(body.toString()) as JSONWebKeySet);
      this.readAt = this.now();
      this.hasFailed = false;
    } catch (error) {
      this.hasFailed = true;
      log.warn({ issuer: name, error: safeError(error) }, "the keys of an issuer of tokens could not be read");
    }
  }
}
