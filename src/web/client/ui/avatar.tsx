// The picture of a user, or the initial of a user or group on its avatar colour.
import { useState } from "preact/hooks";
import { avatarColorOf } from "../lib/avatar-color.ts";
import { initialOf } from "../lib/text.ts";

interface AvatarProps {
  /** Of the user or group. */
  id: number;
  name: string;
  /** Its address. */
  picture?: string | null;
  isGroup?: boolean;
  size?: "small" | "normal" | "large";
  isOnline?: boolean;
}

export const Avatar = ({
  id,
  name,
  picture = null,
  isGroup = false,
  size = "normal",
  isOnline = false,
}: AvatarProps) => {
  /** The address that could not be loaded. */
  const [failed, setFailed] = useState<string | null>(null);
  return (
    <span
      class={`avatar ${size}`}
      data-avatar-color={avatarColorOf(id, isGroup ? 1 : 0)}
      data-group={isGroup}
      aria-hidden="true"
    >
      {/* Below the picture while it loads, and without a network. */}
      {initialOf(name)}
      {picture && picture !== failed && (
        <img key={picture} src={picture} alt="" loading="lazy" decoding="async" onError={() => setFailed(picture)} />
      )}
      {isOnline && <span class="online-dot" />}
    </span>
  );
};
