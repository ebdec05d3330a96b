// People as they show themselves, kept up to date: their picture, name and status wherever somebody appears. Messages and events
// name people by id and username alone.
import { nameOf, type Person, type Store } from "../../../sdk/index.ts";
import { useStore } from "../lib/use-store.ts";
import { chat } from "../state/session.ts";
import { Avatar } from "./avatar.tsx";

const NOBODY: Store<null> = { getSnapshot: () => null, subscribe: () => () => {} };

/** The person as they show themselves by now; as given until that is known. */
export const usePerson = <Given extends Person | null>(given: Given): Person | Given =>
  useStore<Person | null>((given && chat.peek()?.people.of(given.id)) ?? NOBODY) ?? given;

interface PersonAvatarProps {
  person: Person;
  size?: "small" | "normal" | "large";
  isOnline?: boolean;
}

export const PersonAvatar = ({ person: given, ...props }: PersonAvatarProps) => {
  const person = usePerson(given);
  const picture = chat.peek()?.people.avatarUrl(person) ?? null;
  return <Avatar {...props} id={person.id} name={nameOf(person)} picture={picture} />;
};

interface PersonNameProps {
  person: Person;
  class?: string;
  /** The index of the avatar colour, for a name in it. */
  "data-avatar-color"?: number;
}

/** The name, with the unique username as its tooltip. */
export const PersonName = ({ person: given, ...props }: PersonNameProps) => {
  const person = usePerson(given);
  return (
    <bdi {...props} title={person.display_name === undefined ? undefined : `@${person.username}`}>
      {nameOf(person)}
    </bdi>
  );
};

/** The emoji of somebody's status, after their name; its text is the tooltip. */
export const StatusEmoji = ({ person: given }: { person: Person }) => {
  const { status } = usePerson(given);
  if (!status) return null;
  return (
    <span class="status-emoji" title={status.text || undefined}>
      <span aria-hidden="true">{status.emoji ?? "💬"}</span>
      <span class="visually-hidden">{status.text ? `, status: ${status.text}` : `, status: ${status.emoji}`}</span>
    </span>
  );
};
