// API keys, and bots: what programs act with. Loaded when it is first asked for.
import type { Api } from "../api.ts";
import type { newId } from "../id.ts";
import type { ApiKey, Bot, BotUpdate, CreatedKey, KeyScope } from "../wire.ts";
import type { OwnerProof } from "./factors.ts";

/** A key as it is wished for. */
export interface KeyRequest {
  name: string;
  scopes: KeyScope[];
  /** An ISO 8601 time to come; without it, the key does not end by itself. */
  expires_at?: string | undefined;
  /** The caller's own id for it (UUID): with the same one, within an hour, the first key is returned again. New unless given. */
  client_id?: string | undefined;
}

/** Each method throws ChatError; `not_found` for a key or bot that is not the user's. An API key may call none of them. */
export interface Integrations {
  /** Keys that act for the user: those that have not ended, newest first. */
  listKeys(): Promise<ApiKey[]>;
  /**
   * The only time that the key itself is returned, in `key`. Throws `invalid` (see its `fields`), and for want of proof
   * `bad_credentials`, `second_factor` and `log_in_again`.
   */
  createKey(key: KeyRequest, proof: OwnerProof): Promise<CreatedKey>;
  /** It is refused from then on, and its sockets are closed. */
  deleteKey(keyId: number): Promise<void>;

  /** The user's bots, oldest first. */
  listBots(): Promise<Bot[]>;
  getBot(botId: number): Promise<Bot>;
  /** Throws `invalid`, `username_taken`, `name_taken`. */
  createBot(bot: { username: string; display_name?: string | undefined }): Promise<Bot>;
  /** Changes what is given; null takes it away. Throws as `createBot` does, and `slow_down` for a username too many. */
  updateBot(botId: number, change: BotUpdate): Promise<Bot>;
  /** Shows an image that the user has uploaded, and that is the bot's from then on; it should be square. */
  setBotAvatar(botId: number, fileId: number): Promise<Bot>;
  removeBotAvatar(botId: number): Promise<Bot>;
  /** What it has written stays, as a deleted user's. */
  deleteBot(botId: number): Promise<void>;

  /** As those of the user: with one of them, as the `token` of `createChat`, a program acts as the bot. */
  listBotKeys(botId: number): Promise<ApiKey[]>;
  createBotKey(botId: number, key: KeyRequest): Promise<CreatedKey>;
  deleteBotKey(botId: number, keyId: number): Promise<void>;
}

/** `makeId`: what it imported itself would be parted from the core. */
export function createIntegrations(api: Api, makeId: typeof newId): Integrations {
  const keysOf = (path: string) => ({
    list: () => api.one<ApiKey[]>("GET", path),
    create: (key: KeyRequest, proof: OwnerProof = {}) =>
      api.call<CreatedKey>("POST", path, {
        client_id: makeId(),
        ...key,
        ...(proof.password !== undefined && { current_password: proof.password }),
        ...(proof.code && { code: proof.code }),
      }),
    remove: (keyId: number) => api.run("DELETE", `${path}/${keyId}`),
  });
  const own = keysOf("/me/keys");
  const pathOf = (botId: number) => `/bots/${botId}`;
  const ofBot = (botId: number) => keysOf(`${pathOf(botId)}/keys`);
  return {
    listKeys: own.list,
    createKey: own.create,
    deleteKey: own.remove,
    listBots: () => api.one("GET", "/bots"),
    getBot: (botId) => api.one("GET", pathOf(botId)),
    createBot: (bot) => api.one("POST", "/bots", bot),
    updateBot: (botId, change) => api.one("PUT", pathOf(botId), change),
    setBotAvatar: (botId, file_id) => api.one("PUT", `${pathOf(botId)}/avatar`, { file_id }),
    removeBotAvatar: (botId) => api.one("DELETE", `${pathOf(botId)}/avatar`),
    deleteBot: (botId) => api.run("DELETE", pathOf(botId)),
    listBotKeys: (botId) => ofBot(botId).list(),
    createBotKey: (botId, key) => ofBot(botId).create(key),
    deleteBotKey: (botId, keyId) => ofBot(botId).remove(keyId),
  };
}
