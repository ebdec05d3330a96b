// One bot of the user's: its picture, its names, its keys, and its end.
import { useEffect, useState } from "preact/hooks";
import { type ApiKey, type Bot, type Chat, type Integrations, nameOf } from "../../../../sdk/index.ts";
import { errorText, toast } from "../../state/toasts.ts";
import { Field } from "../../ui/field.tsx";
import { Icon } from "../../ui/icons.tsx";
import { ActionForm } from "./action-form.tsx";
import { BotAvatar } from "./bot-list.tsx";
import { DisplayNameField } from "./display-name-field.tsx";
import { KeyList } from "./key-list.tsx";
import { usePicture } from "./use-picture.tsx";

interface BotSettingsProps {
  chat: Chat;
  calls: Integrations;
  bot: Bot;
  onChange: (bot: Bot) => void;
  onNewKey: () => void;
  onDeleteKey: (key: ApiKey) => void;
  onDelete: () => void;
  onBack: () => void;
}

export function BotSettings({ chat, calls, bot, onChange, onNewKey, onDeleteKey, onDelete, onBack }: BotSettingsProps) {
  const [keys, setKeys] = useState<ApiKey[] | null>(null);
  const [error, setError] = useState<unknown>(null);
  const load = () => {
    setError(null);
    calls.listBotKeys(bot.id).then(setKeys, setError);
  };
  useEffect(load, [calls, bot.id]);
  const { cropper, portrait } = usePicture({
    chat,
    avatar: (
      <>
        <BotAvatar chat={chat} bot={bot} size="large" />
        <h3>
          <bdi>{nameOf(bot)}</bdi>
        </h3>
      </>
    ),
    hasPicture: bot.avatar !== undefined,
    name: "The bot’s picture",
    note: "Everyone who shares a chat with the bot sees it.",
    set: async (fileId) => onChange(await calls.setBotAvatar(bot.id, fileId)),
    remove: async () => onChange(await calls.removeBotAvatar(bot.id)),
  });
  if (cropper) return cropper;
  return (
    <div class="settings">
      <p>
        <button type="button" class="link" onClick={onBack}>
          All bots
        </button>
      </p>
      {portrait}
      <ActionForm
        action="Save"
        onSubmit={async (form) => {
          const username = String(form.get("username")).trim();
          const changed = await calls.updateBot(bot.id, {
            // One that stays is not counted as a change.
            ...(username !== bot.username && { username }),
            display_name: String(form.get("display_name")).trim() || null,
          });
          onChange(changed);
          toast("The bot was saved.");
        }}
      >
        {(errorOf) => (
          <>
            <DisplayNameField
              defaultValue={bot.display_name}
              autocomplete="off"
              errorOf={errorOf}
              hint={`The name that others see. Empty: the username, ${bot.username}.`}
            />
            <Field
              label="Username"
              name="username"
              autocomplete="off"
              isVerbatim
              defaultValue={bot.username}
              hint="It can be changed twice in 30 days."
              error={errorOf("username", "username_taken")}
            />
          </>
        )}
      </ActionForm>
      <h3>Keys of the bot</h3>
      {error !== null ? (
        <p class="form-error" role="alert">
          {errorText(error)}
          <button type="button" class="link" onClick={load}>
            Try again
          </button>
        </p>
      ) : keys ? (
        <KeyList keys={keys} onCreate={onNewKey} onDelete={onDeleteKey} />
      ) : (
        <p class="list-note">Loading…</p>
      )}
      <div class="settings-group">
        <button type="button" class="settings-entry danger-text" data-opens="delete bot" onClick={onDelete}>
          <Icon name="trash" />
          <span>Delete this bot</span>
        </button>
      </div>
    </div>
  );
}
