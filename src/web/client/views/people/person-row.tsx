// A person in a list. A press on the row opens them; other actions are buttons beside it.
import type { ComponentChildren } from "preact";
import { nameOf, type Person } from "../../../../sdk/index.ts";
import { PersonAvatar, StatusEmoji, usePerson } from "../../ui/person.tsx";

interface PersonRowProps {
  person: Person;
  note?: ComponentChildren;
  isOnline?: boolean;
  isSelf?: boolean;
  size?: "small" | "normal";
  /** At the end of the row's button. */
  mark?: ComponentChildren;
  /** Left out where a press does nothing. */
  onOpen?: (() => void) | undefined;
  children?: ComponentChildren;
}

export const PersonRow = ({
  person: given,
  note,
  isOnline = false,
  isSelf = false,
  size = "normal",
  mark,
  onOpen,
  children,
}: PersonRowProps) => {
  const person = usePerson(given);
  const name = nameOf(person);
  // The name may be anybody's.
  const username = name !== person.username && <bdi dir="ltr">@{person.username}</bdi>;
  const content = (
    <>
      <PersonAvatar person={person} isOnline={isOnline} size={size} />
      <span class="row-text">
        <span class="row-name">
          <span class="row-title" title={name}>
            <bdi>{name}</bdi>
            {isSelf && " (you)"}
          </span>
          <StatusEmoji person={person} />
        </span>
        {(username || note) && (
          <span class="row-note">
            {username}
            {username && note && " · "}
            {note}
          </span>
        )}
      </span>
      {mark}
    </>
  );
  return (
    <li class="row person">
      {onOpen ? (
        <button type="button" class="row-open" onClick={onOpen}>
          {content}
        </button>
      ) : (
        <span class="row-open">{content}</span>
      )}
      {children}
    </li>
  );
};
