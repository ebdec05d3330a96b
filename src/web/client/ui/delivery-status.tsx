// How far a message of one's own has come.
import type { MessageState } from "../../../sdk/index.ts";
import { Icon, type IconName } from "./icons.tsx";

const STATES: Record<MessageState, [IconName, string]> = {
  sending: ["clock", "Sending"],
  sent: ["check", "Sent"],
  delivered: ["checks", "Delivered"],
  read: ["checks", "Read"],
  failed: ["alert", "Couldn’t be sent"],
};

export function DeliveryStatus({ state }: { state: MessageState }) {
  const [icon, words] = STATES[state];
  return (
    <span class="delivery-status" data-state={state} title={words}>
      <Icon name={icon} size={16} />
      <span class="visually-hidden">{words}</span>
    </span>
  );
}
