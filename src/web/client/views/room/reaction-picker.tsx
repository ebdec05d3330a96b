// All emojis, to react to a message with one of them.
import { Floating } from "../../ui/floating.tsx";
import { EmojiPicker } from "./emoji/emoji-picker.tsx";
import type { MenuTarget, MessageActions } from "./message-actions.ts";

/** A sheet is one already. */
const AS_DIALOG = { role: "dialog", "aria-label": "Choose a reaction" } as const;

interface ReactionPickerProps {
  target: MenuTarget;
  actions: MessageActions;
  onClose: () => void;
}

export const ReactionPicker = ({ target: { message, at }, actions, onClose }: ReactionPickerProps) => (
  <Floating label="Choose a reaction" at={at} onClose={onClose}>
    {(close, isSheet) => (
      <div class="reaction-picker" {...(isSheet ? {} : AS_DIALOG)}>
        <EmojiPicker
          onPick={(emoji) => {
            close();
            const isMine = message.reactions?.some((reaction) => reaction.emoji === emoji && reaction.mine);
            actions.react(message, emoji, !isMine);
          }}
          onClose={close}
        />
      </div>
    )}
  </Floating>
);
