// The whole page: the login form, or the lists with the open room beside them.
import { useEffect } from "preact/hooks";
import type { Account, Chat } from "../../../sdk/index.ts";
import { isComposing } from "../lib/composing.ts";
import { lazy } from "../lib/lazy.tsx";
import { PRODUCT } from "../lib/product.ts";
import { isShortcut } from "../lib/shortcuts.ts";
import { useStore } from "../lib/use-store.ts";
import { openDialog } from "../state/dialog.ts";
import { isHelpOpen } from "../state/help.ts";
import { profilePerson } from "../state/person.ts";
import {
  adminPath,
  focusSearch,
  go,
  goBack,
  inviteCode,
  listHref,
  mailLink,
  openRoom,
  tabHref,
} from "../state/route.ts";
import { chat } from "../state/session.ts";
import { Icon } from "../ui/icons.tsx";
import { ConnectionBar } from "./connection-bar.tsx";
import { Announcer } from "./room/announcer.tsx";
import { RoomView } from "./room/room.tsx";
import { Sidebar } from "./sidebar.tsx";

const AdminArea = lazy(async () => (await import("./admin/area.tsx")).AdminArea);
const SignIn = lazy(async () => (await import("./account/sign-in.tsx")).SignIn);
const MailLinkView = lazy(async () => (await import("./account/mail-link.tsx")).MailLinkView);
const InviteView = lazy(async () => (await import("./account/invite.tsx")).InviteView);
const ProfileDialog = lazy(async () => (await import("./people/profile-dialog.tsx")).ProfileDialog);
const ShortcutsDialog = lazy(async () => (await import("./help/shortcuts-dialog.tsx")).ShortcutsDialog);

const closeProfile = () => {
  profilePerson.value = null;
};
const leaveAdmin = () => go(listHref("chats"));
const closeHelp = () => {
  isHelpOpen.value = false;
};

export function App() {
  if (inviteCode.value) return <InviteView key={inviteCode.value} code={inviteCode.value} />;
  if (mailLink.value) return <MailLinkView link={mailLink.value} />;
  return chat.value ? <Session chat={chat.value} /> : <SignIn />;
}

function Session({ chat }: { chat: Chat }) {
  const me = useStore(chat.me);
  return (
    <>
      {!me ? (
        <div class="splash" aria-busy="true" />
      ) : adminPath.value === null ? (
        <Panes chat={chat} me={me} />
      ) : (
        <AdminArea chat={chat} me={me} onClose={leaveAdmin} />
      )}
      <ConnectionBar chat={chat} />
    </>
  );
}

function Panes({ chat, me }: { chat: Chat; me: Account }) {
  const room = openRoom.value;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (isShortcut(event, "search")) {
        event.preventDefault();
        // On a small screen the room covers it.
        const isSidebarVisible = document.querySelector(".sidebar")!.checkVisibility();
        go(isSidebarVisible ? tabHref("chats") : listHref("chats"));
        focusSearch("chats");
      } else if (
        event.defaultPrevented ||
        isComposing(event) ||
        document.querySelector("dialog[open], :popover-open")
      ) {
        return;
      } else if (isShortcut(event, "help")) {
        // A question mark in a text is one.
        if (event.key === "?" && (event.target as HTMLElement).matches("input, textarea, [contenteditable]")) return;
        event.preventDefault();
        isHelpOpen.value = true;
      } else if (isShortcut(event, "close")) {
        // Escape in an input or a field with text in it doesn't close the room.
        const { target } = event;
        if (target instanceof HTMLInputElement || (target instanceof HTMLTextAreaElement && target.value !== ""))
          return;
        if (openRoom.peek()) goBack();
      }
    };
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, []);
  return (
    <main class="panes" data-room={room !== null}>
      <h1 class="visually-hidden">{PRODUCT}</h1>
      <Sidebar chat={chat} me={me} />
      {room ? <RoomView key={room} chat={chat} me={me} roomKey={room} /> : <NoRoom />}
      {profilePerson.value && <ProfileDialog chat={chat} onClose={closeProfile} />}
      {isHelpOpen.value && <ShortcutsDialog onClose={closeHelp} />}
      {openDialog.value}
      <Announcer chat={chat} />
    </main>
  );
}

const NoRoom = () => (
  <section class="room empty">
    <div class="empty-state">
      <Icon name="chats" size={40} />
      <h2>Select a chat</h2>
      <p>Or find someone under People and start a new one.</p>
    </div>
  </section>
);
