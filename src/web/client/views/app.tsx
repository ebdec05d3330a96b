// The whole page: the login, or the lists with the room beside them.
import { useEffect } from "preact/hooks";
import type { Account, Chat } from "../../../sdk/index.ts";
import { isComposing } from "../lib/composing.ts";
import { useStore } from "../lib/use-store.ts";
import { focusSearch, go, goBack, listHref, openRoom, tabHref } from "../state/route.ts";
import { chat } from "../state/session.ts";
import { Icon } from "../ui/icons.tsx";
import { SignIn } from "./account/sign-in.tsx";
import { ConnectionBar } from "./connection-bar.tsx";
import { ProfileDialog } from "./people/profile-dialog.tsx";
import { Announcer } from "./room/announcer.tsx";
import { RoomView } from "./room/room.tsx";
import { Sidebar } from "./sidebar.tsx";

export const App = () => <>{chat.value ? <Session chat={chat.value} /> : <SignIn />}</>;

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
        // On a small screen the room is in front of it.
        const isInSight = document.querySelector(".sidebar")!.checkVisibility();
        go(isInSight ? tabHref("chats") : listHref("chats"));
        focusSearch();
      } else if (
        event.key === "Escape" &&
        // While a word is being composed, it belongs to that.
        !isComposing(event) &&
        !event.defaultPrevented &&
        !document.querySelector("dialog[open], :popover-open")
      ) {
        // From a search or a field with text in it, Escape would lose more than it is meant to.
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
      <h1 class="visually-hidden">Chat</h1>
      <Sidebar chat={chat} me={me} />
      {room ? <RoomView key={room} chat={chat} me={me} roomKey={room} /> : <NoRoom />}
      <ProfileDialog chat={chat} />
      <Announcer chat={chat} />
    </main>
  );
}

const NoRoom = () => (
  <section class="room empty">
    <div class="empty-state">
      <Icon name="chats" size={40} />
      <h2>Select a chat</h2>
      <p>Or find someone under People to start a new one.</p>
    </div>
  </section>
);
