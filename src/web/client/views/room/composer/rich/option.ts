// What a list above the field offers.
import type { ComponentChildren } from "preact";

export const OPTIONS_LIMIT = 8;

export interface Option {
  key: string;
  /** What takes the place of what was typed. */
  insert: string;
  onInsert?: () => void;
  content: ComponentChildren;
}
