// The accounts of providers that log the user in. Loaded when they are first asked for.
import type { Api } from "../api.ts";
import type { Identity, SignOn } from "../wire.ts";
import { bodyOf, type OwnerProof } from "./factors.ts";

/** Each method throws ChatError; those that take a proof as those of `Factors`. */
export interface Identities {
  list(): Promise<Identity[]>;
  /** Begins to link one, as `startSignOn` does a log-in. Throws `unavailable` as well (the provider). */
  start(provider: string, proof: OwnerProof, returnTo?: string): Promise<SignOn>;
  /**
   * Links it, with the code that came back. Throws `sign_on_failed`, `not_found`, and `already_linked`: it is somebody else's, or there
   * is one of this provider.
   */
  finish(returned: { code: string; verifier: string }): Promise<Identity>;
  /** Throws `last_way_in` where nothing else logs the user in. */
  remove(provider: string, proof: OwnerProof): Promise<void>;
}

export function createIdentities(api: Api): Identities {
  const path = (provider: string) => `/me/identities/${encodeURIComponent(provider)}`;
  return {
    list: () => api.one("GET", "/me/identities"),
    start: (provider, proof, returnTo) =>
      api.one("POST", path(provider), { ...bodyOf(proof), ...(returnTo !== undefined && { return_to: returnTo }) }),
    finish: ({ code, verifier }) => api.one("PUT", "/me/identities", { code, verifier }),
    remove: (provider, proof) => api.run("DELETE", path(provider), bodyOf(proof)),
  };
}
