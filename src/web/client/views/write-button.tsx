import type { Chat, Person } from "../../../sdk/index.ts";
import { writeTo } from "../state/person.ts";
import { Icon } from "../ui/icons.tsx";

/** Opens the conversation with somebody from their row. */
export const WriteButton = ({ chat, person }: { chat: Chat; person: Person }) => (
  <button
    type="button"
    class="icon-button"
    aria-label={`Write to ${person.username}`}
    onClick={() => void writeTo(chat, person.id)}
  >
    <Icon name="chats" />
  </button>
);
