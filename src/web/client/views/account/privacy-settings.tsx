// What others may do and see. Each choice holds as soon as it is made.
import { useEffect, useState } from "preact/hooks";
import type { Privacy } from "../../../../sdk/index.ts";
import { errorText, withErrorToast } from "../../state/toasts.ts";
import type { SectionProps } from "./section.ts";

const FROM = {
  messages_from: {
    title: "Who may start a chat with you",
    everyone: "Anyone who knows your username",
    friends: "Others can’t, as if you weren’t there. Chats that you already have go on.",
  },
  groups_from: {
    title: "Who may add you to groups",
    everyone: "Anyone who may add people to a group",
    friends: "Others can’t add you. You can still join public groups.",
  },
} as const;

const SWITCHES = {
  last_seen: {
    title: "Show when you’re online",
    text: "Friends see whether you’re online, or when you last were. If you turn this off, you don’t see it of them either.",
  },
  read_receipts: {
    title: "Send read receipts",
    text: "Others see which messages you’ve read. If you turn this off, you don’t see what they’ve read either.",
  },
} as const;

export function PrivacySettings({ chat }: SectionProps) {
  const [privacy, setPrivacy] = useState<Privacy | null>(null);
  const [error, setError] = useState<unknown>(null);
  const load = () => {
    setError(null);
    chat.privacy.get().then(setPrivacy, setError);
  };
  useEffect(load, [chat]);
  if (error)
    return (
      <div class="empty-state" role="alert">
        <p>Couldn’t load your privacy settings. {errorText(error)}</p>
        <button type="button" class="button" onClick={load}>
          Try again
        </button>
      </div>
    );
  if (!privacy) return <p class="list-note">Loading…</p>;

  /** Shown at once, and as it was if the server refuses. */
  const change = async (chosen: Partial<Privacy>) => {
    setPrivacy({ ...privacy, ...chosen });
    const isChanged = await withErrorToast(async () => setPrivacy(await chat.privacy.set(chosen)));
    if (!isChanged) setPrivacy({ ...privacy });
  };
  return (
    <div class="settings">
      {(["messages_from", "groups_from"] as const).map((name) => (
        <fieldset key={name} class="choice">
          <legend>{FROM[name].title}</legend>
          {(["everyone", "friends"] as const).map((value) => (
            <label key={value}>
              <input
                type="radio"
                name={name}
                checked={privacy[name] === value}
                onChange={() => void change({ [name]: value })}
              />
              <span>
                <strong>{value === "everyone" ? "Everyone" : "Friends only"}</strong>
                <span>{FROM[name][value]}</span>
              </span>
            </label>
          ))}
        </fieldset>
      ))}
      {(["last_seen", "read_receipts"] as const).map((name) => (
        <label key={name} class="toggle">
          <span>
            <strong>{SWITCHES[name].title}</strong>
            <span class="text-muted">{SWITCHES[name].text}</span>
          </span>
          <input
            type="checkbox"
            role="switch"
            aria-checked={privacy[name]}
            checked={privacy[name]}
            onChange={({ currentTarget }) => void change({ [name]: currentTarget.checked })}
          />
        </label>
      ))}
    </div>
  );
}
