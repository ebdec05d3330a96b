// What proves who the user is besides the password. Loaded when it is first asked for.
import type { Api } from "../api.ts";
import type { ChatError } from "../errors.ts";
import type { Factors as FactorsInfo, Passkey, TotpSecret } from "../wire.ts";
import { createCredential } from "./passkeys.ts";

/** That it is the account's owner who asks. */
export interface OwnerProof {
  /** Of an account with one. */
  password?: string | undefined;
  /** Where the second factor is on: a code of it. */
  code?: string | undefined;
}

/**
 * Each method throws ChatError; those that take a proof `bad_credentials`, `second_factor` (a code is needed as well), and without a
 * password `log_in_again`.
 */
export interface Factors {
  get(): Promise<FactorsInfo>;
  /** A secret for an authenticator app, which counts once a code of it was confirmed. */
  startTotp(proof: OwnerProof): Promise<TotpSecret>;
  /** Turns the second factor on; returns the recovery codes, which are not shown again. */
  confirmTotp(code: string): Promise<string[]>;
  removeTotp(proof: OwnerProof): Promise<void>;
  /** New ones in place of the former. */
  renewRecoveryCodes(proof: OwnerProof): Promise<string[]>;
  /** Has the browser make a passkey. Throws `canceled` as well. */
  addPasskey(name: string, proof: OwnerProof): Promise<Passkey>;
  renamePasskey(passkeyId: number, name: string): Promise<Passkey>;
  removePasskey(passkeyId: number, proof: OwnerProof): Promise<void>;
}

/** As calls take it. */
export const bodyOf = ({ password, code }: OwnerProof) => ({
  ...(password !== undefined && { current_password: password }),
  ...(code && { code }),
});

export function createFactors(api: Api, Failure: typeof ChatError): Factors {
  const codes = async (path: string, body: object) =>
    (await api.one<{ recovery_codes: string[] }>("POST", path, body)).recovery_codes;
  return {
    get: () => api.one("GET", "/me/factors"),
    startTotp: (proof) => api.one("POST", "/me/totp", bodyOf(proof)),
    confirmTotp: (code) => codes("/me/totp/confirm", { code }),
    removeTotp: (proof) => api.run("DELETE", "/me/totp", bodyOf(proof)),
    renewRecoveryCodes: (proof) => codes("/me/recovery-codes", bodyOf(proof)),
    async addPasskey(name, proof) {
      const options = await api.one<Record<string, unknown>>("POST", "/me/passkeys/options", bodyOf(proof));
      const credential = await createCredential(options, Failure);
      return api.one("POST", "/me/passkeys", { name, credential });
    },
    renamePasskey: (passkeyId, name) => api.one("PUT", `/me/passkeys/${passkeyId}`, { name }),
    removePasskey: (passkeyId, proof) => api.run("DELETE", `/me/passkeys/${passkeyId}`, bodyOf(proof)),
  };
}
