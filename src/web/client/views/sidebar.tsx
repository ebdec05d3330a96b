// The lists beside the room (chats or people), with the user's settings and the menu for new chats.
import { useState } from "preact/hooks";
import type { Account, Chat } from "../../../sdk/index.ts";
import { lazy } from "../lib/lazy.tsx";
import { useStore } from "../lib/use-store.ts";
import { type Tab, tab, tabHref } from "../state/route.ts";
import { Badge } from "../ui/badge.tsx";
import { Icon, type IconName } from "../ui/icons.tsx";
import { Menu } from "../ui/menu.tsx";
import { PersonAvatar, PersonName, StatusEmoji } from "../ui/person.tsx";
import { ChatList } from "./chats/chat-list.tsx";

const Activity = lazy(async () => (await import("./activity/activity.tsx")).Activity);
const People = lazy(async () => (await import("./people/people.tsx")).People);
const Settings = lazy(async () => (await import("./account/settings.tsx")).Settings);
const NewChat = lazy(async () => (await import("./chats/new-chat.tsx")).NewChat);
const NewGroup = lazy(async () => (await import("./groups/new-group.tsx")).NewGroup);
const FindGroups = lazy(async () => (await import("./groups/find-groups.tsx")).FindGroups);

export function Sidebar({ chat, me }: { chat: Chat; me: Account }) {
  const [dialog, setDialog] = useState<"settings" | "new-chat" | "new-group" | "find-groups" | null>(null);
  const { unread, rooms } = useStore(chat.rooms);
  const mentions = rooms.reduce((sum, { mention_count = 0 }) => sum + mention_count, 0);
  const requests = useStore(chat.requests.incoming).items.length;
  const close = () => setDialog(null);
  return (
    <section class="sidebar" aria-label="Chats and people">
      <header class="bar">
        <button type="button" class="own-account" onClick={() => setDialog("settings")}>
          <PersonAvatar person={me} size="small" />
          <PersonName person={me} />
          <StatusEmoji person={me} />
          <span class="visually-hidden">: your account</span>
        </button>
        <Menu
          label="New"
          icon="plus"
          items={[
            { label: "New chat", onSelect: () => setDialog("new-chat") },
            { label: "New group", onSelect: () => setDialog("new-group") },
            { label: "Find public groups", onSelect: () => setDialog("find-groups") },
          ]}
        />
        <button type="button" class="icon-button" aria-label="Settings" onClick={() => setDialog("settings")}>
          <Icon name="settings" />
        </button>
      </header>
      {tab.value === "people" && <People chat={chat} me={me} />}
      {tab.value === "activity" && <Activity chat={chat} me={me} />}
      {tab.value === "chats" && <ChatList chat={chat} me={me} />}
      <nav class="tabs" aria-label="Main">
        <TabLink name="chats" icon="chats" label="Chats" count={unread} countLabel="unread" />
        <TabLink name="activity" icon="activity" label="Activity" count={mentions} countLabel="unread" />
        <TabLink name="people" icon="people" label="People" count={requests} countLabel="requests" />
      </nav>
      {dialog === "settings" && <Settings chat={chat} me={me} onClose={close} />}
      {dialog === "new-chat" && <NewChat chat={chat} onClose={close} />}
      {dialog === "new-group" && <NewGroup chat={chat} onClose={close} />}
      {dialog === "find-groups" && <FindGroups chat={chat} onClose={close} />}
    </section>
  );
}

interface TabLinkProps {
  name: Tab;
  icon: IconName;
  label: string;
  count: number;
  countLabel: string;
}

const TabLink = ({ name, icon, label, count, countLabel }: TabLinkProps) => (
  <a href={tabHref(name)} aria-current={tab.value === name ? "page" : undefined}>
    <Icon name={icon} />
    {label}
    <Badge count={count} label={countLabel} />
  </a>
);
