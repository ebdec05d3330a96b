// API keys of the user, and bots with keys of their own: what programs act with.
import { useEffect, useState } from "preact/hooks";
import type { ApiKey, Bot, Integrations as Calls, CreatedKey } from "../../../../sdk/index.ts";
import { errorText, toast } from "../../state/toasts.ts";
import { ActionForm } from "./action-form.tsx";
import { BotList, NewBot } from "./bot-list.tsx";
import { BotSettings } from "./bot-settings.tsx";
import { KeyList } from "./key-list.tsx";
import { KeySecret } from "./key-secret.tsx";
import { NewKey } from "./new-key.tsx";
import type { SectionProps } from "./section.ts";
import { useViewFocus } from "./use-view-focus.ts";

/** `bot`: whose key it is; null of the user's own. */
type View =
  | { name: "overview" }
  | { name: "new key"; bot: Bot | null }
  | { name: "secret"; bot: Bot | null; created: CreatedKey }
  | { name: "delete key"; bot: Bot | null; key: ApiKey }
  | { name: "new bot" }
  | { name: "bot"; bot: Bot }
  | { name: "delete bot"; bot: Bot };

const idOf = (view: View) =>
  [view.name, "key" in view && view.key.id, view.name === "bot" && view.bot.id].filter(Boolean).join(" ");

export function Integrations({ chat, me }: SectionProps) {
  const [calls, setCalls] = useState<Calls | null>(null);
  const [keys, setKeys] = useState<ApiKey[]>([]);
  const [bots, setBots] = useState<Bot[]>([]);
  const [error, setError] = useState<unknown>(null);
  const [view, setView] = useState<View>({ name: "overview" });
  useViewFocus(idOf(view));

  async function load() {
    setError(null);
    const loaded = await chat.integrations();
    const [ownKeys, ownBots] = await Promise.all([loaded.listKeys(), loaded.listBots()]);
    setKeys(ownKeys);
    setBots(ownBots);
    setCalls(loaded);
  }
  const reload = () => void load().catch(setError);
  useEffect(reload, [chat]);

  if (error !== null)
    return (
      <p class="form-error" role="alert">
        {errorText(error)}
        <button type="button" class="link" onClick={reload}>
          Try again
        </button>
      </p>
    );
  if (!calls) return <p class="list-note">Loading…</p>;

  const home = (bot: Bot | null) => setView(bot ? { name: "bot", bot } : { name: "overview" });
  const onChange = (changed: Bot) => {
    setBots((known) => known.map((bot) => (bot.id === changed.id ? changed : bot)));
    setView((now) => (now.name === "bot" ? { name: "bot", bot: changed } : now));
  };
  switch (view.name) {
    case "overview":
      return (
        <div class="settings">
          <p class="text-muted">
            A bot is an account that a program runs: others see it as a bot, and it sees only what it’s added to.
          </p>
          <BotList
            chat={chat}
            bots={bots}
            onOpen={(bot) => setView({ name: "bot", bot })}
            onCreate={() => setView({ name: "new bot" })}
          />
          <h3>Your API keys</h3>
          <p class="text-muted">With one of these a program acts as you. For everything else, make it a bot.</p>
          <KeyList
            keys={keys}
            onCreate={() => setView({ name: "new key", bot: null })}
            onDelete={(key) => setView({ name: "delete key", bot: null, key })}
          />
        </div>
      );
    case "new key": {
      const { bot } = view;
      return (
        <NewKey
          chat={chat}
          me={me}
          bot={bot}
          create={(key, proof) => (bot ? calls.createBotKey(bot.id, key) : calls.createKey(key, proof))}
          onCreated={(created) => {
            if (!bot) setKeys((known) => [created.data, ...known.filter(({ id }) => id !== created.data.id)]);
            setView({ name: "secret", bot, created });
          }}
          onCancel={() => home(bot)}
        />
      );
    }
    case "secret":
      return <KeySecret created={view.created} onDone={() => home(view.bot)} />;
    case "delete key": {
      const { bot, key } = view;
      return (
        <>
          <p>
            Programs that use <bdi>{key.name}</bdi> stop working at once. This can’t be undone.
          </p>
          <ActionForm
            action="Delete key"
            isDanger
            onCancel={() => home(bot)}
            onSubmit={async () => {
              if (bot) await calls.deleteBotKey(bot.id, key.id);
              else await calls.deleteKey(key.id);
              if (!bot) setKeys((known) => known.filter(({ id }) => id !== key.id));
              toast("The key was deleted.");
              home(bot);
            }}
          />
        </>
      );
    }
    case "new bot":
      return (
        <NewBot
          onCancel={() => home(null)}
          onSubmit={async (names) => {
            const bot = await calls.createBot(names);
            setBots((known) => [...known, bot]);
            home(bot);
          }}
        />
      );
    case "bot":
      return (
        <BotSettings
          key={view.bot.id}
          chat={chat}
          calls={calls}
          bot={view.bot}
          onChange={onChange}
          onNewKey={() => setView({ name: "new key", bot: view.bot })}
          onDeleteKey={(key) => setView({ name: "delete key", bot: view.bot, key })}
          onDelete={() => setView({ name: "delete bot", bot: view.bot })}
          onBack={() => home(null)}
        />
      );
    case "delete bot": {
      const { bot } = view;
      return (
        <>
          <p>
            <bdi>@{bot.username}</bdi> will be gone for good, and its keys stop working at once. What it has written
            stays, shown as from “Deleted user”.
          </p>
          <ActionForm
            action="Delete bot"
            isDanger
            onCancel={() => home(bot)}
            onSubmit={async () => {
              await calls.deleteBot(bot.id);
              setBots((known) => known.filter(({ id }) => id !== bot.id));
              toast("The bot was deleted.");
              home(null);
            }}
          />
        </>
      );
    }
  }
}
