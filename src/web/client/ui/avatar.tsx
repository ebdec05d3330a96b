// The initial of a user or group on its avatar colour.
import { avatarColorOf } from "../lib/avatar-color.ts";
import { initialOf } from "../lib/text.ts";

interface AvatarProps {
  /** Of the user or group. */
  id: number;
  name: string;
  isGroup?: boolean;
  size?: "small" | "normal" | "large";
  isOnline?: boolean;
}

export const Avatar = ({ id, name, isGroup = false, size = "normal", isOnline = false }: AvatarProps) => (
  <span
    class={`avatar ${size}`}
    data-avatar-color={avatarColorOf(id, isGroup ? 1 : 0)}
    data-group={isGroup}
    aria-hidden="true"
  >
    {initialOf(name)}
    {isOnline && <span class="online-dot" />}
  </span>
);
