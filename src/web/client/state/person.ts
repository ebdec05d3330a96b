// Opening profiles and conversations.
import { signal } from "@preact/signals";
import { type Chat, nameOf, type Person } from "../../../sdk/index.ts";
import { isolate } from "../lib/text.ts";
import { go, roomHref } from "./route.ts";
import { chat as current } from "./session.ts";
import { withErrorToast } from "./toasts.ts";

/** The person whose profile is open; null while none is. */
export const profilePerson = signal<Person | null>(null);

/** The name that somebody is shown under at this moment, for texts that don't follow it. */
export const currentNameOf = (given: Person): string =>
  nameOf(current.peek()?.people.of(given.id).getSnapshot() ?? given);

/** The same within a sentence. */
export const nameInText = (given: Person): string => isolate(currentNameOf(given));

/** The same with the username, which can't be faked, where it matters who somebody is. */
export const fullNameInText = (given: Person): string => {
  const name = currentNameOf(given);
  return isolate(name) + (name === given.username ? "" : ` (${isolate(`@${given.username}`)})`);
};

export const showProfile = ({ id, username }: Person) => {
  profilePerson.value = { id, username };
};

/** Opens the conversation with somebody. Returns whether that succeeded. */
export const openConversation = (chat: Chat, userId: number): Promise<boolean> =>
  withErrorToast(async () => go(roomHref((await chat.openConversation(userId)).key)));

/** Opens the conversation if there is one or the person is a friend, else their profile. */
export function openPerson(chat: Chat, person: Person) {
  const rooms = chat.rooms.getSnapshot().rooms;
  const room = rooms.find((info) => info.kind === "conversation" && info.peer.id === person.id);
  if (room) go(roomHref(room.key));
  else if (chat.friends.getSnapshot().items.some(({ id }) => id === person.id)) void openConversation(chat, person.id);
  else showProfile(person);
}
