// What people do with their own accounts: another username, a copy of everything that is theirs, deleting the account. Loaded when
// it is used for the first time.
import type { Api } from "../api.ts";
import type { Account } from "../wire.ts";
import type { OwnerProof } from "./factors.ts";

export interface OwnAccount {
  /**
   * Changes the username, for everybody at once. Throws ChatError: `invalid` (see its `fields`), `username_taken`, `bad_credentials`,
   * `second_factor`, `log_in_again`, `slow_down`.
   */
  changeUsername(username: string, proof: OwnerProof): Promise<Account>;
  /** Everything that is theirs: a JSON document, as it arrives. Throws ChatError, such as `slow_down` while another one is under way. */
  export(): Promise<ReadableStream<Uint8Array>>;
  /** Deletes the account for good; the chat closes with `logged_out`. Throws ChatError as `changeUsername` does. */
  delete(proof: OwnerProof): Promise<void>;
}

// (Shared with factors.ts it would be a chunk of its own.)
const bodyOf = ({ password, code }: OwnerProof) => ({
  ...(password !== undefined && { current_password: password }),
  ...(code && { code }),
});

interface Parts {
  onAccount(account: Account): void;
  readStream(path: string): Promise<ReadableStream<Uint8Array>>;
  /** Runs what ends the session, and then forgets what is kept of it. */
  leave(end: () => Promise<unknown>): Promise<void>;
}

export function createOwnAccount(api: Api, parts: Parts): OwnAccount {
  return {
    async changeUsername(username, proof) {
      const account = await api.one<Account>("PUT", "/me/username", { username, ...bodyOf(proof) });
      parts.onAccount(account);
      return account;
    },
    export: () => parts.readStream("/me/export"),
    delete: (proof) => parts.leave(() => api.run("DELETE", "/me", bodyOf(proof))),
  };
}
