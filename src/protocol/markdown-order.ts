// One form for all entities that look alike, so that Markdown and back is the same.
import type { Mark } from "./markdown-marks.ts";

/** Of two with the same range, the one that is further out comes first. */
const OUTERMOST_FIRST: Mark["type"][] = [
  "quote",
  "spoiler",
  "strike",
  "italic",
  "bold",
  "link",
  "mention",
  "mention_all",
  "code",
  "pre",
];
/** Two of these side by side look like one. */
const STYLES: Mark["type"][] = ["bold", "italic", "strike", "spoiler", "code"];

const kindOf = (type: Mark["type"]) => (type === "mention_all" ? "mention" : type);

interface Branch extends Mark {
  inside: Branch[];
}

/** In order; none is empty, in another one of its type, or beside one that it could be joined with. None may overlap another by half. */
export function normalizeMarks(marks: readonly Mark[]): Mark[] {
  const sorted = marks
    .filter(({ start, end }) => end > start)
    .sort(
      (a, b) => a.start - b.start || b.end - a.end || OUTERMOST_FIRST.indexOf(a.type) - OUTERMOST_FIRST.indexOf(b.type),
    );
  const roots: Branch[] = [];
  const path: Branch[] = [];
  for (const mark of sorted) {
    while (path.length > 0 && path.at(-1)!.end <= mark.start) path.pop();
    if (path.some(({ type }) => kindOf(type) === kindOf(mark.type))) continue;
    const branch = { ...mark, inside: [] };
    (path.at(-1)?.inside ?? roots).push(branch);
    path.push(branch);
  }
  return flatten(roots);
}

function flatten(branches: readonly Branch[]): Mark[] {
  const joined: Branch[] = [];
  for (const branch of branches) {
    const last = joined.at(-1);
    if (last && last.type === branch.type && last.end === branch.start && STYLES.includes(branch.type)) {
      last.end = branch.end;
      last.inside.push(...branch.inside);
    } else joined.push(branch);
  }
  return joined.flatMap(({ inside, ...mark }) => [mark, ...flatten(inside)]);
}
