// The reactions below a message.
import type { RoomMessage } from "../../../../sdk/index.ts";

/** Those offered first. */
export const QUICK_REACTIONS = ["👍", "❤️", "😂", "😮", "😢", "🎉"];

interface ReactionsProps {
  message: RoomMessage;
  mayReact: boolean;
  tabIndex: number;
  onReact: (message: RoomMessage, emoji: string, isOn: boolean) => void;
}

export const Reactions = ({ message, mayReact, tabIndex, onReact }: ReactionsProps) => (
  <ul class="reactions" aria-label="Reactions">
    {message.reactions?.map(({ emoji, count, mine }) => (
      <li key={emoji}>
        <button
          type="button"
          class="reaction"
          tabIndex={tabIndex}
          aria-pressed={mine === true}
          aria-label={`${emoji}, ${count} ${count === 1 ? "person" : "people"}`}
          disabled={!mayReact && !mine}
          onClick={() => onReact(message, emoji, !mine)}
        >
          <span aria-hidden="true">{emoji}</span>
          <span aria-hidden="true">{count}</span>
        </button>
      </li>
    ))}
  </ul>
);
