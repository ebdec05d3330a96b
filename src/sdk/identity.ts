// Whose session this is: from the storage if an earlier page has asked with the same token, from the server otherwise.
import type { Api } from "./api.ts";
import { type RetryPolicy, retry } from "./backoff.ts";
import { fingerprintOf, type PersistentStore } from "./storage.ts";
import { ValueStore } from "./store.ts";
import type { Account } from "./wire.ts";

export interface IdentityParts {
  api: Api;
  policy: RetryPolicy;
  storage: PersistentStore;
  token(): string;
  onKnown(account: Account): void;
}

export class Identity {
  readonly #parts: IdentityParts;
  readonly store = new ValueStore<Account | null>(null);
  #loading: Promise<void> | null = null;

  constructor(parts: IdentityParts) {
    this.#parts = parts;
  }

  /** So that the next page knows whose messages it finds, even without a network. */
  persist() {
    const account = this.store.getSnapshot();
    if (account) this.#parts.storage.write("me", { of: fingerprintOf(this.#parts.token()), account });
  }

  restore() {
    const stored = this.#parts.storage.read<{ of: string; account: Account }>("me");
    if (stored?.of === fingerprintOf(this.#parts.token())) this.#set(stored.account);
  }

  /** Forgets it on this device. */
  clear() {
    this.#parts.storage.write("me", null);
  }

  /** Resolves once it is known. */
  readonly known = async () => {
    if (this.store.getSnapshot()) return;
    const { api, policy } = this.#parts;
    this.#loading ??= retry(policy, () => api.one<Account>("GET", "/me"))
      .then((account) => {
        this.#set(account);
        this.persist();
      })
      .finally(() => {
        this.#loading = null;
      });
    await this.#loading;
  };

  #set(account: Account) {
    this.store.set(account);
    this.#parts.onKnown(account);
  }
}
