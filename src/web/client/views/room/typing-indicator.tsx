import type { Person } from "../../../../sdk/index.ts";
import { PersonName } from "../../ui/person.tsx";

/** Says who is typing. The line is there even while nobody is, so that nothing moves. */
export function TypingIndicator({ people, showNames }: { people: readonly Person[]; showNames: boolean }) {
  const isActive = people.length > 0;
  return (
    <p class="typing" data-active={isActive}>
      {isActive && (showNames ? <Names people={people} /> : "typing")}
      {isActive && (
        <span class="dots" aria-hidden="true">
          <i />
          <i />
          <i />
        </span>
      )}
    </p>
  );
}

function Names({ people }: { people: readonly Person[] }) {
  const [first, second] = people;
  if (people.length > 2) return <>{people.length} people are typing</>;
  return (
    <>
      <PersonName person={first!} />
      {second ? (
        <>
          {" and "}
          <PersonName person={second} />
          {" are typing"}
        </>
      ) : (
        " is typing"
      )}
    </>
  );
}
