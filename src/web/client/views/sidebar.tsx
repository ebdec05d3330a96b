// The lists beside the room: chats or people, and what belongs to oneself.
import { useState } from "preact/hooks";
import type { Account, Chat } from "../../../sdk/index.ts";
import { useStore } from "../lib/use-store.ts";
import { type Tab, tab, tabHref } from "../state/route.ts";
import { Avatar } from "../ui/avatar.tsx";
import { Icon, type IconName } from "../ui/icons.tsx";
import { Menu } from "../ui/menu.tsx";
import { Settings } from "./account/settings.tsx";
import { ChatList } from "./chats/chat-list.tsx";
import { NewChat } from "./chats/new-chat.tsx";
import { FindGroups } from "./groups/find-groups.tsx";
import { NewGroup } from "./groups/new-group.tsx";
import { People } from "./people/people.tsx";

export function Sidebar({ chat, me }: { chat: Chat; me: Account }) {
  const [window, setWindow] = useState<"settings" | "new-chat" | "new-group" | "find-groups" | null>(null);
  const { unread } = useStore(chat.rooms);
  const requests = useStore(chat.requests.incoming).items.length;
  const close = () => setWindow(null);
  return (
    <section class="sidebar" aria-label="Chats and people">
      <header class="bar">
        <button type="button" class="own-account" onClick={() => setWindow("settings")}>
          <Avatar id={me.id} name={me.username} size="small" />
          <bdi title={me.username}>{me.username}</bdi>
          <span class="visually-hidden">: your account</span>
        </button>
        <Menu
          label="New"
          icon="plus"
          items={[
            { label: "New chat", onSelect: () => setWindow("new-chat") },
            { label: "New group", onSelect: () => setWindow("new-group") },
            { label: "Find public groups", onSelect: () => setWindow("find-groups") },
          ]}
        />
        <button type="button" class="icon-button" aria-label="Settings" onClick={() => setWindow("settings")}>
          <Icon name="settings" />
        </button>
      </header>
      {tab.value === "people" ? <People chat={chat} me={me} /> : <ChatList chat={chat} me={me} />}
      <nav class="tabs" aria-label="Lists">
        <TabLink name="chats" icon="chats" label="Chats" count={unread} of="unread" />
        <TabLink name="people" icon="people" label="People" count={requests} of="requests" />
      </nav>
      {window === "settings" && <Settings chat={chat} me={me} onClose={close} />}
      {window === "new-chat" && <NewChat chat={chat} onClose={close} />}
      {window === "new-group" && <NewGroup chat={chat} onClose={close} />}
      {window === "find-groups" && <FindGroups chat={chat} onClose={close} />}
    </section>
  );
}

interface TabLinkProps {
  name: Tab;
  icon: IconName;
  label: string;
  count: number;
  of: string;
}

const TabLink = ({ name, icon, label, count, of }: TabLinkProps) => (
  <a href={tabHref(name)} aria-current={tab.value === name ? "page" : undefined}>
    <Icon name={icon} />
    {label}
    {count > 0 && (
      <span class="badge">
        {count > 99 ? "99+" : count}
        <span class="visually-hidden"> {of}</span>
      </span>
    )}
  </a>
);
