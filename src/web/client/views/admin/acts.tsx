// What can be done to what is open, as a list of entries like those of the settings.
import type { ComponentChildren } from "preact";
import { Icon, type IconName } from "../../ui/icons.tsx";

interface ActProps {
  icon: IconName;
  text: string;
  isDanger?: boolean;
  onPress: () => void;
}

export const Act = ({ icon, text, isDanger = false, onPress }: ActProps) => (
  <button type="button" class={isDanger ? "settings-entry danger-text" : "settings-entry"} onClick={onPress}>
    <Icon name={icon} />
    <span>{text}</span>
  </button>
);

export const Acts = ({ children }: { children: ComponentChildren }) => (
  <div class="settings-group admin-acts">{children}</div>
);
