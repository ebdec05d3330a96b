// The whole page: the login form, or the lists with the open room beside them.
import { useEffect } from "preact/hooks";
import type { Account, Chat } from "../../../sdk/index.ts";
import { isComposing } from "../lib/composing.ts";
import { lazy } from "../lib/lazy.tsx";
import { PRODUCT } from "../lib/product.ts";
import { useStore } from "../lib/use-store.ts";
import { profilePerson } from "../state/person.ts";
import { focusSearch, go, goBack, listHref, mailLink, openRoom, tabHref } from "../state/route.ts";
import { chat } from "../state/session.ts";
import { Icon } from "../ui/icons.tsx";
import { ConnectionBar } from "./connection-bar.tsx";
import { Announcer } from "./room/announcer.tsx";
import { RoomView } from "./room/room.tsx";
import { Sidebar } from "./sidebar.tsx";

const ProfileDialog = lazy(async () => (await import("./people/profile-dialog.tsx")).ProfileDialog);
const SignIn = lazy(async () => (await import("./account/sign-in.tsx")).SignIn);

const MailLinkView = lazy(async () => (await import("./account/mail-link.tsx")).MailLinkView);

export function App() {
  if (mailLink.value) return <MailLinkView link={mailLink.value} />;
  return chat.value ? <Session chat={chat.value} /> : <SignIn />;
}

function Session({ chat }: { chat: Chat }) {
  const me = useStore(chat.me);
  return (
    <>
      {me ? <Panes chat={chat} me={me} /> : <div class="splash" aria-busy="true" />}
      <ConnectionBar chat={chat} />
    </>
  );
}

function Panes({ chat, me }: { chat: Chat; me: Account }) {
  const room = openRoom.value;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key === "k") {
        event.preventDefault();
        // On a small screen the room covers it.
        const isSidebarVisible = document.querySelector(".sidebar")!.checkVisibility();
        go(isSidebarVisible ? tabHref("chats") : listHref("chats"));
        focusSearch();
      } else if (
        event.key === "Escape" &&
        !isComposing(event) &&
        !event.defaultPrevented &&
        !document.querySelector("dialog[open], :popover-open")
      ) {
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
      {profilePerson.value && <ProfileDialog chat={chat} />}
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
