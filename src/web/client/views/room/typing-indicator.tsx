import type { Person } from "../../../../sdk/index.ts";
import { isolate } from "../../lib/text.ts";

/** Says who is typing. The line is there even while nobody is, so that nothing moves. */
export function TypingIndicator({ people, showNames }: { people: readonly Person[]; showNames: boolean }) {
  const text = people.length === 0 ? "" : showNames ? groupText(people) : "typing";
  return (
    <p class="typing" data-active={text !== ""}>
      {text}
      {text && (
        <span class="dots" aria-hidden="true">
          <i />
          <i />
          <i />
        </span>
      )}
    </p>
  );
}

function groupText(people: readonly Person[]) {
  const [first, second] = people.map(({ username }) => isolate(username));
  if (people.length === 1) return `${first} is typing`;
  return people.length === 2 ? `${first} and ${second} are typing` : `${people.length} people are typing`;
}
