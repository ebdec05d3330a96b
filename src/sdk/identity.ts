// Whose session this is: from the storage if an earlier page has asked with the same token, from the server otherwise.
import type { Api } from "./api.ts";
import { type RetryPolicy, retry } from "./backoff.ts";
import { fingerprintOf, type PersistentStore } from "./storage.ts";
import { ValueStore } from "./store.ts";
import type { Account, Person } from "./wire.ts";

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
  /** Whether events have kept it up to date since it was read. */
  #isCurrent = false;

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
    await this.#read();
  };

  onOpen() {
    // Refused: the session has ended, as the connection will say.
    if (!this.#isCurrent && this.store.hasSubscribers) this.#read().catch(() => {});
  }

  onLost() {
    this.#isCurrent = false;
  }

  /** The user has changed something of their account. */
  update(account: Account) {
    this.store.set(account);
    this.persist();
  }

  setPerson(person: Person) {
    const me = this.store.getSnapshot();
    if (me?.id !== person.id) return;
    const { display_name: _, avatar: __, status: ___, ...rest } = me;
    this.update({ ...rest, ...person });
  }

  #read(): Promise<void> {
    const { api, policy } = this.#parts;
    this.#isCurrent = true;
    this.#loading ??= retry(policy, () => api.one<Account>("GET", "/me"))
      .then((account) => {
        this.#set(account);
        this.persist();
      })
      .finally(() => {
        this.#loading = null;
      });
    return this.#loading;
  }

  #set(account: Account) {
    this.store.set(account);
    this.#parts.onKnown(account);
  }
}
