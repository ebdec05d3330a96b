import type { Option } from "./option.ts";

export function useEmojiOptions(_text: string | null): Option[] {
  return [];
}
