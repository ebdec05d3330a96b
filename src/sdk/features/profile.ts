// What the user shows of themselves, and what they let others see and do.
import type { Api } from "../api.ts";
import type { Account, Privacy, ProfileUpdate } from "../wire.ts";

/** Each method throws ChatError. What it changes is in `chat.me` when it resolves. */
export interface Profile {
  /** Changes what is given; null takes it away. Refusals: `invalid`, `name_taken`. */
  update(change: ProfileUpdate): Promise<Account>;
  /** Shows an uploaded image, which should be square. */
  setAvatar(fileId: number): Promise<Account>;
  removeAvatar(): Promise<Account>;
}

/** Each method throws ChatError. */
export interface PrivacySettings {
  get(): Promise<Privacy>;
  /** Changes what is given. */
  set(change: Partial<Privacy>): Promise<Privacy>;
}

export function createProfile(api: Api, onChange: (account: Account) => void): Profile {
  const changed = async (response: Promise<Account>) => {
    const account = await response;
    onChange(account);
    return account;
  };
  return {
    update: (change) => changed(api.one("PUT", "/me", change)),
    setAvatar: (file_id) => changed(api.one("PUT", "/me/avatar", { file_id })),
    removeAvatar: () => changed(api.one("DELETE", "/me/avatar")),
  };
}

export const createPrivacy = (api: Api): PrivacySettings => ({
  get: () => api.one("GET", "/me/privacy"),
  set: (change) => api.one("PUT", "/me/privacy", change),
});
