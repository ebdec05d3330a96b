// The token in the addresses of files: requested when somebody first subscribes to it, renewed before it ends, and kept over a
// reload, so that the browser finds what it has by the same addresses.
import { FILE_TOKEN_SECONDS } from "../../protocol/limits.ts";
import type { Api } from "../api.ts";
import { type RetryPolicy, retry } from "../backoff.ts";
import { type Instant, now, since } from "../clock.ts";
import { fingerprintOf, type PersistentStore } from "../storage.ts";
import { ValueStore } from "../store.ts";

const LIFETIME_MS = FILE_TOKEN_SECONDS * 1000;
/** A token is renewed so long before it ends; one of a short life when a fifth of it is left. */
const MARGIN_MS = 5 * 60_000;
/** At least between two requests: a session may be about to end, and the address of a file that is gone fails with any token. */
const MIN_INTERVAL_MS = 30_000;

interface Issued {
  /** The session that it belongs to. */
  of: string;
  token: string;
  /** By this device's clock. */
  renewAt: number;
}

export interface FileTokenParts {
  api: Api;
  policy: RetryPolicy;
  storage: PersistentStore;
  sessionToken(): string;
}

export class FileToken extends ValueStore<string | null> {
  readonly #parts: FileTokenParts;
  #issued: Issued | null = null;
  #loading: Promise<void> | null = null;
  #requestedAt: Instant | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(parts: FileTokenParts) {
    super(null);
    this.#parts = parts;
  }

  /** Resolves with a token that was issued in the last half minute; with null when the session has ended. */
  readonly renew = async (): Promise<string | null> => {
    if (since(this.#requestedAt) > MIN_INTERVAL_MS) await this.#load();
    else await this.#loading;
    return this.getSnapshot();
  };

  /** The connection is open: a device that has slept has missed its timer, and the session may be another one. */
  onOpen() {
    if (this.hasSubscribers) this.#require();
  }

  /** Forgets it; `clear` also on this device. */
  stop() {
    clearTimeout(this.#timer);
    this.#issued = null;
    this.set(null);
  }

  clear() {
    this.stop();
    this.#parts.storage.write("files", null);
  }

  protected override onSubscribe() {
    this.#issued ??= this.#restored();
    this.#require();
  }

  protected override onLastUnsubscribe() {
    clearTimeout(this.#timer);
  }

  get #session() {
    return fingerprintOf(this.#parts.sessionToken());
  }

  #restored(): Issued | null {
    const stored = this.#parts.storage.read<Issued>("files");
    // The clock may have been set back meanwhile.
    const isCurrent = stored?.of === this.#session && stored.renewAt < Date.now() + LIFETIME_MS;
    return isCurrent && typeof stored.token === "string" ? stored : null;
  }

  #require() {
    const issued = this.#issued;
    if (issued?.of === this.#session && Date.now() < issued.renewAt) this.#use(issued);
    else void this.#load();
  }

  #use(issued: Issued) {
    this.#issued = issued;
    this.set(issued.token);
    clearTimeout(this.#timer);
    if (this.hasSubscribers) this.#timer = setTimeout(() => void this.#load(), issued.renewAt - Date.now());
  }

  async #load() {
    this.#loading ??= this.#request().finally(() => {
      this.#loading = null;
    });
    await this.#loading;
  }

  async #request() {
    const { api, policy, storage } = this.#parts;
    const of = this.#session;
    try {
      const { token, expires_at } = await retry(policy, () =>
        api.one<{ token: string; expires_at: string }>("POST", "/files/token"),
      );
      this.#requestedAt = now();
      // A clock that is wrong by more than a token's life says nothing of its end.
      const left = Date.parse(expires_at) - Date.now();
      const life = left > 0 && left < LIFETIME_MS ? left : LIFETIME_MS;
      this.#use({ of, token, renewAt: Date.now() + Math.max(life - Math.min(MARGIN_MS, life / 5), MIN_INTERVAL_MS) });
      storage.write("files", this.#issued);
    } catch {
      // The session or the chat has ended; the connection says so.
      this.stop();
    }
  }
}
