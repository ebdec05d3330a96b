import type { Account, Chat } from "../../../../sdk/index.ts";

/** What a section of the settings is given. */
export interface SectionProps {
  chat: Chat;
  me: Account;
  /** Returns to the list of sections. */
  onDone: () => void;
}
