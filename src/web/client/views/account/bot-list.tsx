// The user's bots, and the form for another one.
import { type Bot, type Chat, nameOf } from "../../../../sdk/index.ts";
import { Avatar } from "../../ui/avatar.tsx";
import { Field } from "../../ui/field.tsx";
import { Icon } from "../../ui/icons.tsx";
import { ActionForm } from "./action-form.tsx";
import { DisplayNameField } from "./display-name-field.tsx";

/** As it is now: what is known of people may be older. */
export const BotAvatar = ({ chat, bot, size }: { chat: Chat; bot: Bot; size: "small" | "large" }) => (
  <Avatar id={bot.id} name={nameOf(bot)} picture={chat.people.avatarUrl(bot)} size={size} />
);

interface BotListProps {
  chat: Chat;
  bots: Bot[];
  onOpen: (bot: Bot) => void;
  onCreate: () => void;
}

export const BotList = ({ chat, bots, onOpen, onCreate }: BotListProps) => (
  <div class="key-list">
    {bots.length > 0 && (
      <ul class="settings-group" aria-label="Bots">
        {bots.map((bot) => (
          <li key={bot.id}>
            <button type="button" class="settings-entry" data-opens={`bot ${bot.id}`} onClick={() => onOpen(bot)}>
              <BotAvatar chat={chat} bot={bot} size="small" />
              <span class="bot-names">
                <strong>
                  <bdi>{nameOf(bot)}</bdi>
                </strong>
                <bdi class="text-muted" dir="ltr">
                  @{bot.username}
                </bdi>
              </span>
              <Icon name="forward" size={16} />
            </button>
          </li>
        ))}
      </ul>
    )}
    <button type="button" class="button" data-opens="new bot" onClick={onCreate}>
      Create a bot
    </button>
  </div>
);

interface NewBotProps {
  onSubmit: (names: { username: string; display_name?: string }) => Promise<void>;
  onCancel: () => void;
}

export const NewBot = ({ onSubmit, onCancel }: NewBotProps) => (
  <ActionForm
    action="Create bot"
    onCancel={onCancel}
    onSubmit={(form) => {
      const [username, name] = [String(form.get("username")).trim(), String(form.get("display_name")).trim()];
      return onSubmit({ username, ...(name !== "" && { display_name: name }) });
    }}
  >
    {(errorOf) => (
      <>
        <Field
          label="Username"
          name="username"
          autocomplete="off"
          isVerbatim
          autofocus
          hint="Unique, such as weather-bot."
          error={errorOf("username", "username_taken")}
        />
        <DisplayNameField
          defaultValue={undefined}
          autocomplete="off"
          errorOf={errorOf}
          hint="The name that others see. Empty: the username."
        />
      </>
    )}
  </ActionForm>
);
