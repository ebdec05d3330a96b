// The delivery status of the user's own message.
import type { MessageState } from "../../../sdk/index.ts";
import { Icon, type IconName } from "./icons.tsx";

const STATES: Record<MessageState, [IconName, string]> = {
  sending: ["clock", "Sending"],
  sent: ["check", "Sent"],
  delivered: ["checks", "Delivered"],
  read: ["checks", "Read"],
  failed: ["alert", "Not sent"],
};

export function DeliveryStatus({ state }: { state: MessageState }) {
  const [icon, label] = STATES[state];
  return (
    <span class="delivery-status" data-state={state} title={label}>
      <Icon name={icon} size={16} />
      <span class="visually-hidden">{label}</span>
    </span>
  );
}
