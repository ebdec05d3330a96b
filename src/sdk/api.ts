// HTTP calls in the contract's forms. What a call changes comes back as events on the socket; nothing here touches a store.
import { type Call, type Method, queryOf } from "./http.ts";
import type { Page } from "./wire.ts";

/** Each method throws ChatError. */
export interface Api {
  call: Call;
  /** The `data` of the response. */
  one<T>(method: Method, path: string, body?: unknown): Promise<T>;
  /** For calls whose response says nothing more. */
  run(method: Method, path: string, body?: unknown): Promise<void>;
  page<Item>(path: string, query?: Parameters<typeof queryOf>[0]): Promise<Page<Item>>;
}

export const createApi = (call: Call): Api => ({
  call,
  one: async <T>(...request: Parameters<Call>) => (await call<{ data: T }>(...request)).data,
  run: async (...request) => void (await call(...request)),
  page: (path, query = {}) => call("GET", path + queryOf(query)),
});
