// A person in a list. A press on the row opens them; other actions are buttons beside it.
import type { ComponentChildren } from "preact";
import type { Person } from "../../../../sdk/index.ts";
import { Avatar } from "../../ui/avatar.tsx";

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
  person,
  note,
  isOnline = false,
  isSelf = false,
  size = "normal",
  mark,
  onOpen,
  children,
}: PersonRowProps) => {
  const content = (
    <>
      <Avatar id={person.id} name={person.username} isOnline={isOnline} size={size} />
      <span class="row-text">
        <span class="row-title" title={person.username}>
          <bdi>{person.username}</bdi>
          {isSelf && " (you)"}
        </span>
        {note && <span class="row-note">{note}</span>}
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
