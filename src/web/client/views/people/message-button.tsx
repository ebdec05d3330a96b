import type { Chat, Person } from "../../../../sdk/index.ts";
import { currentNameOf, openConversation } from "../../state/person.ts";
import { Icon } from "../../ui/icons.tsx";

/** Opens the conversation with a person, in their row. */
export const MessageButton = ({ chat, person }: { chat: Chat; person: Person }) => (
  <button
    type="button"
    class="icon-button"
    aria-label={`Message ${currentNameOf(person)}`}
    onClick={() => void openConversation(chat, person.id)}
  >
    <Icon name="chats" />
  </button>
);
